"""Makes `import tensorflow` mean scopeflow: a finder for the import system and a table of paths.

A module `tensorflow.a.b` forwards to the namespace `scopeflow.a.b`, or to where `paths.py` says
that its names are; it is a module of its own, so that what a program sets on it stays there.
"""

from __future__ import annotations

import sys

from .finder import ROOT, VERSION, Alias, Finder

__all__ = ["VERSION", "install_as_tensorflow"]

_finder = Finder()


def install_as_tensorflow() -> None:
    """Make `import tensorflow` (and `tensorflow.compat.v1`, `tensorflow.nn`, …) mean scopeflow.

    So do `tf_slim`, `tensorflow_estimator` and `keras`, which are parts of it here, unless those
    themselves are imported already. Call it before the program's own imports; a second call changes
    nothing. RuntimeError if the real TensorFlow is imported already.

    >>> import scopeflow
    >>> scopeflow.install_as_tensorflow()  # doctest: +SKIP
    >>> import tensorflow as tf  # doctest: +SKIP
    >>> tf.Graph is scopeflow.Graph  # doctest: +SKIP
    True
    """
    loaded = sys.modules.get(ROOT)
    if loaded is not None and not isinstance(loaded, Alias):
        raise RuntimeError(
            "install_as_tensorflow(): TensorFlow itself is imported already, from "
            f"{getattr(loaded, '__file__', None) or 'an unknown place'}. Call "
            "scopeflow.install_as_tensorflow() first, before anything that imports tensorflow."
        )
    if _finder not in sys.meta_path:
        sys.meta_path.insert(0, _finder)
