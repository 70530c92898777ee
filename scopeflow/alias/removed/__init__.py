"""Names that Python, NumPy and other packages have removed, given back to the running program.

`give_back()` is what `scopeflow run` calls. Only code of the program sees the names: files that
stand neither in Python's library nor among the installed packages. docs/running-programs.md has the
list, and what cannot be given back.
"""

from __future__ import annotations

import sys

from . import (
    modules,
    numpy_names,
    pillow_names,
    python_names,
    scipy_names,
    tensorboard_names,
)
from .attach import AfterImport, attach, patch

_installed = False


def give_back() -> None:
    """Give the names back in this process; a second call changes nothing."""
    global _installed
    if _installed:
        return
    _installed = True
    for part in (python_names, numpy_names, scipy_names, pillow_names, tensorboard_names):
        AfterImport.names.update(getattr(part, "NAMES", {}))
        AfterImport.patches.update(getattr(part, "PATCHES", {}))
    for part in (modules, scipy_names):
        AfterImport.modules.update(part.MODULES)
    for name in {**AfterImport.names, **AfterImport.patches}:
        if name in sys.modules:
            attach(sys.modules[name])
            patch(sys.modules[name])
    sys.meta_path.insert(0, AfterImport())
