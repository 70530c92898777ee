"""The inputs of models."""

from __future__ import annotations

from typing import Any

import scopeflow as tf

from .. import backend
from . import nodes
from .base_layer import Layer


class InputLayer(Layer):
    """Where a model's inputs come in: a placeholder, or a tensor that is there already."""

    def __init__(
        self,
        input_shape: Any = None,
        batch_size: int | None = None,
        dtype: Any = None,
        input_tensor: Any = None,
        sparse: bool = False,
        name: str | None = None,
        ragged: bool = False,
        **kwargs: Any,
    ) -> None:
        if ragged:
            raise NotImplementedError("InputLayer(ragged=True): feed a padded tensor and a mask.")
        shape = kwargs.pop("batch_input_shape", None)
        if shape is not None:
            input_shape, batch_size = tuple(shape[1:]), shape[0]
        if kwargs:
            raise ValueError("Unrecognized keyword arguments:", list(kwargs))
        if dtype is None:
            dtype = backend.floatx() if input_tensor is None else input_tensor.dtype
        name = name or f"input_{backend.get_uid('input')}"
        super().__init__(dtype=dtype, name=name)
        self.built = True
        self.sparse = sparse
        self.batch_size = batch_size
        if input_tensor is None:
            whole = None if input_shape is None else (batch_size, *input_shape)
            self._batch_input_shape: Any = whole
            make = tf.sparse_placeholder if sparse else tf.placeholder
            with tf.name_scope(""):
                input_tensor = make(tf.as_dtype(dtype), shape=whole, name=self.name)
            self.is_placeholder = True
        else:
            self._batch_input_shape = tuple(input_tensor.shape.as_list())
            self.is_placeholder = False
        nodes.note_input()
        self._add_node(None, input_tensor)
        self._tensor = input_tensor

    def get_config(self) -> dict[str, Any]:
        """The constructor's arguments, as plain values."""
        return {
            "batch_input_shape": self._batch_input_shape, "dtype": self.dtype,
            "sparse": self.sparse, "name": self.name,
        }  # fmt: skip


def Input(
    shape: Any = None,
    batch_size: int | None = None,
    name: str | None = None,
    dtype: Any = None,
    sparse: bool = False,
    tensor: Any = None,
    ragged: bool = False,
    **kwargs: Any,
) -> Any:
    """A model's input: a placeholder of a shape (without the batch), or the given tensor.

    >>> Input([4], name="features")
    <tf.Tensor 'features:0' shape=(?, 4) dtype=float32>
    """
    batch_shape = kwargs.pop("batch_shape", None)
    if batch_shape is not None:
        kwargs["batch_input_shape"] = batch_shape
    if shape is None and batch_shape is None and tensor is None:
        raise ValueError(
            "Please provide to Input either a `shape` or a `tensor` argument. Note that `shape` "
            "does not include the batch dimension."
        )
    layer = InputLayer(shape, batch_size, dtype, tensor, sparse, name, ragged, **kwargs)
    return layer._tensor
