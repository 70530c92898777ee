"""`tf.flags`: absl's command-line flags, as TensorFlow 1 offers them.

`FLAGS` reads the command line by itself when a flag is first asked for, and the DEFINE functions
also take the argument names of TensorFlow's first versions.
"""

from __future__ import annotations

import functools
import logging as _logging
import sys as _sys
from collections.abc import Callable, Iterator
from typing import Any

from absl import app as _app  # noqa: F401 - has flags of its own, which programs rely on
from absl import flags as _flags

_OLD_NAMES = {"flag_name": "name", "default_value": "default", "docstring": "help"}

_flags.disclaim_key_flags()  # a flag belongs to the module that calls DEFINE_…, not to this one


class _Flags:
    """absl's FlagValues, which reads sys.argv when a flag's value is first asked for."""

    def __init__(self, values: _flags.FlagValues) -> None:
        self.__dict__["_values"] = values

    def __getattr__(self, name: str) -> Any:
        values = self.__dict__["_values"]
        if name == "_parse_flags":  # TensorFlow's, up to version 1.4
            return lambda args=None: values([_sys.argv[0], *args] if args else _sys.argv)
        about_all = name in values.__dict__ or hasattr(type(values), name)
        if not (about_all or values.is_parsed()):
            values(_sys.argv)
        return values.__dict__[name] if name in values.__dict__ else getattr(values, name)

    def __setattr__(self, name: str, value: Any) -> None:
        setattr(self._values, name, value)

    def __delattr__(self, name: str) -> None:
        delattr(self._values, name)

    def __getitem__(self, name: str) -> Any:
        return self._values[name]

    def __setitem__(self, name: str, flag: Any) -> None:
        self._values[name] = flag

    def __contains__(self, name: str) -> bool:
        return name in self._values

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)

    def __dir__(self) -> list[str]:
        return dir(self._values)

    def __call__(self, *args: Any, **kwargs: Any) -> list[str]:
        return self._values(*args, **kwargs)

    def __str__(self) -> str:
        return str(self._values)

    __repr__ = __str__


def _with_old_names(define: Callable) -> Callable:
    """The DEFINE function; it also takes flag_name, default_value and docstring."""

    @functools.wraps(define)
    def defined(*args: Any, **kwargs: Any) -> Any:
        old = _OLD_NAMES.keys() & kwargs.keys()
        if old:
            _logging.getLogger("tensorflow").warning(
                "tf.flags.%s: flag_name, default_value and docstring are called name, default and "
                "help since TensorFlow 1.5.", define.__name__,
            )  # fmt: skip
        return define(*args, **{_OLD_NAMES.get(key, key): v for key, v in kwargs.items()})

    return defined


FLAGS = _Flags(_flags.FLAGS)

# absl has flags of its own, such as log_dir. A program of before them may define flags of the same
# names, which then are the program's: all but those whose kind absl's logging relies on.
for _name in _flags.FLAGS:
    if _name not in ("v", "verbosity", "stderrthreshold", "logger_levels"):
        _flags.FLAGS[_name].allow_override = True

_globals = globals()
for _name in dir(_flags):
    if _name.startswith("_") or _name in _globals:
        continue
    _value = getattr(_flags, _name)
    _globals[_name] = _with_old_names(_value) if _name.startswith("DEFINE") else _value
del _globals, _name, _value


def __getattr__(name: str) -> Any:
    raise AttributeError(f"module 'tf.flags' has no attribute {name!r}")
