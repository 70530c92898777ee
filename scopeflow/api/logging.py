"""`tf.logging`: Python's logger "tensorflow", under TensorFlow's names."""

from __future__ import annotations

import logging as _logging

DEBUG = _logging.DEBUG
INFO = _logging.INFO
WARN = _logging.WARN
ERROR = _logging.ERROR
FATAL = _logging.FATAL

_logger = _logging.getLogger("tensorflow")

debug = _logger.debug
info = _logger.info
warn = _logger.warning
warning = _logger.warning
error = _logger.error
fatal = _logger.fatal
log = _logger.log


def get_verbosity() -> int:
    """The level below which messages are dropped."""
    return _logger.getEffectiveLevel()


def set_verbosity(v: int) -> None:
    """Drop messages below level `v` (tf.logging.INFO, …)."""
    _logger.setLevel(v)


def flush() -> None:
    """Write what is buffered."""
    for handler in _logger.handlers:
        handler.flush()


def _install_handler() -> None:
    handler = _logging.StreamHandler()
    handler.setFormatter(_logging.Formatter("%(levelname)s:%(name)s:%(message)s"))
    if not _logger.handlers and not _logging.getLogger().handlers:
        _logger.addHandler(handler)
        _logger.setLevel(WARN)


_install_handler()
