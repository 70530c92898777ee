"""Where a part of a partitioned variable lies in the whole."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple


class PartitionInfo:
    """What an initializer is told of a part: the whole's shape, and where in it the part begins.

    Raises TypeError for what are no sequences, ValueError for offsets outside of the whole.
    """

    def __init__(self, full_shape: Sequence[int], var_offset: Sequence[int]) -> None:
        _check_sequence("full_shape", full_shape)
        _check_sequence("var_offset", var_offset)
        if len(var_offset) != len(full_shape):
            raise ValueError(
                f"Expected equal length, but `var_offset` is of length {len(var_offset)} while "
                f"full_shape is of length {len(full_shape)}."
            )
        for offset, length in zip(var_offset, full_shape, strict=True):
            if not 0 <= offset < length:
                raise ValueError(
                    f"Expected 0 <= offset < shape but found offset={offset}, shape={length} for "
                    f"var_offset={var_offset}, full_shape={full_shape}"
                )
        self._full_shape = full_shape
        self._var_offset = var_offset

    @property
    def full_shape(self) -> Sequence[int]:
        """The shape of the whole."""
        return self._full_shape

    @property
    def var_offset(self) -> Sequence[int]:
        """The place of the part's first element in the whole, a number for each axis."""
        return self._var_offset

    def single_offset(self, shape: Sequence[int]) -> int:
        """Where a part of shape `shape` begins along the axis that is split; 0 where none is."""
        axis = self.single_slice_dim(shape)
        return 0 if axis is None else self.var_offset[axis]

    def single_slice_dim(self, shape: Sequence[int]) -> int | None:
        """The axis along which a part of shape `shape` is shorter than the whole, None for none.

        Raises ValueError where there are several, or where the part would not fit.
        """
        _check_sequence("shape", shape)
        if len(shape) != len(self.full_shape):
            raise ValueError(
                f"Expected equal length, but received shape={shape} of length {len(shape)} while "
                f"self.full_shape={self.full_shape} is of length {len(self.full_shape)}."
            )
        for axis, length in enumerate(shape):
            if self.var_offset[axis] + length > self.full_shape[axis]:
                raise ValueError(
                    f"With self.var_offset={self.var_offset}, a partition of shape={shape} would "
                    f"exceed self.full_shape={self.full_shape} in dimension {axis}."
                )
        shorter = [a for a, length in enumerate(shape) if length != self.full_shape[a]]
        if len(shorter) > 1:
            raise ValueError(
                f"Cannot use single_slice_dim() with shape={shape} and "
                f"self.full_shape={self.full_shape} since slice dim could be either dimension "
                f"{shorter[1]} or {shorter[0]}."
            )
        return shorter[0] if shorter else None


def _check_sequence(name: str, value: Any) -> None:
    if not isinstance(value, Sequence) or isinstance(value, str):
        raise TypeError(
            f"`{name}` must be a sequence (like tuple or list) instead of {type(value).__name__}"
        )


class SaveSliceInfoDef(NamedTuple):
    """The fields of TensorFlow's message of this name."""

    full_name: str
    full_shape: tuple[int, ...]
    var_offset: tuple[int, ...]
    var_shape: tuple[int, ...]


class SaveSliceInfo:
    """Which slice of which whole a part is, as checkpoints note it.

    `save_slice_info_def` gives all of it in one, its name then put below `import_scope`.
    """

    def __init__(
        self,
        full_name: str | None = None,
        full_shape: Sequence[int] | None = None,
        var_offset: Sequence[int] | None = None,
        var_shape: Sequence[int] | None = None,
        save_slice_info_def: Any = None,
        import_scope: str | None = None,
    ) -> None:
        if save_slice_info_def is not None:
            full_name = save_slice_info_def.full_name
            if import_scope:
                full_name = f"{import_scope}/{full_name}"
            full_shape = list(save_slice_info_def.full_shape)
            var_offset = list(save_slice_info_def.var_offset)
            var_shape = list(save_slice_info_def.var_shape)
        self.full_name = full_name
        self.full_shape = full_shape
        self.var_offset = var_offset
        self.var_shape = var_shape

    @property
    def spec(self) -> str:
        """The whole's shape, then `begin,length` of each axis: `5 2 3,2:0,2`.

        >>> SaveSliceInfo("w", [5, 2], [3, 0], [2, 2]).spec
        '5 2 3,2:0,2'
        """
        full, offset, shape = self._known()
        pairs = ":".join(f"{o},{n}" for o, n in zip(offset, shape, strict=True))
        return " ".join(str(d) for d in full) + " " + pairs

    def to_proto(self, export_scope: str | None = None) -> SaveSliceInfoDef | None:
        """The same in one record, the name below `export_scope`; None for one that is elsewhere."""
        name = self.full_name
        if name is None:
            raise TypeError("This SaveSliceInfo has no full_name.")
        if export_scope is not None and not name.startswith(export_scope):
            return None
        if export_scope:
            name = name.removeprefix(export_scope.rstrip("/") + "/")
        full, offset, shape = self._known()
        return SaveSliceInfoDef(name, tuple(full), tuple(offset), tuple(shape))

    def _known(self) -> tuple[Sequence[int], Sequence[int], Sequence[int]]:
        if self.full_shape is None or self.var_offset is None or self.var_shape is None:
            raise TypeError("This SaveSliceInfo has no full_shape, var_offset or var_shape.")
        return self.full_shape, self.var_offset, self.var_shape
