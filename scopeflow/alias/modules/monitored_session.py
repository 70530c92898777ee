"""tensorflow.python.training.monitored_session: what it has beside `tf.train`."""

from scopeflow.train.monitored_session import _MonitoredSession
from scopeflow.train.wrapped_sessions import RECOVERABLE as _PREEMPTION_ERRORS
from scopeflow.train.wrapped_sessions import CoordinatedSession as _CoordinatedSession
from scopeflow.train.wrapped_sessions import HookedSession as _HookedSession
from scopeflow.train.wrapped_sessions import RecoverableSession as _RecoverableSession
from scopeflow.train.wrapped_sessions import WrappedSession as _WrappedSession

__all__ = [
    "_PREEMPTION_ERRORS",
    "_CoordinatedSession",
    "_HookedSession",
    "_MonitoredSession",
    "_RecoverableSession",
    "_WrappedSession",
]
