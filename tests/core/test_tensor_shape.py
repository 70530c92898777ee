"""TensorShape and Dimension. The tables were observed in TensorFlow 1.15.5 unless they say not."""

import copy
import doctest
import pickle
import re

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scopeflow.core import dtypes, tensor_shape
from scopeflow.core.tensor_shape import TensorShape, unknown_shape

D, S = tensor_shape.Dimension, TensorShape
a, u, e, f = S([2, None, 3]), S(None), S([]), S([2, 3])
d, n = D(4), D(None)
# What the expressions in the tables see.
NAMES = {**vars(tensor_shape), "D": D, "S": S, "a": a, "u": u, "e": e, "f": f, "d": d, "n": n}
NAMES["dtypes"] = dtypes


class Five:
    def __index__(self):
        return 5


def outcome(expression):
    """What an expression gives, as text; for an error its type and its message's first line."""
    try:
        return repr(eval(expression, NAMES))
    except (TypeError, ValueError, IndexError) as error:
        return f"{type(error).__name__}: {error}".split("\n")[0]


def table(text):
    """Rows of `expression => outcome`, where a long outcome has the next line to itself."""
    lines = re.sub(r"=>\n +", "=> ", text).splitlines()
    rows = [line.strip().rpartition(" => ") for line in lines if line.strip()]
    return pytest.mark.parametrize(
        ("expression", "observed"), [(left, right) for left, _, right in rows]
    )


@table("""
    S([]) => TensorShape([])
    S((2, None)) => TensorShape([Dimension(2), Dimension(None)])
    S(None) => TensorShape(None)
    S(7) => TensorShape([Dimension(7)])
    S(f) => TensorShape([Dimension(2), Dimension(3)])
    S(u) => TensorShape(None)
    S([D(2), n]) => TensorShape([Dimension(2), Dimension(None)])
    S(d) => TensorShape([Dimension(4)])
    S(n) => TensorShape([Dimension(None)])
    S([np.int32(2), np.int64(3)]) => TensorShape([Dimension(2), Dimension(3)])
    S(np.array([1, 2])) => TensorShape([Dimension(1), Dimension(2)])
    S(np.array([1., 2.])) => TensorShape([Dimension(1), Dimension(2)])
    S(np.array([])) => TensorShape([])
    S(np.array(3)) => TensorShape([Dimension(3)])
    S(range(3)) => TensorShape([Dimension(0), Dimension(1), Dimension(2)])
    S(x for x in (1, 2)) => TensorShape([Dimension(1), Dimension(2)])
    S([2.0]) => TensorShape([Dimension(2)])
    S([True]) => TensorShape([Dimension(1)])
    S(["3"]) => TensorShape([Dimension(3)])
    S([2**70]) => TensorShape([Dimension(1180591620717411303424)])

    S([-1]) => ValueError: Dimension -1 must be >= 0
    S(-1) => ValueError: Dimension -1 must be >= 0
    S([None, np.int64(-2)]) => ValueError: Dimension -2 must be >= 0
    S([1.5]) => ValueError: Ambiguous dimension: 1.5
    S(np.array(3.5)) => ValueError: Ambiguous dimension: 3.5
    S("12") =>
    TypeError: A string has ambiguous TensorShape, please wrap in a list or convert to an int: 12
    S([2, "?"]) => ValueError: invalid literal for int() with base 10: '?'
    S([[1, 2]]) =>
        TypeError: int() argument must be a string, a bytes-like object or a number, not 'list'
    S(object()) =>
        TypeError: int() argument must be a string, a bytes-like object or a number, not 'object'
    S(dtypes.float32) => TypeError: Cannot convert <dtype: 'float32'> to Dimension
""")
def test_making_shapes(expression, observed):
    assert outcome(expression) == observed


def test_making_a_shape_of_objects_with_index():
    """Not so in TF 1.15.5, which asks for `__int__`."""
    assert S([Five(), None]).as_list() == [5, None]
    assert S(Five()).as_list() == [5]


def test_dimensions_are_plain_ints():
    shape = S([True, np.int64(2), 3.0, np.array([4]), "5", Five()])
    assert [type(dim) for dim in shape._dims] == [int] * 6
    assert shape.as_list() == [1, 2, 3, 4, 5, 5]


def test_what_says_itself_why_it_is_not_iterable_is_heard():
    class Symbolic:
        def __iter__(self):
            raise TypeError("iterating is not allowed")

    with pytest.raises(TypeError, match="iterating is not allowed"):
        S(Symbolic())


@table("""
    str(a) => '(2, ?, 3)'
    str(u) => '<unknown>'
    str(e) => '()'
    str(S([1])) => '(1,)'
    str(S([None])) => '(?,)'
    repr(a) => TensorShape([Dimension(2), Dimension(None), Dimension(3)])
    repr(u) => TensorShape(None)
    a.dims => [Dimension(2), Dimension(None), Dimension(3)]
    u.dims => None
    e.dims => []
    (a.rank, a.ndims, u.rank, u.ndims, e.rank) => (3, 3, None, None, 0)
    a.as_list() => [2, None, 3]
    u.as_list() => ValueError: as_list() is not defined on an unknown TensorShape.
    [s.num_elements() for s in (a, u, e, f, S([2, 0]), S([0, None]))] => [None, None, 1, 6, 0, None]
    [s.is_fully_defined() for s in (a, u, e, f)] => [False, False, True, True]
    f.assert_is_fully_defined() => None
    a.assert_is_fully_defined() => ValueError: Shape (2, ?, 3) is not fully defined
    u.assert_is_fully_defined() => ValueError: Shape <unknown> is not fully defined
    (bool(a), bool(u), bool(e)) => (True, False, True)
    len(a) => 3
    len(u) => ValueError: Cannot take the length of shape with unknown rank.
    list(a) => [Dimension(2), Dimension(None), Dimension(3)]
    iter(u) => ValueError: Cannot iterate over a shape with unknown rank.
    (2 in f, 5 in f, None in a) => (True, False, False)
    list(reversed(f)) => [Dimension(3), Dimension(2)]
    max(f) => Dimension(3)
    np.prod(f) => Dimension(6)
    np.zeros(f).shape => (2, 3)
""")
def test_reading_shapes(expression, observed):
    if expression.startswith("repr("):
        observed = repr(observed)
    assert outcome(expression) == observed


@table("""
    a[0] => Dimension(2)
    a[-1] => Dimension(3)
    a[np.int64(1)] => Dimension(None)
    a[D(1)] => Dimension(None)
    a[1:] => TensorShape([Dimension(None), Dimension(3)])
    a[::2] => TensorShape([Dimension(2), Dimension(3)])
    a[::-1] => TensorShape([Dimension(3), Dimension(None), Dimension(2)])
    a[10:] => TensorShape([])
    a[:D(1)] => TensorShape([Dimension(2)])
    a[5] => IndexError: list index out of range
    a[-5] => IndexError: list index out of range
    a["x"] => TypeError: list indices must be integers or slices, not str
    a[0, 1] => TypeError: list indices must be integers or slices, not tuple
    a[1:"x"] => TypeError: slice indices must be integers or None or have an __index__ method

    u[0] => Dimension(None)
    u[1:] => TensorShape(None)
    u[:] => TensorShape(None)
    u[:2] => TensorShape([Dimension(None), Dimension(None)])
    u[1:3] => TensorShape([Dimension(None), Dimension(None)])
    u[2:1] => TensorShape([])
    u[:0] => TensorShape([])
    u[:-1] => TensorShape(None)
    u[1:-1] => TensorShape(None)
    u[-1:3] => TensorShape(None)
    u[-2:] => TensorShape(None)
    u[1:3:2] => ValueError: Steps are not yet handled
    u[::-1] => ValueError: Steps are not yet handled
""")
def test_indexing(expression, observed):
    assert outcome(expression) == observed


@table("""
    f == [2, 3] => True
    (2, 3) == f => True
    f == S([2, 3]) => True
    f == np.array([2, 3]) => True
    f == [2, 3, 4] => False
    f == u => False
    f == "x" => False
    f == object() => False
    f == [2, -1] => ValueError: Dimension -1 must be >= 0
    S([2]) == 2 => True
    e == None => False
    u == u => True
    u == S(None) => True
    u == None => True
    u == [2] => False
    a == a => True
    a == a[:] => True
    a == S(a) => True
    a == S([2, None, 3]) => False
    S([None]) == S([1]) => False

    f != [2, 3] => False
    f != [2, 3, 4] => True
    f != object() => True
    f != 2 => True
    a != a => False
    a != S([2, None, 3]) => True
    S([None]) != S([1]) => True
    u != object() => True
    u != u => ValueError: The inequality of unknown TensorShapes is undefined.
    f != u => ValueError: The inequality of unknown TensorShapes is undefined.
    f != None => ValueError: The inequality of unknown TensorShapes is undefined.
""")
def test_equality(expression, observed):
    assert outcome(expression) == observed


def test_shapes_are_hashable():
    """Not so in TF 1.15.5. What is equal must hash alike."""
    assert {f: 1}[S((2, 3))] == 1
    assert hash(f) == hash((2, 3))
    assert hash(u) == hash(S(None)) == hash(None)
    assert hash(a) == hash(S([2, None, 3]))


@table("""
    a.merge_with([2, 5, None]) => TensorShape([Dimension(2), Dimension(5), Dimension(3)])
    a.merge_with(None) => TensorShape([Dimension(2), Dimension(None), Dimension(3)])
    u.merge_with(a) => TensorShape([Dimension(2), Dimension(None), Dimension(3)])
    u.merge_with(None) => TensorShape(None)
    a.merge_with([1]) => ValueError: Shapes (2, ?, 3) and (1,) are not compatible
    a.merge_with((2, 4, 4)) => ValueError: Shapes (2, ?, 3) and (2, 4, 4) are not compatible
    a.merge_with(object()) =>
        TypeError: int() argument must be a string, a bytes-like object or a number, not 'object'

    a.concatenate([4]) => TensorShape([Dimension(2), Dimension(None), Dimension(3), Dimension(4)])
    f.concatenate(4) => TensorShape([Dimension(2), Dimension(3), Dimension(4)])
    a.concatenate(None) => TensorShape(None)
    u.concatenate([1]) => TensorShape(None)
    f + [4] => TensorShape([Dimension(2), Dimension(3), Dimension(4)])
    [4] + f => TensorShape([Dimension(4), Dimension(2), Dimension(3)])
    4 + f => TensorShape([Dimension(4), Dimension(2), Dimension(3)])
    f + u => TensorShape(None)
    f * 2 => TypeError: unsupported operand type(s) for *: 'TensorShape' and 'int'

    a.most_specific_compatible_shape([5, 1, 3]) =>
        TensorShape([Dimension(None), Dimension(None), Dimension(3)])
    a.most_specific_compatible_shape([5, 1]) => TensorShape(None)
    a.most_specific_compatible_shape(None) => TensorShape(None)
    u.most_specific_compatible_shape([2]) => TensorShape(None)

    [a.is_compatible_with(s) for s in ([2, 9, 3], None, a, [1, 1, 3], [1], 3)] =>
        [True, True, True, False, False, False]
    u.is_compatible_with([1]) => True
    f.assert_is_compatible_with([2, None]) => None
    f.assert_is_compatible_with([2, 2]) => ValueError: Shapes (2, 3) and [2, 2] are incompatible
    f.assert_is_compatible_with(S([2, 2])) => ValueError: Shapes (2, 3) and (2, 2) are incompatible
    f.assert_is_compatible_with(2) => ValueError: Shapes (2, 3) and 2 are incompatible
""")
def test_combining_shapes(expression, observed):
    assert outcome(expression) == observed


@table("""
    a.assert_same_rank([1, 2, 3]) => None
    a.assert_same_rank(u) => None
    u.assert_same_rank(a) => None
    a.assert_same_rank([1, 2]) => ValueError: Shapes (2, ?, 3) and (1, 2) must have the same rank
    a.assert_has_rank(3) => None
    u.assert_has_rank(4) => None
    a.assert_has_rank(4) => ValueError: Shape (2, ?, 3) must have rank 4
    a.with_rank(3) => TensorShape([Dimension(2), Dimension(None), Dimension(3)])
    a.with_rank(D(3)) => TensorShape([Dimension(2), Dimension(None), Dimension(3)])
    a.with_rank(None) => TensorShape([Dimension(2), Dimension(None), Dimension(3)])
    a.with_rank(2) => ValueError: Shape (2, ?, 3) must have rank 2
    a.with_rank(D(2)) => ValueError: Shape (2, ?, 3) must have rank 2
    u.with_rank(2) => TensorShape([Dimension(None), Dimension(None)])
    u.with_rank(np.int32(0)) => TensorShape([])
    u.with_rank(None) => TensorShape(None)
    a.with_rank_at_least(4) => ValueError: Shape (2, ?, 3) must have rank at least 4
    a.with_rank_at_most(2) => ValueError: Shape (2, ?, 3) must have rank at most 2
    (a.with_rank_at_least(3) is a, u.with_rank_at_least(4) is u) => (True, True)
    (a.with_rank_at_most(3) is a, u.with_rank_at_most(2) is u) => (True, True)
    unknown_shape() => TensorShape(None)
    unknown_shape(2) => TensorShape([Dimension(None), Dimension(None)])
    unknown_shape(rank=0) => TensorShape([])
    unknown_shape(ndims=1) => TensorShape([Dimension(None)])
""")
def test_ranks(expression, observed):
    assert outcome(expression) == observed


def test_unknown_shape_takes_one_name():
    with pytest.raises(TypeError):
        unknown_shape(3, ndims=3)


@table("""
    D("3") => Dimension(3)
    D(3.0) => Dimension(3)
    D(d) => Dimension(4)
    D(-1) => ValueError: Dimension -1 must be >= 0
    D(3.5) => ValueError: Ambiguous dimension: 3.5
    D([1]) =>
        TypeError: int() argument must be a string, a bytes-like object or a number, not 'list'
    (str(d), str(n), repr(d), repr(n)) => ('4', '?', 'Dimension(4)', 'Dimension(None)')
    (d.value, n.value) => (4, None)
    (int(d), [0] * d, range(d), "abcde"[d]) => (4, [0, 0, 0, 0], range(0, 4), 'e')
    int(n) => TypeError: __int__ returned non-int (type NoneType)
    range(n) => TypeError: __index__ returned non-int (type NoneType)
    (bool(d), bool(n), bool(D(0))) => (True, True, True)

    (d == 4, d == 5, 4 == d, d == D(4), d == 4.0, d == "4") => (True, False, True, True, True, True)
    (d == None, d == n, n == n, n == 4, n == None) => (None, None, None, None, None)
    (d == "x", d == -1, d == [4], d == object(), n == "x", d == 3.9) =>
        (False, False, False, False, False, False)
    (d != 4, d != 5, d != "x", d != -1) => (False, True, True, True)
    (d != n, n != n, n != None) => (None, None, None)
    (d == np.int64(4), np.int64(4) == d) => (True, True)
    (d < 5, d <= 4, d > 3, d >= 5, 3 < d, 5 > d) => (True, True, True, False, True, True)
    (d < n, n < 5, d >= None, None < d) => (None, None, None, None)
    d < "x" => ValueError: invalid literal for int() with base 10: 'x'
    d < -1 => ValueError: Dimension -1 must be >= 0

    (d + 1, 1 + d, d - 1, 5 - d, d * 3, 3 * d) =>
        (Dimension(5), Dimension(5), Dimension(3), Dimension(1), Dimension(12), Dimension(12))
    (d // 3, 9 // d, d % 3, 9 % d, d + D(2)) =>
        (Dimension(1), Dimension(2), Dimension(1), Dimension(1), Dimension(6))
    (d + np.int64(3), np.int64(3) + d, np.float32(2) * d) =>
        (Dimension(7), Dimension(7), Dimension(8))
    {str(x) for x in (n + 1, 1 + n, n - 1, 1 - n, n * 0, n // 0, 2 // n, n % 2, 2 % n)} => {'?'}
    {str(x) for x in (d + None, None + d, d - n, None - d, d * None, d // n, d % n)} => {'?'}
    d - 10 => ValueError: Dimension -6 must be >= 0
    d + -1 => TypeError: unsupported operand type(s) for +: 'Dimension' and 'int'
    -1 + d => TypeError: unsupported operand type(s) for +: 'Dimension' and 'int'
    d * 1.5 => TypeError: unsupported operand type(s) for *: 'Dimension' and 'float'
    2.5 * d => TypeError: unsupported operand type(s) for *: 'Dimension' and 'float'
    d // 2.5 => TypeError: unsupported operand type(s) for //: 'Dimension' and 'float'
    1.5 - d => ValueError: Ambiguous dimension: 1.5
    2.5 // d => ValueError: Ambiguous dimension: 2.5
    d % 1.5 => ValueError: Ambiguous dimension: 1.5
    d / 2 =>
        TypeError: unsupported operand type(s) for /: 'Dimension' and 'int', please use // instead
    8 / d =>
        TypeError: unsupported operand type(s) for /: 'int' and 'Dimension', please use // instead
    d / n =>
    TypeError: unsupported operand type(s) for /: 'Dimension' and 'Dimension', please use // instead

    (d.merge_with(4), d.merge_with(None), n.merge_with(5), n.merge_with(n)) =>
        (Dimension(4), Dimension(4), Dimension(5), Dimension(None))
    d.merge_with(5) => ValueError: Dimensions 4 and 5 are not compatible
    d.assert_is_compatible_with(5) => ValueError: Dimensions 4 and 5 are not compatible
    d.assert_is_compatible_with(n) => None
    [d.is_compatible_with(x) for x in (4, None, n, 5)] => [True, True, True, False]
    n.is_compatible_with(3) => True
""")
def test_dimensions(expression, observed):
    assert outcome(expression) == observed


def test_dimensions_divide_by_zero_as_ints_do():
    with pytest.raises(ZeroDivisionError):
        d // 0
    with pytest.raises(ZeroDivisionError):
        d % 0


def test_dimensions_are_hashable():
    """Not so in TF 1.15.5."""
    assert hash(D(4)) == hash(4)
    assert hash(D(None)) == hash(None)


@table("""
    [dimension_value(x) for x in (d, n, 3, None, "x")] => [4, None, 3, None, 'x']
    [dimension_at_index(s, 1) for s in (a, u, f)] =>
        [Dimension(None), Dimension(None), Dimension(3)]
    dimension_at_index(a, -1) => Dimension(3)
    dimension_at_index(a, 7) => IndexError: list index out of range
    (as_shape([1]), as_shape(None), as_shape(a) is a) =>
        (TensorShape([Dimension(1)]), TensorShape(None), True)
    (as_dimension(3), as_dimension(None), as_dimension(d) is d) =>
        (Dimension(3), Dimension(None), True)
""")
def test_helpers(expression, observed):
    assert outcome(expression) == observed


def test_an_unknown_dimension_points_to_tf_shape():
    with pytest.raises(TypeError, match=r"tf\.shape"):
        int(n)


@pytest.mark.parametrize("shape", [a, u, e, f], ids=str)
def test_copies_and_pickles(shape):
    copies = [copy.copy(shape), copy.deepcopy(shape)]
    for protocol in range(pickle.HIGHEST_PROTOCOL + 1):
        copies.append(pickle.loads(pickle.dumps(shape, protocol)))
        assert repr(pickle.loads(pickle.dumps(D(4), protocol))) == "Dimension(4)"
    assert all(one._dims == shape._dims for one in copies)


def test_make_does_not_check():
    dims = (2, None)
    assert TensorShape._make(dims)._dims is dims
    assert TensorShape.__slots__ == ("_dims",)


dim_lists = st.lists(st.none() | st.integers(0, 4), max_size=4)
shapes = st.builds(TensorShape, st.none() | dim_lists)
same_each_time = settings(derandomize=True, database=None, deadline=None, max_examples=200)


@same_each_time
@given(dim_lists)
def test_as_list_goes_there_and_back(dims):
    shape = TensorShape(dims)
    assert shape.as_list() == dims
    assert [dim.value for dim in shape] == [shape[i].value for i in range(len(shape))] == dims
    assert TensorShape(shape.dims).as_list() == dims


@same_each_time
@given(shapes, shapes)
def test_compatible_is_symmetric_and_says_whether_shapes_merge(x, y):
    assert x.is_compatible_with(y) == y.is_compatible_with(x)
    if x.is_compatible_with(y):
        merged = x.merge_with(y)
        assert merged._dims == y.merge_with(x)._dims
        assert merged.merge_with(x)._dims == merged._dims
        assert merged.is_compatible_with(x) and merged.is_compatible_with(y)
    else:
        with pytest.raises(ValueError):
            x.merge_with(y)
        with pytest.raises(ValueError):
            y.merge_with(x)


@same_each_time
@given(shapes, shapes)
def test_concatenate_adds_ranks(x, y):
    both = x.concatenate(y)
    if x.rank is None or y.rank is None:
        assert both.rank is None
    else:
        assert len(both) == len(x) + len(y)
        assert both.as_list() == x.as_list() + y.as_list()
        assert both[: len(x)]._dims == x._dims


@same_each_time
@given(shapes, shapes)
def test_most_specific_compatible_shape_holds_both(x, y):
    wide = x.most_specific_compatible_shape(y)
    assert wide._dims == y.most_specific_compatible_shape(x)._dims
    assert wide.is_compatible_with(x) and wide.is_compatible_with(y)
    assert x.most_specific_compatible_shape(x)._dims == x._dims


@same_each_time
@given(shapes, shapes)
def test_equal_shapes_hash_alike(x, y):
    if x == y:
        assert hash(x) == hash(y)
        assert x.is_compatible_with(y)


@same_each_time
@given(st.none() | st.integers(0, 9), st.none() | st.integers(1, 9))
def test_dimension_arithmetic_is_that_of_ints(x, y):
    known = x is not None and y is not None
    assert (D(x) + y).value == (D(y) + x).value == (x + y if known else None)
    assert (D(x) * y).value == (x * y if known else None)
    assert (D(x) // y).value == (x // y if known else None)
    assert (D(x) % D(y)).value == (x % y if known else None)
    assert (D(x) == y) is (x == y if known else None)
    assert (D(x) < y) is (x < y if known else None)


def test_documented_examples_run():
    done = doctest.testmod(tensor_shape, extraglobs={"tf": tensor_shape})
    assert done.attempted > 0 and done.failed == 0
