"""`tf.logging`: Python's logger "tensorflow", under TensorFlow's names."""

from __future__ import annotations

import logging as _logging
from collections import Counter as _Counter
from typing import Any

__all__ = [
    "DEBUG", "ERROR", "FATAL", "INFO", "WARN", "TaskLevelStatusMessage", "debug", "error", "fatal",
    "flush", "get_verbosity", "info", "log", "log_every_n", "log_first_n", "log_if",
    "set_verbosity", "vlog", "warn", "warning",
]  # fmt: skip

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

_counts: _Counter[tuple[str, str]] = _Counter()


def get_verbosity() -> int:
    """The level below which messages are dropped."""
    return _logger.getEffectiveLevel()


def set_verbosity(v: Any) -> None:
    """Drop messages below level `v` (tf.logging.INFO, …, or "INFO")."""
    _logger.setLevel(v)


def vlog(level: int, msg: str, *args: Any, **kwargs: Any) -> None:
    """Log at the number `level` (compare `tf.logging.DEBUG`, 10, and `tf.logging.INFO`, 20)."""
    _logger.log(level, msg, *args, **kwargs)


def log_if(level: int, msg: str, condition: Any, *args: Any) -> None:
    """Log if `condition` holds."""
    if condition:
        _logger.log(level, msg, *args)


def log_every_n(level: int, msg: str, n: int, *args: Any) -> None:
    """Log the first of every `n` calls with this `msg`."""
    _counts["every", msg] += 1
    if (_counts["every", msg] - 1) % n == 0:
        _logger.log(level, msg, *args)


def log_first_n(level: int, msg: str, n: int, *args: Any) -> None:
    """Log in the first `n` calls with this `msg`."""
    _counts["first", msg] += 1
    if _counts["first", msg] <= n:
        _logger.log(level, msg, *args)


def TaskLevelStatusMessage(msg: str) -> None:
    """Log `msg` as an error."""
    _logger.error(msg)


def get_logger() -> _logging.Logger:
    """The logger that `tf.logging` writes to: set its level or handlers as any logger's."""
    return _logger


def flush() -> None:
    """Write what is buffered."""
    for handler in _logger.handlers:
        handler.flush()


def _install_handler() -> None:
    handler = _logging.StreamHandler()
    handler.setFormatter(_logging.Formatter("%(levelname)s:%(name)s:%(message)s"))
    if not _logger.handlers and not _logging.getLogger().handlers:
        _logger.addHandler(handler)


_install_handler()
