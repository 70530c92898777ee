"""`slim.tfexample_decoder`: from serialized tf.train.Example records to named tensors."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import scopeflow as tf

from . import data_decoder

__all__ = [
    "BackupHandler", "BoundingBox", "Image", "ItemHandler", "ItemHandlerCallback", "LookupTensor",
    "SparseTensor", "TFExampleDecoder", "Tensor",
]  # fmt: skip


class ItemHandler:
    """What makes an item of the parsed features with these keys."""

    def __init__(self, keys: Any) -> None:
        self._keys = list(keys) if isinstance(keys, tuple | list) else [keys]

    @property
    def keys(self) -> list:
        """The keys of the features."""
        return self._keys

    def tensors_to_item(self, keys_to_tensors: Any) -> Any:
        """The item, of a dict of the parsed features."""
        raise NotImplementedError


class ItemHandlerCallback(ItemHandler):
    """An item that a function makes of the dict of its features."""

    def __init__(self, keys: Any, func: Callable) -> None:
        super().__init__(keys)
        self._func = func

    def tensors_to_item(self, keys_to_tensors: Any) -> Any:
        """The function's result."""
        return self._func(keys_to_tensors)


def _dense(tensor: Any, default: Any = None) -> Any:
    if not isinstance(tensor, tf.SparseTensor):
        return tensor
    if default is None:
        default = "" if tensor.dtype == tf.string else 0
    return tf.sparse_tensor_to_dense(tensor, default_value=default)


class BoundingBox(ItemHandler):
    """Boxes [n, 4] of features with the coordinates of all boxes."""

    def __init__(self, keys: Any = None, prefix: str = "") -> None:
        keys = ["ymin", "xmin", "ymax", "xmax"] if keys is None else keys
        if len(keys) != 4:
            raise ValueError(f"BoundingBox expects 4 keys but got {len(keys)}")
        self._full_keys = [prefix + key for key in keys]
        super().__init__(self._full_keys)

    def tensors_to_item(self, keys_to_tensors: Any) -> Any:
        """The boxes."""
        sides = []
        for key in self._full_keys:
            side = keys_to_tensors[key]
            side = side.values if isinstance(side, tf.SparseTensor) else side
            sides.append(tf.expand_dims(side, 0))
        return tf.transpose(tf.concat(sides, 0))


class Tensor(ItemHandler):
    """A feature, in a shape that is given or in other features."""

    def __init__(
        self, tensor_key: str, shape_keys: Any = None, shape: Any = None, default_value: Any = 0
    ) -> None:
        if shape_keys and shape is not None:
            raise ValueError("Cannot specify both shape_keys and shape parameters.")
        shape_keys = [shape_keys] if shape_keys and not isinstance(shape_keys, list) else shape_keys
        super().__init__([tensor_key, *(shape_keys or ())])
        self._tensor_key, self._shape_keys = tensor_key, shape_keys
        self._shape, self._default_value = shape, default_value

    def tensors_to_item(self, keys_to_tensors: Any) -> Any:
        """The feature: dense, unless it is sparse and no shape is known."""
        tensor, shape = keys_to_tensors[self._tensor_key], self._shape
        if self._shape_keys:
            sizes = []
            for key in self._shape_keys:
                size = keys_to_tensors[key]
                sizes.append(_dense(size))
            shape = tf.reshape(tf.stack(sizes), [-1])
        if isinstance(tensor, tf.SparseTensor):
            if shape is not None:
                tensor = tf.sparse_reshape(tensor, shape)
            text = self._default_value == 0 and tensor.dtype == tf.string
            return _dense(tensor, "" if text else self._default_value)
        return tensor if shape is None else tf.reshape(tensor, shape)


class LookupTensor(Tensor):
    """A feature whose values a lookup table replaces."""

    def __init__(
        self, tensor_key: str, table: Any, shape_keys: Any = None, shape: Any = None,
        default_value: Any = "",
    ) -> None:  # fmt: skip
        self._table = table
        super().__init__(tensor_key, shape_keys, shape, default_value)

    def tensors_to_item(self, keys_to_tensors: Any) -> Any:
        """What the table has for the values."""
        return self._table.lookup(super().tensors_to_item(keys_to_tensors))


class BackupHandler(ItemHandler):
    """An item of a handler, or of another one where the first one's is empty."""

    def __init__(self, handler: ItemHandler, backup: ItemHandler) -> None:
        for each, name in ((handler, "Primary"), (backup, "Backup")):
            if not isinstance(each, ItemHandler):
                raise ValueError(f"{name} handler is of type {type(each)} instead of ItemHandler")
        super().__init__([*handler.keys, *backup.keys])
        self._handler, self._backup = handler, backup

    def tensors_to_item(self, keys_to_tensors: Any) -> Any:
        """The first item, or the other one."""
        item = self._handler.tensors_to_item(keys_to_tensors)
        return tf.cond(
            tf.equal(tf.reduce_prod(tf.shape(item)), 0),
            lambda: self._backup.tensors_to_item(keys_to_tensors),
            lambda: item,
        )


class SparseTensor(ItemHandler):
    """A sparse tensor of a feature with the indices and one with the values."""

    def __init__(
        self, indices_key: str | None = None, values_key: str | None = None,
        shape_key: str | None = None, shape: Any = None, densify: bool = False,
        default_value: Any = 0,
    ) -> None:  # fmt: skip
        indices_key, values_key = indices_key or "indices", values_key or "values"
        super().__init__([indices_key, values_key, *([shape_key] if shape_key else ())])
        self._indices_key, self._values_key, self._shape_key = indices_key, values_key, shape_key
        self._shape, self._densify, self._default_value = shape, densify, default_value

    def tensors_to_item(self, keys_to_tensors: Any) -> Any:
        """The sparse tensor, or with `densify` a dense one."""
        indices = keys_to_tensors[self._indices_key]
        values = keys_to_tensors[self._values_key]
        if self._shape_key:
            shape = _dense(keys_to_tensors[self._shape_key])
        else:
            shape = self._shape if self._shape else indices.dense_shape
        order = indices.values if isinstance(indices, tf.SparseTensor) else indices
        order = tf.reshape(order, [-1, len(self._shape)] if self._shape else [-1, 1])
        found = tf.SparseTensor(
            order,
            values.values if isinstance(values, tf.SparseTensor) else values,
            tf.cast(shape, tf.int64),
        )
        return _dense(found, self._default_value) if self._densify else found


class Image(ItemHandler):
    """A decoded image: JPEG or PNG by what the bytes are, or raw values."""

    def __init__(
        self, image_key: str | None = None, format_key: str | None = None, shape: Any = None,
        channels: int = 3, dtype: Any = tf.uint8, repeated: bool = False, dct_method: str = "",
    ) -> None:  # fmt: skip
        image_key, format_key = image_key or "image/encoded", format_key or "image/format"
        super().__init__([image_key, format_key])
        self._image_key, self._format_key = image_key, format_key
        self._shape, self._channels, self._dtype = shape, channels, dtype
        self._repeated, self._dct_method = repeated, dct_method

    def tensors_to_item(self, keys_to_tensors: Any) -> Any:
        """The image, or the images of a repeated feature."""
        data, kind = keys_to_tensors[self._image_key], keys_to_tensors[self._format_key]
        data = _dense(data)
        if self._repeated:
            return tf.map_fn(lambda each: self._decoded(each, kind), data, dtype=self._dtype)
        return self._decoded(data, kind)

    def _decoded(self, data: Any, kind: Any) -> Any:
        data = tf.reshape(data, [])
        images: Any = tf.image

        def encoded() -> Any:
            return tf.cast(images.decode_image(data, channels=self._channels), self._dtype)

        def raw() -> Any:
            return tf.decode_raw(data, out_type=self._dtype)

        is_raw = tf.logical_or(tf.equal(kind, "raw"), tf.equal(kind, "RAW"))
        image = tf.cond(tf.reshape(is_raw, []), raw, encoded)
        image.set_shape([None, None, self._channels])
        return image if self._shape is None else tf.reshape(image, self._shape)


class TFExampleDecoder(data_decoder.DataDecoder):
    """Parses Example records by `keys_to_features`, and makes items of them by handlers."""

    def __init__(self, keys_to_features: Any, items_to_handlers: Any) -> None:
        self._keys_to_features = keys_to_features
        self._items_to_handlers = items_to_handlers

    def list_items(self) -> Any:
        """The names of the items."""
        return list(self._items_to_handlers.keys())

    def decode(self, serialized_example: Any, items: Any = None) -> list:
        """The items (None: all) of a record."""
        example = tf.parse_single_example(serialized_example, self._keys_to_features)
        for key, feature in self._keys_to_features.items():
            if isinstance(feature, tf.FixedLenFeature):
                example[key] = tf.reshape(example[key], feature.shape)
        found = []
        for item in self._items_to_handlers.keys() if items is None else items:
            handler = self._items_to_handlers[item]
            found.append(handler.tensors_to_item({key: example[key] for key in handler.keys}))
        return found
