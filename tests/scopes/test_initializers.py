"""tf.initializers. Graphs, names, configs and error texts: TensorFlow 1.15.5."""

import math
from types import SimpleNamespace

import numpy as np
import pytest

import scopeflow as tf
from scopeflow.ops import random
from scopeflow.scopes import initializers as init


@pytest.fixture(autouse=True)
def graph():
    with tf.Graph().as_default() as graph:
        yield graph


def run(fetches):
    with tf.Session() as session:
        return session.run(fetches)


def nodes(graph, below=""):
    """Each op as `name type input input …`, without the beginning `below` of the names."""
    return [
        " ".join([o.name, o.type, *(i.name for i in o.inputs)]).replace(below, "")
        for o in graph.get_operations()
        if o.name.startswith(below)
    ]


def value(graph, name):
    return graph.get_operation_by_name(name).attrs["value"]


PART = SimpleNamespace(full_shape=[40, 30], var_offset=[20, 0])


# Values.


@pytest.mark.parametrize("size", [[2, 3], [40, 50], [], tf.TensorShape([3])])
def test_zeros_and_ones(size):
    zeros, ones = init.Zeros()(size), init.Ones()(size)
    assert zeros.dtype is ones.dtype is tf.float32
    found = run([zeros, ones])
    assert found[0].shape == found[1].shape == tuple(tf.TensorShape(size).as_list())
    assert (found[0] == 0).all() and (found[1] == 1).all()


def test_zeros_and_ones_of_other_dtypes():
    assert run(init.Zeros(tf.bool)([2])).tolist() == [False, False]
    assert run(init.Zeros()([2], tf.string)).tolist() == [b"", b""]
    assert run(init.Ones("int64")([1], tf.int32)).dtype == np.int32


def test_constant():
    made = [
        init.Constant(2.0)([2, 2]),
        init.Constant((1, 2, 3))([3], tf.int32),
        init.Constant([1, 2])([2, 2]),
        init.Constant(np.arange(6))([3, 2]),
        init.Constant(True)([2], tf.bool),
        init.Constant()([1]),
        init.Constant(["a", "b"], tf.string)([2]),
    ]
    found = [v.tolist() for v in run(made)]
    assert found == [
        [[2, 2], [2, 2]],
        [1, 2, 3],
        [[1, 2], [2, 2]],
        [[0, 1], [2, 3], [4, 5]],
        [True, True],
        [0],
        [b"a", b"b"],
    ]


def test_constant_verifies_its_shape():
    with pytest.raises(TypeError, match=r"Expected Tensor's shape: \(2, 3\), got \(\)"):
        init.Constant(3)([2, 3], verify_shape=True)
    with pytest.raises(TypeError, match=r"Expected Tensor's shape: \(2, 3\), got \(1,\)"):
        init.Constant([3], verify_shape=True)([2, 3])
    assert init.Constant([3], verify_shape=True)([2, 3], verify_shape=False).shape == [2, 3]
    assert init.Constant([1, 2], verify_shape=True)([2]).shape == [2]


@pytest.mark.parametrize("bad", [None, {}, object()])
def test_constant_of_no_value(bad):
    with pytest.raises(TypeError, match="Invalid type for initial value: <class '.*'> .expected"):
        init.Constant(bad)


def test_constant_errors():
    with pytest.raises(TypeError, match="Invalid type for initial value"):
        init.Constant(tf.constant(1))
    with pytest.raises(ValueError, match="Needed at most 2, but received 3"):
        init.Constant([1, 2, 3])([2])
    with pytest.raises(TypeError, match=r"Expected int32, got 1.5 of type 'float' instead."):
        init.Constant(1.5)([2], tf.int32)


def test_random_uniform():
    found = run(init.RandomUniform(-2.0, 4.0, seed=1)([50_000]))
    assert found.min() >= -2 and found.max() < 4
    assert found.mean() == pytest.approx(1, abs=0.05)
    whole = run(init.RandomUniform(0, 5, seed=1, dtype=tf.int32)([1000]))
    assert whole.dtype == np.int32 and set(whole.tolist()) == {0, 1, 2, 3, 4}
    with pytest.raises(ValueError, match=r"Must specify maxval for integer dtype tf.int32"):
        init.RandomUniform(dtype=tf.int32)([3])


def test_random_and_truncated_normal():
    normal = run(init.RandomNormal(3.0, 2.0, seed=1, dtype=tf.float64)([50_000]))
    cut = run(init.TruncatedNormal(3.0, 2.0, seed=1)([50_000]))
    assert normal.dtype == np.float64 and cut.dtype == np.float32
    assert normal.mean() == pytest.approx(3, abs=0.05) and cut.mean() == pytest.approx(3, abs=0.05)
    assert normal.std() == pytest.approx(2, abs=0.05)
    assert cut.std() == pytest.approx(2 * 0.8796, abs=0.05)
    assert np.abs(normal - 3).max() > 4 and np.abs(cut - 3).max() <= 4


FANS = [
    ([], 1, 1),
    ([7], 7, 7),
    ([3, 4], 3, 4),
    ([2, 3, 4], 6, 8),
    ([2, 3, 4, 5], 24, 30),
    ([0, 5], 0, 5),
]


@pytest.mark.parametrize("shape, fan_in, fan_out", FANS)
@pytest.mark.parametrize("mode", ["fan_in", "fan_out", "fan_avg"])
def test_variance_scaling(graph, shape, fan_in, fan_out, mode):
    count = {"fan_in": fan_in, "fan_out": fan_out, "fan_avg": (fan_in + fan_out) / 2}[mode]
    stddev = math.sqrt(2.0 / max(1.0, count))
    init.VarianceScaling(2.0, mode)(shape)
    init.VarianceScaling(2.0, mode, "normal")(shape)
    init.VarianceScaling(2.0, mode, "untruncated_normal")(shape)
    init.VarianceScaling(2.0, mode, "UNIFORM")(shape)
    correction = 0.87962566103423978
    assert value(graph, "truncated_normal/stddev") == pytest.approx(stddev / correction)
    assert value(graph, "truncated_normal_1/stddev") == pytest.approx(stddev / correction)
    assert value(graph, "random_normal/stddev") == pytest.approx(stddev)
    assert value(graph, "random_uniform/max") == pytest.approx(math.sqrt(3) * stddev)
    assert value(graph, "random_uniform/min") == -value(graph, "random_uniform/max")


@pytest.mark.parametrize("distribution", ["truncated_normal", "untruncated_normal", "uniform"])
def test_variance_scaling_keeps_the_variance(distribution):
    found = run(init.VarianceScaling(2.0, "fan_in", distribution, seed=3)([200, 500]))
    assert found.std() == pytest.approx(0.1, rel=0.02)
    assert found.mean() == pytest.approx(0, abs=0.002)


@pytest.mark.parametrize(
    "made, variance",
    [
        (init.GlorotUniform(1), 2 / 700),
        (init.GlorotNormal(1), 2 / 700),
        (init.he_normal(1), 2 / 200),
        (init.he_uniform(1), 2 / 200),
        (init.lecun_normal(1), 1 / 200),
        (init.lecun_uniform(1), 1 / 200),
    ],
)
def test_named_scalings(made, variance):
    assert run(made([200, 500])).var() == pytest.approx(variance, rel=0.03)


def test_uniform_unit_scaling(graph):
    for shape in ([2, 3], [], [5], [0, 5], [2, 3, 4]):
        init.UniformUnitScaling(1.5)(shape)
    limits = [
        value(graph, name).item()
        for name in [f"random_uniform{end}/max" for end in ("", "_1", "_2", "_3", "_4")]
    ]
    assert limits == pytest.approx([1.5 * math.sqrt(3 / n) for n in (2, 1, 1, 1, 6)])


@pytest.mark.parametrize("shape", [(5, 5), (8, 3), (3, 8), (2, 3, 4)])
@pytest.mark.parametrize(
    "dtype, tolerance", [("float16", 0.02), ("float32", 1e-5), ("float64", 1e-12)]
)
def test_orthogonal(shape, dtype, tolerance):
    made = init.Orthogonal(2.0, seed=1)(shape, dtype)
    assert made.shape.as_list() == list(shape)
    found = run(made)
    assert found.dtype == dtype and found.shape == shape
    matrix = found.astype("float64").reshape(-1, shape[-1])
    if matrix.shape[0] < matrix.shape[1]:
        matrix = matrix.T
    assert np.allclose(matrix.T @ matrix, 4 * np.eye(matrix.shape[1]), atol=tolerance)


def test_orthogonal_has_no_preferred_sign():
    found = run([init.Orthogonal(seed=i)([2, 2]) for i in range(40)])
    assert {np.sign(m[0, 0]) for m in found} == {-1, 1}
    assert {round(float(np.linalg.det(m))) for m in found} == {-1, 1}


def test_identity():
    made = init.Identity(dtype=tf.float64)([3, 2])
    found = run([init.Identity()([2, 2]), init.Identity(2.0)([2, 3]), made])
    assert [m.tolist() for m in found] == [
        [[1, 0], [0, 1]],
        [[2, 0, 0], [0, 2, 0]],
        [[1, 0], [0, 1], [0, 0]],
    ]
    assert [m.dtype for m in found] == [np.float32, np.float32, np.float64]


def test_parts_of_a_partitioned_variable(graph):
    rows = init.Identity(3.0)([20, 30], partition_info=PART)
    assert np.array_equal(run(rows), 3 * np.eye(40, 30)[20:])
    init.VarianceScaling(distribution="uniform")([20, 30], partition_info=PART)
    assert value(graph, "random_uniform/max") == pytest.approx(math.sqrt(3 / 40))
    init.UniformUnitScaling()([20, 30], partition_info=PART)
    assert value(graph, "random_uniform_1/max") == pytest.approx(math.sqrt(3 / 40))
    assert init.Zeros()([20, 30], partition_info=PART).shape == [20, 30]
    part = SimpleNamespace(full_shape=tf.TensorShape([40, 30]), var_offset=[20, 0])
    assert init.Identity()([20, 30], partition_info=part).shape == [20, 30]


def test_seeds():
    def drawn(graph_seed, op_seed):
        with tf.Graph().as_default():
            random.set_random_seed(graph_seed)
            made = init.TruncatedNormal(seed=op_seed)
            return [v.tolist() for v in run([made([4]), made([4])])]

    assert drawn(1, None) == drawn(1, None) != drawn(2, None)
    first, second = drawn(1, None)
    assert first != second
    first, second = drawn(None, 3)
    assert first == second


# The graph.


def test_dtype_of_the_call_wins():
    assert init.GlorotUniform()([2, 2], tf.float64).dtype is tf.float64
    assert init.RandomNormal(dtype=tf.float64)([2]).dtype is tf.float64
    assert init.RandomNormal(dtype=tf.float64)([2], "float16").dtype is tf.float16
    assert init.RandomUniform(0, 5)([2], "int32").dtype is tf.int32
    assert init.Identity()([2, 2], tf.float64).dtype is tf.float64


UNIFORM = [
    "random_uniform/shape Const",
    "random_uniform/min Const",
    "random_uniform/max Const",
    "random_uniform/RandomUniform RandomUniform random_uniform/shape:0",
    "random_uniform/sub Sub random_uniform/max:0 random_uniform/min:0",
    "random_uniform/mul Mul random_uniform/RandomUniform:0 random_uniform/sub:0",
    "random_uniform Add random_uniform/mul:0 random_uniform/min:0",
]
NORMAL = [
    "random_normal/shape Const",
    "random_normal/mean Const",
    "random_normal/stddev Const",
    "random_normal/RandomStandardNormal RandomStandardNormal random_normal/shape:0",
    "random_normal/mul Mul random_normal/RandomStandardNormal:0 random_normal/stddev:0",
    "random_normal Add random_normal/mul:0 random_normal/mean:0",
]
TRUNCATED = [
    "truncated_normal/shape Const",
    "truncated_normal/mean Const",
    "truncated_normal/stddev Const",
    "truncated_normal/TruncatedNormal TruncatedNormal truncated_normal/shape:0",
    "truncated_normal/mul Mul truncated_normal/TruncatedNormal:0 truncated_normal/stddev:0",
    "truncated_normal Add truncated_normal/mul:0 truncated_normal/mean:0",
]
ORTHOGONAL = [
    *NORMAL,
    "Qr Qr random_normal:0",
    "DiagPart DiagPart Qr:1",
    "Sign Sign DiagPart:0",
    "mul Mul Qr:0 Sign:0",
]
GRAPHS = [
    (init.Zeros(), [3, 2], ["zeros Const"]),
    (init.Ones(), [40, 50], ["ones/shape_as_tensor Const", "ones/Const Const",
                             "ones Fill ones/shape_as_tensor:0 ones/Const:0"]),
    (init.Constant(1), [40, 50], ["Const Const"]),
    (init.RandomUniform(), [3, 2], UNIFORM),
    (init.RandomUniform(0, 9, dtype=tf.int32), [3, 2], [
        *UNIFORM[:3], "random_uniform RandomUniformInt random_uniform/shape:0 random_uniform/min:0 "
        "random_uniform/max:0",
    ]),
    (init.RandomNormal(), [3, 2], NORMAL),
    (init.TruncatedNormal(), [3, 2], TRUNCATED),
    (init.UniformUnitScaling(), [3, 2], UNIFORM),
    (init.VarianceScaling(), [3, 2], TRUNCATED),
    (init.VarianceScaling(distribution="untruncated_normal"), [3, 2], NORMAL),
    (init.GlorotUniform(), [3, 2], UNIFORM),
    (init.GlorotNormal(), [3, 2], TRUNCATED),
    (init.Orthogonal(), [3, 2], [
        *ORTHOGONAL, "Reshape/shape Const", "Reshape Reshape mul:0 Reshape/shape:0",
        "mul_1/x Const", "mul_1 Mul mul_1/x:0 Reshape:0",
    ]),
    (init.Orthogonal(), [2, 3], [
        *ORTHOGONAL,
        "matrix_transpose/transpose/perm Const",
        "matrix_transpose/transpose Transpose mul:0 matrix_transpose/transpose/perm:0",
        "Reshape/shape Const",
        "Reshape Reshape matrix_transpose/transpose:0 Reshape/shape:0",
        "mul_1/x Const",
        "mul_1 Mul mul_1/x:0 Reshape:0",
    ]),
    (init.Identity(), [3, 3], [
        "eye/ones Const", "eye/diag MatrixDiag eye/ones:0", "mul/x Const",
        "mul Mul mul/x:0 eye/diag:0",
    ]),
    (init.Identity(), [3, 2], [
        "eye/ones Const", "eye/zeros Const", "eye/set_diag MatrixSetDiag eye/zeros:0 eye/ones:0",
        "mul/x Const", "mul Mul mul/x:0 eye/set_diag:0",
    ]),
]  # fmt: skip


@pytest.mark.parametrize("made, shape, expected", GRAPHS)
def test_graph(graph, made, shape, expected):
    made(shape)
    assert nodes(graph) == expected


def test_graph_of_a_part(graph):
    part = SimpleNamespace(full_shape=[4, 3], var_offset=[2, 0])
    init.Identity()([2, 3], partition_info=part)
    assert nodes(graph)[3:] == [
        "Slice/begin Const",
        "Slice/size Const",
        "Slice Slice eye/set_diag:0 Slice/begin:0 Slice/size:0",
        "mul/x Const",
        "mul Mul mul/x:0 Slice:0",
    ]


@pytest.mark.parametrize("made, shape, expected", GRAPHS)
def test_graph_of_get_variable(graph, made, shape, expected):
    variable = tf.get_variable("scope/v", shape, made.dtype, made)
    assert variable.dtype.base_dtype is made.dtype
    assert nodes(graph, "scope/v/Initializer/") == expected


# Configs.

CONFIGS = [
    (init.Zeros(), {"dtype": "float32"}),
    (init.Ones(tf.float64), {"dtype": "float64"}),
    (init.Constant([1, 2]), {"value": [1, 2], "dtype": "float32"}),
    (init.RandomUniform(-1, 1, 4), {"minval": -1, "maxval": 1, "seed": 4, "dtype": "float32"}),
    (init.RandomNormal(0.5, 2.0), {"mean": 0.5, "stddev": 2.0, "seed": None, "dtype": "float32"}),
    (init.TruncatedNormal(stddev=0.1),
     {"mean": 0.0, "stddev": 0.1, "seed": None, "dtype": "float32"}),
    (init.UniformUnitScaling(1.5), {"factor": 1.5, "seed": None, "dtype": "float32"}),
    (init.VarianceScaling(2.0, "fan_out", "UNIFORM"),
     {"scale": 2.0, "mode": "fan_out", "distribution": "uniform", "seed": None,
      "dtype": "float32"}),
    (init.GlorotUniform(3), {"seed": 3, "dtype": "float32"}),
    (init.GlorotNormal(), {"seed": None, "dtype": "float32"}),
    (init.Orthogonal(2.0), {"gain": 2.0, "seed": None, "dtype": "float32"}),
    (init.Identity(3.0), {"gain": 3.0, "dtype": "float32"}),
    (init.he_normal(1), {"scale": 2.0, "mode": "fan_in", "distribution": "truncated_normal",
                         "seed": 1, "dtype": "float32"}),
    (init.lecun_uniform(), {"scale": 1.0, "mode": "fan_in", "distribution": "uniform",
                            "seed": None, "dtype": "float32"}),
    (init.Initializer(), {}),
]  # fmt: skip


@pytest.mark.parametrize("made, config", CONFIGS)
def test_config(made, config):
    assert made.get_config() == config
    again = type(made).from_config(config)
    assert type(again) is type(made) and again.get_config() == config
    with pytest.raises(TypeError, match="unexpected keyword argument 'foo'|takes no arguments"):
        type(made).from_config({"foo": 1})


def test_values_after_from_config():
    made = init.RandomUniform(-1.0, 1.0, seed=4)
    again = init.RandomUniform.from_config(made.get_config())
    first, second = run([made([3]), again([3])])
    assert first.tolist() == second.tolist()


# Errors.


def test_what_is_no_initializer_itself():
    with pytest.raises(NotImplementedError):
        init.Initializer()([2])


@pytest.mark.parametrize(
    "kind",
    [init.RandomNormal, init.TruncatedNormal, init.UniformUnitScaling, init.VarianceScaling,
     init.GlorotUniform, init.GlorotNormal, init.Orthogonal, init.Identity],
)  # fmt: skip
@pytest.mark.parametrize("dtype", ["int32", "bool", "complex64"])
def test_floating_point_only(kind, dtype):
    with pytest.raises(ValueError) as caught:
        kind(dtype=dtype)
    assert str(caught.value) == f"Expected floating point type, got <dtype: '{dtype}'>."


def test_what_is_no_dtype():
    with pytest.raises(TypeError, match=r"Cannot convert value 'foo' to a TensorFlow DType"):
        init.Zeros("foo")
    with pytest.raises(TypeError, match="Cannot convert value None to a TensorFlow DType"):
        init.Ones(None)
    with pytest.raises(TypeError, match=r"Expected int32, got 0.0 of type 'float' instead."):
        init.RandomNormal()([2], tf.int32)


def test_errors_of_variance_scaling():
    for scale in (0.0, -1):
        with pytest.raises(ValueError, match="`scale` must be positive float."):
            init.VarianceScaling(scale)
    with pytest.raises(ValueError, match="Invalid `mode` argument"):
        init.VarianceScaling(mode="FAN_IN")
    with pytest.raises(ValueError, match="Invalid `distribution` argument"):
        init.VarianceScaling(distribution="gauss")


def test_errors_of_shapes():
    for shape in ([4], []):
        with pytest.raises(ValueError, match="must be at least two-dimensional"):
            init.Orthogonal()(shape)
    for shape in ([2], [2, 2, 2]):
        with pytest.raises(ValueError, match="can only be used for 2D matrices."):
            init.Identity()(shape)
    with pytest.raises(ValueError, match="Cannot convert a partially known TensorShape"):
        init.RandomNormal()(tf.TensorShape([None, 2]))


def test_names():
    short = {"constant", "glorot_normal", "glorot_uniform", "identity", "ones", "orthogonal",
             "random_normal", "random_uniform", "truncated_normal", "uniform_unit_scaling",
             "variance_scaling", "zeros"}  # fmt: skip
    functions = {"he_normal", "he_uniform", "lecun_normal", "lecun_uniform"}
    of_variables = {"global_variables", "local_variables", "tables_initializer", "variables"}
    assert set(tf.initializers.__all__) == short | functions | of_variables
    for name in short:
        assert getattr(tf.initializers, name) is getattr(init, f"{name}_initializer")
