"""Exporters: what is exported after an evaluation of train_and_evaluate."""

from __future__ import annotations

import abc
import glob
import os
from collections.abc import Callable
from typing import Any

import scopeflow as tf


class Exporter(metaclass=abc.ABCMeta):
    """Exports a model that was evaluated."""

    @property
    @abc.abstractmethod
    def name(self) -> str:
        """The directory below model_dir/export."""

    @abc.abstractmethod
    def export(
        self,
        estimator: Any,
        export_path: str,
        checkpoint_path: str,
        eval_result: Any,
        is_the_final_export: bool,
    ) -> Any:
        """Export to the directory; returns the path, or None where nothing was exported."""


class _Saver(Exporter):
    """Exports always."""

    def __init__(self, name: str, receiver_fn: Any, assets_extra: Any, as_text: bool) -> None:
        self._name = name
        self._serving_input_receiver_fn = receiver_fn
        self._assets_extra = assets_extra
        self._as_text = as_text

    @property
    def name(self) -> str:
        return self._name

    def export(
        self, estimator: Any, export_path: str, checkpoint_path: str, eval_result: Any,
        is_the_final_export: bool,
    ) -> Any:  # fmt: skip
        return estimator.export_saved_model(
            export_path,
            self._serving_input_receiver_fn,
            assets_extra=self._assets_extra,
            as_text=self._as_text,
            checkpoint_path=checkpoint_path,
        )


class FinalExporter(Exporter):
    """Exports once, at the end."""

    def __init__(
        self,
        name: str,
        serving_input_receiver_fn: Callable,
        assets_extra: Any = None,
        as_text: bool = False,
    ) -> None:
        self._saver = _Saver(name, serving_input_receiver_fn, assets_extra, as_text)

    @property
    def name(self) -> str:
        """The directory below model_dir/export."""
        return self._saver.name

    def export(
        self,
        estimator: Any,
        export_path: str,
        checkpoint_path: str,
        eval_result: Any,
        is_the_final_export: bool,
    ) -> Any:
        """Export if it is the end."""
        if not is_the_final_export:
            return None
        tf.logging.info("Performing the final export in the end of training.")
        return self._saver.export(
            estimator, export_path, checkpoint_path, eval_result, is_the_final_export
        )


class LatestExporter(Exporter):
    """Exports after each evaluation; the last `exports_to_keep` are kept."""

    def __init__(
        self,
        name: str,
        serving_input_receiver_fn: Callable,
        assets_extra: Any = None,
        as_text: bool = False,
        exports_to_keep: int | None = 5,
    ) -> None:
        self._saver = _Saver(name, serving_input_receiver_fn, assets_extra, as_text)
        self._exports_to_keep = _kept(exports_to_keep)

    @property
    def name(self) -> str:
        """The directory below model_dir/export."""
        return self._saver.name

    def export(
        self,
        estimator: Any,
        export_path: str,
        checkpoint_path: str,
        eval_result: Any,
        is_the_final_export: bool,
    ) -> Any:
        """Export, and remove the oldest."""
        found = self._saver.export(
            estimator, export_path, checkpoint_path, eval_result, is_the_final_export
        )
        _remove_old(export_path, self._exports_to_keep)
        return found


def _loss_smaller(best_eval_result: Any, current_eval_result: Any) -> bool:
    for result in (best_eval_result, current_eval_result):
        if not result or "loss" not in result:
            raise ValueError(f'There is no "loss" in the result of the evaluation: {result}')
    return bool(best_eval_result["loss"] > current_eval_result["loss"])


class BestExporter(Exporter):
    """Exports when the evaluation was better than all before (also than those of older runs).

    `compare_fn(best_eval_result, current_eval_result)` says whether the current one is better;
    the older ones are read from the event files below model_dir that `event_file_pattern` names.
    """

    def __init__(
        self,
        name: str = "best_exporter",
        serving_input_receiver_fn: Any = None,
        event_file_pattern: str | None = "eval/*.tfevents.*",
        compare_fn: Callable = _loss_smaller,
        assets_extra: Any = None,
        as_text: bool = False,
        exports_to_keep: int | None = 5,
    ) -> None:
        if compare_fn is None:
            raise ValueError("`compare_fn` must not be None.")
        self._compare_fn = compare_fn
        self._saver = _Saver(name, serving_input_receiver_fn, assets_extra, as_text)
        self._event_file_pattern = event_file_pattern
        self._model_dir: str | None = None
        self._best_eval_result: Any = None
        self._has_exported = False
        self._exports_to_keep = _kept(exports_to_keep)

    @property
    def name(self) -> str:
        """The directory below model_dir/export."""
        return self._saver.name

    def export(
        self,
        estimator: Any,
        export_path: str,
        checkpoint_path: str,
        eval_result: Any,
        is_the_final_export: bool,
    ) -> Any:
        """Export if it is the best."""
        if self._model_dir != estimator.model_dir and self._event_file_pattern:
            self._model_dir = estimator.model_dir
            pattern = os.path.join(self._model_dir, self._event_file_pattern)
            self._best_eval_result = self._best_before(pattern)
        if (
            self._has_exported
            and self._best_eval_result is not None
            and not self._compare_fn(
                best_eval_result=self._best_eval_result, current_eval_result=eval_result
            )
        ):
            return None
        tf.logging.info("Performing best model export.")
        self._best_eval_result = eval_result
        found = self._saver.export(
            estimator, export_path, checkpoint_path, eval_result, is_the_final_export
        )
        _remove_old(export_path, self._exports_to_keep)
        self._has_exported = True
        return found

    def _best_before(self, pattern: str) -> Any:
        best: Any = None
        for path in sorted(glob.glob(pattern)):
            for event in tf.train.summary_iterator(path):
                values = {v.tag: v.simple_value for v in event.summary.value
                          if v.HasField("simple_value")}  # fmt: skip
                if values and (best is None or self._compare_fn(best, values)):
                    best = values
        return best


def _kept(count: int | None) -> int | None:
    if count is not None and count <= 0:
        raise ValueError("`exports_to_keep`, if provided, must be positive number")
    return count


def _remove_old(folder: str, keep: int | None) -> None:
    if keep is None or not tf.gfile.IsDirectory(folder):
        return
    numbers = sorted(int(name) for name in map(_plain, tf.gfile.ListDirectory(folder))
                     if name.isdecimal())  # fmt: skip
    for number in numbers[:-keep]:
        tf.gfile.DeleteRecursively(os.path.join(folder, str(number)))


def _plain(name: str) -> str:
    return name.rstrip("/")
