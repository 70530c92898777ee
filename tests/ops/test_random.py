"""tf.random and the linalg ops beside it. Graphs, names and error texts: TensorFlow 1.15.5."""

import math
import subprocess
import sys

import numpy as np
import pytest
import torch

import scopeflow as tf
from scopeflow.core.op import registry
from scopeflow.ops import linalg, random, random_gamma

N = 100_000
FLOATS = [torch.float16, torch.bfloat16, torch.float32, torch.float64]


@pytest.fixture(autouse=True)
def graph():
    with tf.Graph().as_default() as graph:
        yield graph


def run(fetches, feed_dict=None):
    with tf.Session() as session:
        return session.run(fetches, feed_dict)


def drawn(op_type, *inputs, dtype=None, seed=1, **attrs):
    """What the op's kernel gives, called by itself."""
    kernel = registry[op_type].kernel
    if "device" in registry[op_type].kernel_parameters:
        attrs["device"] = torch.device("cpu")
    if dtype is not None:
        attrs["dtype"] = dtype
    return kernel(*inputs, generator=torch.Generator().manual_seed(seed), **attrs)


def nodes(graph):
    """Each op as `name type input input …`."""
    return [" ".join([o.name, o.type, *(i.name for i in o.inputs)]) for o in graph.get_operations()]


def seeds(op):
    return op.get_attr("seed"), op.get_attr("seed2")


# Distributions. The tolerances are five standard errors and more; the seeds are fixed.


@pytest.mark.parametrize("dtype", FLOATS)
def test_uniform_kernel(dtype):
    values = drawn("RandomUniform", (N,), dtype=dtype)
    assert values.dtype == dtype
    values = values.double()
    step = {torch.float16: 2**-10, torch.bfloat16: 2**-7, torch.float32: 2**-23}.get(dtype, 2**-52)
    assert values.min() >= 0 and values.max() <= 1 - step
    assert torch.equal(values, (values / step).floor() * step)
    assert values.mean().item() == pytest.approx(0.5 - step / 2, abs=0.005)
    assert values.std().item() == pytest.approx(math.sqrt(1 / 12), abs=0.003)


@pytest.mark.parametrize("dtype", FLOATS)
def test_normal_kernel(dtype):
    values = drawn("RandomStandardNormal", (N,), dtype=dtype)
    assert values.dtype == dtype
    values = values.double()
    assert values.mean().item() == pytest.approx(0, abs=0.02)
    assert values.std().item() == pytest.approx(1, abs=0.02)
    assert (values.abs() < 1).double().mean().item() == pytest.approx(0.6827, abs=0.01)
    assert values.abs().max() > 3.5


@pytest.mark.parametrize("dtype", FLOATS)
def test_truncated_normal_kernel(dtype):
    values = drawn("TruncatedNormal", (N,), dtype=dtype)
    assert values.dtype == dtype
    values = values.double()
    assert 1.98 < values.abs().max() <= 2
    assert values.mean().item() == pytest.approx(0, abs=0.02)
    assert values.std().item() == pytest.approx(0.87962566, abs=0.01)
    assert (values.abs() < 1).double().mean().item() == pytest.approx(0.7152, abs=0.01)


@pytest.mark.parametrize("dtype", ["float16", "float32", "float64"])
def test_uniform_stays_below_the_maximum(dtype):
    # 1 + (1 - 2**-24) is 2 in float32: a draw of one more bit would reach the maximum.
    values = run(random.random_uniform([N], 1, 2, dtype, seed=3))
    assert values.dtype == dtype
    assert values.min() >= 1 and values.max() < 2
    values = run(random.random_uniform([N], -3, 5, dtype, seed=3))
    assert values.min() >= -3 and values.max() < 5
    assert values.astype("float64").mean() == pytest.approx(1, abs=0.05)


def test_uniform_int():
    values = run(random.random_uniform([N], -2, 3, tf.int32, seed=1))
    assert values.dtype == np.int32
    found, counts = np.unique(values, return_counts=True)
    assert found.tolist() == [-2, -1, 0, 1, 2]
    assert np.abs(counts / N - 0.2).max() < 0.01
    wide = run(random.random_uniform([1000], -(2**63), 2**63 - 1, tf.int64, seed=1))
    assert wide.dtype == np.int64 and wide.min() < -(2**62) and wide.max() > 2**62


def test_uniform_int_of_an_empty_range():
    bad = random.random_uniform([2], 5, 5, tf.int32)
    with pytest.raises(tf.errors.InvalidArgumentError, match="Need minval < maxval, got 5 >= 5"):
        run(bad)
    assert run(random.random_uniform([0], 5, 5, tf.int32)).shape == (0,)


def test_negative_dimension():
    shape = tf.placeholder(tf.int32, [1])
    for value in (random.random_uniform(shape), random.random_normal(shape)):
        with pytest.raises(tf.errors.InvalidArgumentError, match="Dimension -1 must be >= 0"):
            run(value, {shape: [-1]})


def test_shapes_known_when_running():
    shape = tf.placeholder(tf.int32, [None])
    values = [
        random.random_uniform(shape),
        random.random_normal(shape),
        random.truncated_normal(shape),
        random.random_uniform(shape, 0, 9, tf.int32),
    ]
    assert all(v.shape.dims is None for v in values)
    assert all(v.shape == (2, 3) for v in run(values, {shape: [2, 3]}))
    assert all(v.shape == () for v in run(values, {shape: np.zeros([0], "int32")}))


def test_mean_and_stddev_may_be_tensors():
    mean = tf.placeholder(tf.float32, [2])
    value = random.random_normal([N, 2], mean, [0.5, 2.0], seed=2)
    found = run(value, {mean: [10.0, -10.0]})
    assert found.mean(0) == pytest.approx([10, -10], abs=0.05)
    assert found.std(0) == pytest.approx([0.5, 2], abs=0.03)


def test_shuffle():
    rows = np.arange(40).reshape(20, 2)
    found = run(random.random_shuffle(rows, seed=1))
    assert found.tolist() != rows.tolist()
    assert sorted(found.tolist()) == rows.tolist()
    assert sorted(run(random.random_shuffle(["a", "b", "c"]))) == [b"a", b"b", b"c"]
    assert run(random.random_shuffle(3)) == 3
    assert run(random.random_shuffle(np.zeros([0, 2]))).shape == (0, 2)


def test_shuffle_reaches_every_order():
    graph_value = random.random_shuffle([0, 1, 2], seed=1)
    with tf.Session() as session:
        orders = [tuple(session.run(graph_value)) for _ in range(200)]
    assert len(set(orders)) == 6


def test_multinomial():
    logits = np.log([[0.1, 0.2, 0.7], [0.5, 0.5, 1e-30]]).astype("float32")
    found = run(random.multinomial(logits, N, seed=1))
    assert found.dtype == np.int64 and found.shape == (2, N)
    for row, expected in zip(found, [[0.1, 0.2, 0.7], [0.5, 0.5, 0]], strict=True):
        assert np.bincount(row, minlength=3) / N == pytest.approx(expected, abs=0.01)
    assert run(random.categorical([[1, 2]], 3, dtype=tf.int32)).dtype == np.int32
    assert run(random.multinomial([[1.0]], 0)).shape == (1, 0)


def test_multinomial_of_logits_that_are_not_finite():
    nan, inf = math.nan, math.inf
    found = run(random.multinomial([[1.0, nan], [-inf, 0.0], [-inf, -inf], [inf, 0.0]], 6))
    assert found.tolist() == [[0] * 6, [1] * 6, [2] * 6, [1] * 6]


def test_multinomial_without_classes():
    with pytest.raises(tf.errors.InvalidArgumentError, match="num_classes should be positive"):
        run(random.multinomial(tf.placeholder_with_default(np.zeros([2, 0]), [2, None]), 6))


@pytest.mark.parametrize("dtype", ["float16", "float32", "float64"])
def test_gamma(dtype):
    found = run(random_gamma.random_gamma([N], [0.5, 4.0], 2.0, dtype, seed=1))
    assert found.dtype == dtype and found.shape == (N, 2) and (found > 0).all()
    found = found.astype("float64")
    assert found.mean(0) == pytest.approx([0.25, 2.0], abs=0.02)
    assert found.var(0) == pytest.approx([0.125, 1.0], rel=0.05)


def test_gamma_of_an_alpha_that_is_not_positive():
    found = run(random_gamma.random_gamma([2], [0.0, -1.0, 1.0]))
    assert (found[:, :2] == np.finfo(np.float32).tiny).all() and (found[:, 2] > 1e-6).all()


def test_gamma_follows_alpha():
    alpha = torch.tensor([0.5, 3.0], dtype=torch.float64, requires_grad=True)
    values = drawn("RandomGamma", (N,), alpha)
    (gradient,) = torch.autograd.grad(values.mean(0).sum(), alpha)
    assert gradient.tolist() == pytest.approx([1, 1], abs=0.05)  # the mean is alpha


@pytest.mark.parametrize("dtype", ["float16", "float32", "float64", "int32", "int64"])
def test_poisson(dtype):
    found = run(random_gamma.random_poisson([0.5, 30.0], [N], dtype, seed=1))
    assert found.dtype == dtype and found.shape == (N, 2)
    found = found.astype("float64")
    assert (found == np.floor(found)).all()
    assert found.mean(0) == pytest.approx([0.5, 30], rel=0.02)
    assert found.var(0) == pytest.approx([0.5, 30], rel=0.03)


def test_poisson_of_unusual_rates():
    found = run(random_gamma.random_poisson([-1.0, 0.0, math.nan, 1e30], [2]))
    assert found[0].tolist() == pytest.approx([0, 0, math.nan, 1e30], nan_ok=True)


def test_crop():
    image = np.arange(30).reshape(5, 6)
    crop = random.random_crop(image, [2, 3], seed=1)
    assert crop.shape.as_list() == [2, 3]
    corners = set()
    with tf.Session() as session:
        for _ in range(200):
            found = session.run(crop)
            row, column = divmod(int(found[0, 0]), 6)
            assert (found == image[row : row + 2, column : column + 3]).all()
            corners.add((row, column))
    assert corners == {(r, c) for r in range(4) for c in range(4)}


def test_crop_larger_than_the_value():
    value = tf.placeholder(tf.float32)
    with pytest.raises(tf.errors.InvalidArgumentError, match="Need value.shape >= size, got"):
        run(random.random_crop(value, [3, 1]), {value: np.zeros((2, 2))})


# Seeds.


def test_get_seed(graph):
    assert random.get_seed(None) == (None, None)
    assert random.get_seed(5) == (87654321, 5)
    assert random.get_seed(0) == (87654321, 0)
    assert random.get_seed(-1) == (87654321, 2**31 - 2)
    random.set_random_seed(3)
    assert graph.seed == 3
    assert random.get_seed(0) == (3, 0)
    assert random.get_seed(None) == (3, 0)
    tf.zeros([2])
    assert random.get_seed(None) == (3, 1)
    random.set_random_seed(0)
    assert random.get_seed(0) == (0, 2**31 - 1)
    assert random.get_seed(3) == (0, 3)
    random.set_random_seed(2**33)
    assert random.get_seed(2**34) == (4, 8)


def test_seeds_of_ops(graph):
    assert seeds(random.random_uniform([2]).op.inputs[0].op.inputs[0].op) == (0, 0)
    assert seeds(random.random_shuffle([1, 2], seed=1.5).op) == (87654321, 1)
    random.set_random_seed(1)
    before = graph.version
    normal = random.random_normal([2], name="n")
    assert seeds(graph.get_operation_by_name("n/RandomStandardNormal")) == (1, before + 3)
    assert seeds(random.random_uniform([2], 0, 5, tf.int32, seed=np.int64(3)).op) == (1, 3)
    assert normal.dtype is tf.float32


def both(graph_seed, op_seed, runs=2):
    """Two ops' values in each of `runs` runs of one session."""
    with tf.Graph().as_default():
        if graph_seed is not None:
            random.set_random_seed(graph_seed)
        ops = [random.random_normal([4], seed=op_seed) for _ in range(2)]
        with tf.Session() as session:
            return [[v.tolist() for v in session.run(ops)] for _ in range(runs)]


def test_what_seeds_repeat():
    assert both(1, None) == both(1, None) != both(2, None)
    assert both(None, 3) == both(None, 3)
    assert both(None, None) != both(None, None)
    first, second = both(1, None)
    assert first != second and first[0] != first[1]
    first, second = both(None, 3)
    assert first[0] == first[1] and first != second


# The graph.


UNIFORM = [
    "random_uniform/shape Const",
    "random_uniform/min Const",
    "random_uniform/max Const",
    "random_uniform/RandomUniform RandomUniform random_uniform/shape:0",
    "random_uniform/sub Sub random_uniform/max:0 random_uniform/min:0",
    "random_uniform/mul Mul random_uniform/RandomUniform:0 random_uniform/sub:0",
    "random_uniform Add random_uniform/mul:0 random_uniform/min:0",
]


def test_graph_of_uniform(graph):
    assert random.random_uniform([2, 3]).shape.as_list() == [2, 3]
    assert nodes(graph) == UNIFORM
    values = [o.attrs["value"].tolist() for o in graph.get_operations()[:3]]
    assert values == [[2, 3], 0, 1]


def test_graph_of_uniform_int(graph):
    random.random_uniform([2], 0, tf.placeholder(tf.int64, [], "top"), tf.int64, name="u")
    assert nodes(graph) == [
        "top Placeholder",
        "u/shape Const",
        "u/min Const",
        "u RandomUniformInt u/shape:0 u/min:0 top:0",
    ]


def test_graph_of_normal(graph):
    random.random_normal([tf.constant(2), 3], dtype=tf.float64)
    assert nodes(graph) == [
        "Const Const",
        "random_normal/shape/1 Const",
        "random_normal/shape Pack Const:0 random_normal/shape/1:0",
        "random_normal/mean Const",
        "random_normal/stddev Const",
        "random_normal/RandomStandardNormal RandomStandardNormal random_normal/shape:0",
        "random_normal/mul Mul random_normal/RandomStandardNormal:0 random_normal/stddev:0",
        "random_normal Add random_normal/mul:0 random_normal/mean:0",
    ]


def test_graph_of_truncated_normal(graph):
    random.truncated_normal([], name="t")
    assert nodes(graph) == [
        "t/shape Const",
        "t/mean Const",
        "t/stddev Const",
        "t/TruncatedNormal TruncatedNormal t/shape:0",
        "t/mul Mul t/TruncatedNormal:0 t/stddev:0",
        "t Add t/mul:0 t/mean:0",
    ]


def test_graph_of_the_others(graph):
    random.random_shuffle([1, 2], name="s")
    random.multinomial([[1.0, 2.0]], 5, name="m")
    random.categorical(tf.placeholder(tf.float32, [None, 2], "x"), 5)
    random_gamma.random_poisson(2, [5], name="p")
    assert nodes(graph) == [
        "s/value Const",
        "s RandomShuffle s/value:0",
        "m/logits Const",
        "m/Multinomial/num_samples Const",
        "m/Multinomial Multinomial m/logits:0 m/Multinomial/num_samples:0",
        "x Placeholder",
        "categorical/Multinomial/num_samples Const",
        "categorical/Multinomial Multinomial x:0 categorical/Multinomial/num_samples:0",
        "p/shape Const",
        "p/RandomPoissonV2/rate Const",
        "p/RandomPoissonV2 RandomPoissonV2 p/shape:0 p/RandomPoissonV2/rate:0",
    ]
    assert graph.get_tensor_by_name("p/RandomPoissonV2/rate:0").dtype is tf.float64


def test_graph_of_gamma(graph):
    found = random_gamma.random_gamma([5], [1.0, 2.0], [[3.0], [4.0]], name="g")
    assert found.shape.as_list() == [5, 2, 2]
    assert nodes(graph) == [
        "g/shape Const",
        "g/alpha Const",
        "g/beta Const",
        "g/zeros_like Const",
        "g/add AddV2 g/alpha:0 g/zeros_like:0",
        "g/RandomGamma RandomGamma g/shape:0 g/add:0",
        "g/truediv RealDiv g/RandomGamma:0 g/beta:0",
        "g/Maximum/x Const",
        "g/Maximum Maximum g/Maximum/x:0 g/truediv:0",
    ]


def test_graph_of_crop(graph):
    random.random_crop(tf.placeholder(tf.float32, [None, 6], "x"), [2, 3], name="c")
    assert nodes(graph) == [
        "x Placeholder",
        "c/size Const",
        "c/Shape Shape x:0",
        "c/GreaterEqual GreaterEqual c/Shape:0 c/size:0",
        "c/Const Const",
        "c/All All c/GreaterEqual:0 c/Const:0",
        "c/Assert/Const Const",
        "c/Assert/Assert/data_0 Const",
        "c/Assert/Assert Assert c/All:0 c/Assert/Assert/data_0:0 c/Shape:0 c/size:0",
        "c/control_dependency Identity c/Shape:0",
        "c/sub Sub c/control_dependency:0 c/size:0",
        "c/add/y Const",
        "c/add AddV2 c/sub:0 c/add/y:0",
        "c/Shape_1 Const",
        "c/random_uniform/min Const",
        "c/random_uniform/max Const",
        "c/random_uniform RandomUniformInt c/Shape_1:0 c/random_uniform/min:0"
        " c/random_uniform/max:0",
        "c/mod FloorMod c/random_uniform:0 c/add:0",
        "c Slice x:0 c/mod:0 c/size:0",
    ]


def test_static_shapes():
    vector, unknown = tf.placeholder(tf.int32, [2]), tf.placeholder(tf.int32)
    rates = tf.placeholder(tf.float32, [None])
    assert random.random_uniform(vector).shape.as_list() == [None, None]
    assert random_gamma.random_gamma(vector, rates).shape.as_list() == [None, None, None]
    assert random_gamma.random_poisson(rates, [5]).shape.as_list() == [5, None]
    assert random_gamma.random_gamma(unknown, rates).shape.dims is None
    count = tf.placeholder(tf.int32, [])
    assert random.multinomial([[1.0, 2.0]], count).shape.as_list() == [1, None]


# Errors.


def raises(kind, text, function, *args, **kwargs):
    with pytest.raises(kind) as caught:
        function(*args, **kwargs)
    assert str(caught.value).startswith(text)


ALLOWED = "not in list of allowed values: float16, bfloat16, float32, float64"


def test_errors():
    uniform, normal = random.random_uniform, random.random_normal
    raises(ValueError, "Invalid dtype tf.uint8", uniform, [2], dtype=tf.uint8)
    raises(
        ValueError, "Must specify maxval for integer dtype tf.int32", uniform, [2], dtype=tf.int32
    )
    raises(
        ValueError,
        "Shape must be rank 0 but is rank 1 for 'random_uniform'",
        uniform,
        [2],
        [6, 7],
        9,
        tf.int32,
    )
    raises(
        TypeError, "Expected int32, got 0.0 of type 'float' instead.", normal, [2], dtype=tf.int32
    )
    raises(
        TypeError,
        f"Value passed to parameter 'dtype' has DataType int8 {ALLOWED}",
        normal,
        [2],
        0,
        1,
        tf.int8,
    )
    raises(
        TypeError,
        "Value passed to parameter 'shape' has DataType float32 not in list of allowed "
        "values: int32, int64",
        normal,
        [2.0],
    )
    raises(ValueError, "Shape must be rank 1 but is rank 0 for 'random_normal_", normal, 3)
    raises(
        ValueError,
        "Cannot convert a partially known TensorShape to a Tensor: (?, 2)",
        uniform,
        tf.TensorShape([None, 2]),
    )


def test_errors_of_the_others():
    multinomial, gamma, poisson = (
        random.multinomial,
        random_gamma.random_gamma,
        random_gamma.random_poisson,
    )
    raises(
        TypeError,
        "Value passed to parameter 'output_dtype' has DataType float32 not in list of "
        "allowed values: int32, int64",
        multinomial,
        [[1.0]],
        3,
        output_dtype=tf.float32,
    )
    raises(
        ValueError,
        "Shape must be rank 2 but is rank 1 for 'multinomial_1/Multinomial'",
        multinomial,
        [1.0, 2.0],
        3,
    )
    raises(
        ValueError,
        "Dimension size, given by scalar input 1, must be non-negative but is -3",
        multinomial,
        [[1.0]],
        -3,
    )
    raises(ValueError, "data type <class 'numpy.int32'> not inexact", gamma, [5], 2, dtype=tf.int32)
    raises(
        TypeError,
        "Value passed to parameter 'dtype' has DataType uint8 not in list of allowed "
        "values: float16, float32, float64, int32, int64",
        poisson,
        2,
        [5],
        tf.uint8,
    )


# Matrices.


def test_eye(graph):
    assert run(linalg.eye(2, 3)).tolist() == [[1, 0, 0], [0, 1, 0]]
    assert run(linalg.eye(2, batch_shape=[2], dtype=tf.int32)).tolist() == [[[1, 0], [0, 1]]] * 2
    rows = tf.placeholder(tf.int32, [])
    made = linalg.eye(rows, 2, [tf.constant(2)])
    assert made.shape.as_list() == [2, None, 2]
    assert run(made, {rows: 1}).tolist() == [[[1, 0]]] * 2
    assert run(linalg.eye(rows), {rows: 2}).tolist() == [[1, 0], [0, 1]]
    raises(TypeError, "num_rows and num_columns must be positive integer values.", linalg.eye, 2.5)
    assert nodes(graph)[:3] == [
        "eye/ones Const",
        "eye/zeros Const",
        "eye/set_diag MatrixSetDiag eye/zeros:0 eye/ones:0",
    ]


def test_eye_of_equal_sizes_is_made_of_its_diagonal(graph):
    linalg.eye(3, 3)
    assert nodes(graph) == ["eye/ones Const", "eye/diag MatrixDiag eye/ones:0"]


def test_diagonals():
    four = np.arange(36.0).reshape(2, 3, 2, 3)
    matrices = np.arange(24.0).reshape(2, 3, 4)
    each = [np.diag(m) for m in matrices]
    found = run(
        [
            linalg.diag_part(four),
            linalg.diag([[1.0, 2.0]]),
            linalg.matrix_diag_part(matrices),
            linalg.matrix_diag([[1, 2], [3, 4]]),
            linalg.matrix_set_diag(matrices, np.zeros([2, 3])),
        ]
    )
    assert found[0].tolist() == np.diag(four.reshape(6, 6)).reshape(2, 3).tolist()
    assert found[1].shape == (1, 2, 1, 2) and found[1].reshape(2, 2).tolist() == [[1, 0], [0, 2]]
    assert np.array_equal(found[2], each)
    assert found[3].tolist() == [[[1, 0], [0, 2]], [[3, 0], [0, 4]]]
    assert np.array_equal(found[4], matrices * (1 - np.eye(3, 4)))


@pytest.mark.parametrize(
    "function, shapes, expected",
    [
        (linalg.diag_part, [[None, 3]], [3]),
        (linalg.diag_part, [None], None),
        (linalg.diag, [[2, None]], [2, None, 2, None]),
        (linalg.matrix_diag, [[None, 2]], [None, 2, 2]),
        (linalg.matrix_diag_part, [[None, 3, 2]], [None, 2]),
        (linalg.matrix_diag_part, [[None, 3, None]], [None, None]),
        (linalg.matrix_set_diag, [None, [3]], [None, None]),
        (linalg.matrix_set_diag, [[None, 3], [None]], [None, 3]),
        (linalg.matrix_transpose, [[2, None, 3]], [2, 3, None]),
    ],
)
def test_static_shapes_of_matrices(function, shapes, expected):
    found = function(*(tf.placeholder(tf.float32, shape) for shape in shapes)).shape
    assert (None if found.dims is None else found.as_list()) == expected


def test_errors_of_matrices():
    def of(shape):
        return tf.placeholder(tf.float32, shape)

    equal = "Dimensions must be equal, but are 2 and 3"
    raises(ValueError, equal, linalg.diag_part, of([2, 3]))
    raises(ValueError, equal, linalg.matrix_set_diag, of([2, 3]), of([3]))
    raises(
        ValueError,
        "Input must have even and non-zero rank, input rank is 1",
        linalg.diag_part,
        of([2]),
    )
    low = "Shape must be at least rank 2 but is rank 1"
    raises(ValueError, low, linalg.matrix_diag_part, of([2]))
    raises(ValueError, low, linalg.qr, of([2]))
    raises(
        ValueError,
        "tf.matrix_diag works on the main diagonal alone",
        linalg.matrix_diag,
        of([2]),
        k=1,
    )
    raises(ValueError, "Argument 'a' should be a (batch) matrix", linalg.matrix_transpose, of([2]))
    raises(
        TypeError,
        "Value passed to parameter 'input' has DataType int32 not in list of allowed "
        "values: float64, float32, float16, complex64, complex128",
        linalg.qr,
        [[1]],
    )


def test_transpose_of_unknown_rank():
    x = tf.placeholder(tf.float32)
    made = linalg.matrix_transpose(x)
    value = np.arange(24.0).reshape(2, 3, 4)
    assert np.array_equal(run(made, {x: value}), value.swapaxes(1, 2))


@pytest.mark.parametrize("full", [False, True])
@pytest.mark.parametrize("shape", [(5, 3), (3, 5), (2, 3, 3)])
def test_qr(shape, full):
    value = np.random.RandomState(0).randn(*shape)
    made = linalg.qr(value, full)
    q, r = run(made)
    assert q.shape == tuple(made.q.shape.as_list()) and r.shape == tuple(made.r.shape.as_list())
    assert np.allclose(q @ r, value)
    assert np.allclose(q.swapaxes(-1, -2) @ q, np.eye(q.shape[-1]))
    assert np.allclose(np.tril(r, -1), 0)


def test_graphs_are_built_without_torch():
    program = (
        "import sys, scopeflow.scopes.initializers as i\n"
        "i.Orthogonal()([3, 2])\n"
        "assert 'torch' not in sys.modules\n"
    )
    subprocess.run([sys.executable, "-c", program], check=True)
