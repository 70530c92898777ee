"""The loops over batches and epochs."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import numpy as np


def is_generator(data: Any) -> bool:
    """Whether it yields batches: an iterator, or a Sequence."""
    if isinstance(data, np.ndarray | list | tuple | dict) or data is None:
        return False
    return hasattr(data, "__next__") or (
        hasattr(data, "__getitem__") and hasattr(data, "__len__") and not hasattr(data, "shape")
    )


def steps_of(data: Any, steps: int | None, name: str) -> int:
    """How many batches: as told, or the length of a Sequence."""
    if steps is not None:
        return steps
    if hasattr(data, "__len__"):
        return len(data)
    raise ValueError(f"When passing a generator, please specify the `{name}` argument.")


def generated(
    model: Any, data: Any, steps: int, class_weight: Any, inputs: bool = False
) -> Iterator[tuple[tuple, int]]:
    """The arrays of so many batches of a generator, and their sizes."""
    for step in range(steps):
        item = data[step] if hasattr(data, "__getitem__") else next(data)
        if inputs:
            x = item[0] if isinstance(item, tuple) else item
            found = model._data(x, None, None, None)
        else:
            if not isinstance(item, tuple | list) or len(item) not in (2, 3):
                raise ValueError(
                    "Output of generator should be a tuple `(x, y, sample_weight)` or `(x, y)`. "
                    f"Found: {item}"
                )
            found = model._data(item[0], item[1], item[2] if len(item) > 2 else None, class_weight)
        yield found, len(found[0][0])
    if hasattr(data, "on_epoch_end"):
        data.on_epoch_end()


def count(data: tuple, size: int, steps: int | None) -> int:
    """How many batches an epoch has."""
    return steps or math.ceil(len(data[0][0]) / size)


def batches(
    data: tuple, size: int, shuffle: bool, steps: int | None
) -> Iterator[tuple[tuple, int]]:
    """The arrays in batches, and their sizes."""
    many = len(data[0][0])
    order = np.random.permutation(many) if shuffle else np.arange(many)
    for number, start in enumerate(range(0, many, size)):
        if steps is not None and number >= steps:
            return
        chosen = order[start : start + size]
        yield tuple([array[chosen] for array in group] for group in data), len(chosen)


def _run(model: Any, kind: str, source: Iterable, notify: Callable | None = None) -> list:
    """[loss, metrics…] over batches: the loss is the mean over the examples."""
    model.reset_metrics()
    run = model._function(kind)
    total, examples, values = 0.0, 0, []
    for number, (data, size) in enumerate(source):
        if notify:
            notify("begin", number, {"batch": number, "size": size})
        values = run(model._feeds(*data), kind == "train")
        total += float(values[0]) * size
        examples += size
        if notify:
            names = model.metrics_names
            logs = {
                "batch": number,
                "size": size,
                **dict(zip(names, map(float, values), strict=True)),
            }
            notify("end", number, logs)
        if kind == "train" and model.stop_training:
            break
    if not examples:
        raise ValueError("There are no examples.")
    return [total / examples, *(float(value) for value in values[1:])]


def evaluate(model: Any, source: Iterable) -> Any:
    """The loss, or a list of the loss and the metrics."""
    found = _run(model, "test", source)
    return found[0] if len(found) == 1 else found


def predict(model: Any, source: Iterable) -> Any:
    """The outputs of all batches."""
    run, parts = model._function("predict"), []
    for data, _ in source:
        parts.append(run(model._feeds(*data), 0))
    if not parts:
        return []
    found = [np.concatenate(column) for column in zip(*parts, strict=True)]
    return found[0] if len(found) == 1 else found


def fit(
    model: Any, source: Callable, steps: int, epochs: int, verbose: int, callbacks: Any,
    held: Callable | None, initial_epoch: int, validation_freq: int, examples: int | None,
) -> Any:  # fmt: skip
    """Epochs of training, with the callbacks told of them."""
    from ..callbacks import CallbackList, History, Printer

    model.history = History()
    given = [*(callbacks or ()), model.history]  # they show what the others have changed
    if verbose:
        given.append(Printer(verbose))
    names = model.metrics_names
    told = CallbackList(
        given,
        model,
        {
            "epochs": epochs, "steps": steps, "samples": examples, "verbose": verbose,
            "do_validation": held is not None,
            "metrics": names + [f"val_{name}" for name in names if held is not None],
        },
    )  # fmt: skip
    model.stop_training = False
    told("on_train_begin", {})
    for epoch in range(initial_epoch, epochs):
        told("on_epoch_begin", epoch, {})

        def notify(when: str, number: int, logs: dict) -> None:
            told(f"on_train_batch_{when}", number, logs)

        logs = dict(zip(names, _run(model, "train", source(epoch), notify), strict=True))
        if held is not None and (epoch + 1) % validation_freq == 0:
            values = _run(model, "test", held())
            logs |= {f"val_{name}": value for name, value in zip(names, values, strict=True)}
        told("on_epoch_end", epoch, logs)
        if model.stop_training:
            break
    told("on_train_end", {})
    return model.history
