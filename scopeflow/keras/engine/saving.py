"""Weights in checkpoints, layers as plain values."""

from __future__ import annotations

from typing import Any

import scopeflow as tf

from .. import backend, layers
from .. import saved_objects as _saved


def save_weights(model: Any, path: str, save_format: Any) -> None:
    """Write the weights as a checkpoint."""
    _refuse_hdf5(path, save_format)
    _saver(model).save(backend.get_session(), path, write_meta_graph=False, write_state=False)


def load_weights(model: Any, path: str, by_name: bool) -> None:
    """Read a checkpoint of weights."""
    _refuse_hdf5(path, None)
    if by_name:
        raise NotImplementedError(
            "load_weights(by_name=True) reads HDF5 files, which scopeflow does not. "
            "Use tf.train.Saver with a dict of the variables by name."
        )
    _saver(model).restore(backend.get_session(), path)


def _refuse_hdf5(path: str, save_format: Any) -> None:
    if save_format in ("h5", "hdf5") or str(path).endswith((".h5", ".hdf5", ".keras")):
        raise NotImplementedError(
            f"{path} would be an HDF5 file, which scopeflow neither writes nor reads. Take a name "
            "without that ending: the weights are a checkpoint then."
        )


def _saver(model: Any) -> Any:
    if not model.weights:
        raise ValueError(f"The model {model.name} has no weights yet: call or build it first.")
    if not hasattr(model, "_weights_saver"):
        object.__setattr__(model, "_weights_saver", tf.train.Saver(model.weights))
    return model._weights_saver


def layer_to_plain(layer: Any) -> dict[str, Any]:
    """A layer's class name and config."""
    return {"class_name": type(layer).__name__, "config": layer.get_config()}


def layer_from_plain(plain: dict[str, Any], custom_objects: Any = None) -> Any:
    """The layer of a class name and config."""
    known = {name: getattr(layers, name) for name in layers.__all__}
    return _saved.deserialize(plain, known, custom_objects, "layer")
