"""tensorflow.python.util.tf_export and tf_should_use: decorators without effect here."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any


class tf_export:
    """Names in TensorFlow's interface; the function stays as it is."""

    def __init__(self, *args: str, **kwargs: Any) -> None:
        self.names = args

    def __call__(self, func: Any) -> Any:
        """The function."""
        return func

    def export_constant(self, module_name: str, name: str) -> None:
        """Nothing to do."""


keras_export = estimator_export = tf_export


def should_use_result(fn: Callable) -> Callable:
    """The function: nothing watches over results that are not used."""
    return fn


must_use_result_or_fatal = should_use_result
