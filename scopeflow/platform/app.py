"""`tf.app`: the start of a program with flags."""

from __future__ import annotations

import sys as _sys
from collections.abc import Callable as _Callable

from absl import app as _app

from . import flags

__all__ = ["flags", "run"]


def run(main: _Callable | None = None, argv: list[str] | None = None) -> None:
    """Read the flags, call `main` with what is left of the command line, and exit with its result.

    `main` is by default the function of that name in the program. Unknown flags are no error: they
    are among the arguments that `main` gets.
    """
    main = main or _sys.modules["__main__"].main
    _app.run(
        main, argv=argv, flags_parser=lambda arguments: flags.FLAGS(arguments, known_only=True)
    )
