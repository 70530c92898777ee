"""Static shapes: `TensorShape`, and `Dimension`, which is what indexing a shape gives."""

from __future__ import annotations

import math
import operator
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from scopeflow.core.dtypes import DType

Dims = tuple[int | None, ...] | None
"""A static shape as the inference rules see it: None for unknown rank."""


def _dim(value: Any) -> int | None:
    """`value` as a checked dimension: an int, or None where it is not known."""
    if value is None:
        return None
    if isinstance(value, Dimension):
        return value._value
    try:
        size = int(operator.index(value))  # int: True is an index, but no dimension
    except TypeError:
        size = _loose_dim(value)
    if size < 0:
        raise ValueError(f"Dimension {size} must be >= 0\nUse None where it is not known.")
    return size


def _loose_dim(value: Any) -> int:
    """What TF 1.15.5 takes besides integers: strings of digits, whole floats, arrays of one."""
    if isinstance(value, np.ndarray) and value.size == 1:
        value = value.item()
    if isinstance(value, DType):  # shape and dtype swapped in a call: say it in those words
        raise TypeError(f"Cannot convert {value} to Dimension")
    try:
        size = int(value)
    except TypeError:
        # Python words this differently from version to version; these are TF 1.15.5's words.
        raise TypeError(
            "int() argument must be a string, a bytes-like object or a number, not "
            f"'{type(value).__name__}'\n"
            "A dimension is an int, or None where it is not known until the graph runs."
        ) from None
    if not isinstance(value, str | bytes) and size != value:
        raise ValueError(f"Ambiguous dimension: {value}")
    return size


_NOT_A_DIMENSION = (TypeError, ValueError, OverflowError)


class Dimension:
    """One dimension of a shape; `value` is an int, or None where it is not known.

    Arithmetic and comparison take ints, None and Dimensions. With an unknown operand arithmetic
    gives `Dimension(None)`, and every comparison, `==` and `!=` too, gives None.

    >>> tf.Dimension(4) * 2 + 1, tf.Dimension(4) == 4, tf.Dimension(None) == 4
    (Dimension(9), True, None)
    """

    __slots__ = ("_value",)
    _value: int | None

    def __init__(self, value: Any) -> None:
        self._value = _dim(value)

    @classmethod
    def _make(cls, value: int | None) -> Dimension:
        dimension = object.__new__(cls)
        dimension._value = value
        return dimension

    @property
    def value(self) -> int | None:
        """The size, or None where it is not known."""
        return self._value

    def is_compatible_with(self, other: Any) -> bool:
        """Whether both could be the same size: they are equal, or one is unknown."""
        size = _dim(other)
        return size is None or self._value is None or size == self._value

    def assert_is_compatible_with(self, other: Any) -> None:
        """Raises ValueError unless `is_compatible_with(other)`."""
        if not self.is_compatible_with(other):
            raise ValueError(f"Dimensions {self} and {other} are not compatible")

    def merge_with(self, other: Any) -> Dimension:
        """What both together say; ValueError where they contradict each other.

        >>> tf.Dimension(None).merge_with(3)
        Dimension(3)
        """
        self.assert_is_compatible_with(other)
        return as_dimension(other) if self._value is None else self

    def _arithmetic(self, other: Any, how: Callable[[int, int], int], swap: bool = False) -> Any:
        size = _dim(other)
        if size is None or self._value is None:
            return Dimension._make(None)
        return Dimension(how(size, self._value) if swap else how(self._value, size))

    def _lenient(self, other: Any, how: Callable[[int, int], int]) -> Any:
        # NotImplemented lets the other operand try (`dimension * [0]`), and else Python raises.
        try:
            _dim(other)
        except _NOT_A_DIMENSION:
            return NotImplemented
        return self._arithmetic(other, how)

    # Which of these are lenient and which raise was observed in TF 1.15.5.
    def __add__(self, other: Any) -> Any:
        return self._lenient(other, operator.add)

    def __radd__(self, other: Any) -> Any:
        return self + other  # so that a TypeError names the operands as TF 1.15.5's does

    def __mul__(self, other: Any) -> Any:
        return self._lenient(other, operator.mul)

    def __rmul__(self, other: Any) -> Any:
        return self * other

    def __sub__(self, other: Any) -> Any:
        return self._lenient(other, operator.sub)

    def __rsub__(self, other: Any) -> Any:
        return self._arithmetic(other, operator.sub, swap=True)

    def __floordiv__(self, other: Any) -> Any:
        return self._lenient(other, operator.floordiv)

    def __rfloordiv__(self, other: Any) -> Any:
        return self._arithmetic(other, operator.floordiv, swap=True)

    def __mod__(self, other: Any) -> Any:
        return self._arithmetic(other, operator.mod)

    def __rmod__(self, other: Any) -> Any:
        return self._arithmetic(other, operator.mod, swap=True)

    def __truediv__(self, other: Any) -> Any:
        raise _no_true_division(self, other)

    def __rtruediv__(self, other: Any) -> Any:
        raise _no_true_division(other, self)

    def _compare(self, other: Any, how: Callable[[Any, Any], bool]) -> Any:
        size = _dim(other)
        return None if size is None or self._value is None else how(self._value, size)

    def __eq__(self, other: object) -> Any:
        try:
            return self._compare(other, operator.eq)
        except _NOT_A_DIMENSION:
            return NotImplemented

    def __ne__(self, other: object) -> Any:
        try:
            return self._compare(other, operator.ne)
        except _NOT_A_DIMENSION:
            return NotImplemented

    def __lt__(self, other: Any) -> Any:
        return self._compare(other, operator.lt)

    def __le__(self, other: Any) -> Any:
        return self._compare(other, operator.le)

    def __gt__(self, other: Any) -> Any:
        return self._compare(other, operator.gt)

    def __ge__(self, other: Any) -> Any:
        return self._compare(other, operator.ge)

    def __hash__(self) -> int:
        return hash(self._value)

    def __int__(self) -> int:
        return self._known("__int__")

    def __index__(self) -> int:
        return self._known("__index__")

    def _known(self, method: str) -> int:
        if self._value is None:
            raise TypeError(
                f"{method} returned non-int (type NoneType)\n"
                "This dimension is not known until the graph runs: tf.shape(x)[i] gives it there."
            )
        return self._value

    def __repr__(self) -> str:
        return f"Dimension({self._value})"

    def __str__(self) -> str:
        return "?" if self._value is None else str(self._value)

    def __reduce__(self) -> tuple[Any, ...]:
        return Dimension, (self._value,)


def _no_true_division(left: Any, right: Any) -> TypeError:
    return TypeError(
        f"unsupported operand type(s) for /: '{type(left).__name__}' and "
        f"'{type(right).__name__}', please use // instead"
    )


class TensorShape:
    """A tensor's shape as far as it is known when the graph is built.

    `dims` is None (nothing is known), or a list with an int, or None, for each dimension.

    >>> shape = tf.TensorShape([None, 28, 28])
    >>> shape[0].value, shape[1:].as_list(), str(shape.merge_with([8, None, None]))
    (None, [28, 28], '(8, 28, 28)')

    As in TF 1.15, two shapes with an unknown dimension are not equal, since the dimension might
    differ (a shape does equal itself), and `!=` raises ValueError where a rank is unknown.
    To ask whether the same is known of both, compare `as_list()`.
    """

    __slots__ = ("_dims",)
    _dims: Dims

    def __init__(self, dims: Any) -> None:
        self._dims = _dims_of(dims)

    @classmethod
    def _make(cls, dims: Dims) -> TensorShape:
        """A shape of dimensions that are known to be valid: no check is made."""
        shape = object.__new__(cls)
        shape._dims = dims
        return shape

    @property
    def rank(self) -> int | None:
        """The number of dimensions, or None where it is not known."""
        return None if self._dims is None else len(self._dims)

    ndims = rank

    @property
    def dims(self) -> list[Dimension] | None:
        """A list of Dimensions, or None for an unknown rank."""
        return None if self._dims is None else [Dimension._make(dim) for dim in self._dims]

    def as_proto(self) -> Any:
        """The shape as a tf.TensorShapeProto message."""
        from .shape_proto import shape_proto

        return shape_proto(self._dims)

    def as_list(self) -> list[int | None]:
        """A list with an int, or None, for each dimension; ValueError for an unknown rank."""
        if self._dims is None:
            raise ValueError("as_list() is not defined on an unknown TensorShape.")
        return list(self._dims)

    def num_elements(self) -> int | None:
        """The product of the dimensions, or None where one of them is not known."""
        if self._dims is None or None in self._dims:
            return None
        return math.prod(self._dims)  # type: ignore[arg-type]

    def is_fully_defined(self) -> bool:
        """Whether every dimension is known."""
        return self._dims is not None and None not in self._dims

    def assert_is_fully_defined(self) -> None:
        """Raises ValueError unless `is_fully_defined()`."""
        if not self.is_fully_defined():
            raise ValueError(f"Shape {self} is not fully defined")

    def is_compatible_with(self, other: Any) -> bool:
        """Whether one tensor could have both shapes.

        >>> tf.TensorShape([None, 3]).is_compatible_with([2, 3])
        True
        """
        theirs = as_shape(other)._dims
        if self._dims is None or theirs is None:
            return True
        return len(self._dims) == len(theirs) and all(
            a is None or b is None or a == b for a, b in zip(self._dims, theirs, strict=True)
        )

    def assert_is_compatible_with(self, other: Any) -> None:
        """Raises ValueError unless `is_compatible_with(other)`."""
        if not self.is_compatible_with(other):
            raise ValueError(f"Shapes {self} and {other} are incompatible")

    def assert_same_rank(self, other: Any) -> None:
        """Raises ValueError if both ranks are known and differ."""
        shape = as_shape(other)
        if None not in (self.rank, shape.rank) and self.rank != shape.rank:
            raise ValueError(f"Shapes {self} and {shape} must have the same rank")

    def assert_has_rank(self, rank: Any) -> None:
        """Raises ValueError if the rank is known and is not `rank`."""
        if self._dims is not None and len(self._dims) != rank:
            raise ValueError(f"Shape {self} must have rank {int(rank)}")

    def with_rank(self, rank: Any) -> TensorShape:
        """This shape, now known to have `rank` dimensions; ValueError if it has another rank."""
        if self._dims is None:
            return unknown_shape(rank)
        if rank is not None:
            self.assert_has_rank(rank)
        return self

    def with_rank_at_least(self, rank: Any) -> TensorShape:
        """This shape; ValueError if it is known to have fewer than `rank` dimensions."""
        if self._dims is not None and len(self._dims) < rank:
            raise ValueError(f"Shape {self} must have rank at least {int(rank)}")
        return self

    def with_rank_at_most(self, rank: Any) -> TensorShape:
        """This shape; ValueError if it is known to have more than `rank` dimensions."""
        if self._dims is not None and len(self._dims) > rank:
            raise ValueError(f"Shape {self} must have rank at most {int(rank)}")
        return self

    def merge_with(self, other: Any) -> TensorShape:
        """What both shapes together say; ValueError where they contradict each other.

        >>> tf.TensorShape([None, 3]).merge_with([2, None]).as_list()
        [2, 3]
        """
        shape = as_shape(other)
        if self._dims is None:
            return shape
        if shape._dims is None:
            return self
        if not self.is_compatible_with(shape):
            raise ValueError(f"Shapes {self} and {shape} are not compatible")
        pairs = zip(self._dims, shape._dims, strict=True)
        return TensorShape._make(tuple(b if a is None else a for a, b in pairs))

    def most_specific_compatible_shape(self, other: Any) -> TensorShape:
        """The narrowest shape that holds both: a dimension they disagree on becomes unknown.

        >>> tf.TensorShape([2, 3]).most_specific_compatible_shape([2, 4]).as_list()
        [2, None]
        """
        theirs = as_shape(other)._dims
        if self._dims is None or theirs is None or len(self._dims) != len(theirs):
            return TensorShape._make(None)
        pairs = zip(self._dims, theirs, strict=True)
        return TensorShape._make(tuple(a if a == b else None for a, b in pairs))

    def concatenate(self, other: Any) -> TensorShape:
        """The dimensions of both, one after the other; unknown if either rank is unknown.

        >>> tf.TensorShape([2]).concatenate([None]).as_list()
        [2, None]
        """
        theirs = as_shape(other)._dims
        if self._dims is None or theirs is None:
            return TensorShape._make(None)
        return TensorShape._make(self._dims + theirs)

    def __add__(self, other: Any) -> TensorShape:
        return self.concatenate(other)

    def __radd__(self, other: Any) -> TensorShape:
        return as_shape(other).concatenate(self)

    def __getitem__(self, key: Any) -> Any:
        if self._dims is None:
            return self._unknown_item(key)
        try:
            if isinstance(key, slice):
                return TensorShape._make(self._dims[key])
            return Dimension._make(self._dims[key])
        except IndexError:  # a list's words, not a tuple's: TF 1.15 holds a list
            raise IndexError(
                f"list index out of range\nThe shape {self} has no dimension {key}."
            ) from None
        except TypeError:
            if isinstance(key, slice):
                raise
            raise TypeError(
                f"list indices must be integers or slices, not {type(key).__name__}"
            ) from None

    def _unknown_item(self, key: Any) -> Any:
        if not isinstance(key, slice):
            operator.index(key)
            return Dimension._make(None)
        if key.step is not None:
            raise ValueError("Steps are not yet handled")
        start = 0 if key.start is None else operator.index(key.start)
        stop = -1 if key.stop is None else operator.index(key.stop)
        if start < 0 or stop < 0:  # counted from the end: its length depends on the rank
            return TensorShape._make(None)
        return TensorShape._make((None,) * (stop - start))

    def __len__(self) -> int:
        if self._dims is None:
            raise ValueError("Cannot take the length of shape with unknown rank.")
        return len(self._dims)

    def __bool__(self) -> bool:
        return self._dims is not None

    def __iter__(self) -> Iterator[Dimension]:
        if self._dims is None:
            raise ValueError("Cannot iterate over a shape with unknown rank.")
        return map(Dimension._make, self._dims)

    def __eq__(self, other: object) -> bool:
        try:
            theirs = as_shape(other)._dims
        except TypeError:
            return NotImplemented
        if self._dims is None or theirs is None:
            return self._dims is theirs
        if self._dims is theirs:
            return True
        return self._dims == theirs and None not in self._dims

    def __ne__(self, other: object) -> bool:
        try:
            theirs = as_shape(other)._dims
        except TypeError:
            return NotImplemented
        if self._dims is None or theirs is None:
            raise ValueError("The inequality of unknown TensorShapes is undefined.")
        if self._dims is theirs:
            return False
        return self._dims != theirs or None in self._dims

    def __hash__(self) -> int:
        return hash(self._dims)

    def __repr__(self) -> str:
        return f"TensorShape({self.dims!r})"

    def __str__(self) -> str:
        if self._dims is None:
            return "<unknown>"
        return str(self._dims).replace("None", "?")

    def __reduce__(self) -> tuple[Any, ...]:
        return TensorShape, (self._dims,)


def _dims_of(dims: Any) -> Dims:
    if dims is None:
        return None
    if isinstance(dims, TensorShape):
        return dims._dims
    if isinstance(dims, str | bytes):
        raise TypeError(
            "A string has ambiguous TensorShape, please wrap in a list or convert to an int: "
            f"{dims!s}"
        )
    if isinstance(dims, np.ndarray) and dims.ndim == 0:
        return (_dim(dims),)
    try:
        items = iter(dims)
    except TypeError:
        if hasattr(type(dims), "__iter__"):
            raise  # a Tensor, which says itself why it cannot be iterated
        return (_dim(dims),)
    # The usual cases without a call for each dimension: shape inference makes many shapes.
    return tuple([d if d is None or (type(d) is int and d >= 0) else _dim(d) for d in items])


def as_shape(shape: Any) -> TensorShape:
    """`shape` if it is a TensorShape, else `TensorShape(shape)`."""
    return shape if isinstance(shape, TensorShape) else TensorShape(shape)


def as_dimension(value: Any) -> Dimension:
    """`value` if it is a Dimension, else `Dimension(value)`."""
    return value if isinstance(value, Dimension) else Dimension(value)


def unknown_shape(rank: Any = None, ndims: Any = None) -> TensorShape:
    """A shape of `rank` unknown dimensions, or of unknown rank; `ndims` is the older name."""
    if ndims is not None:
        if rank is not None:
            raise TypeError("unknown_shape() takes rank or ndims, not both")
        rank = ndims
    return TensorShape._make(None if rank is None else (None,) * operator.index(rank))


def dimension_value(dimension: Any) -> Any:
    """The int or None in a Dimension; anything else comes back as it is.

    >>> tf.dimension_value(tf.TensorShape([2])[0]), tf.dimension_value(2)
    (2, 2)
    """
    return dimension._value if isinstance(dimension, Dimension) else dimension


def dimension_at_index(shape: Any, index: int) -> Any:
    """The Dimension `shape[index]`, which for a shape of unknown rank is `Dimension(None)`."""
    return as_shape(shape)[index]
