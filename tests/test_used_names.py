"""Whatever programs use of TensorFlow's core is tried by some test: here the names left over."""

import csv
import re
from pathlib import Path

import numpy as np
import pytest

import scopeflow as tf
from scopeflow.api.missing import known

TESTS = Path(__file__).parent
OTHERS = (
    "tf.contrib", "tf.layers", "tf.keras", "tf.estimator", "tf.data", "tf.train", "tf.summary",
    "tf.flags", "tf.app", "tf.logging", "tf.gfile",
)  # fmt: skip


def value_of(path):
    value = tf
    for part in path.split(".")[1:]:
        if not hasattr(value, part):
            return None
        value = getattr(value, part)
    return value


def mentioned():
    """The names that tests speak of: as attributes, and as the end of a string."""
    found = set()
    for path in TESTS.rglob("*.py"):
        if "oracle" not in path.parts and not path.name.startswith("make_"):
            text = path.read_text()
            found |= set(re.findall(r"\.(\w+)\b", text))
            found |= set(re.findall(r"[\"'](?:\w+\.)*(\w+)[\"']", text))
    return found


def aliases():
    """For each function its public names."""
    found = {}
    for namespace, names in known().items():
        if not namespace.startswith(OTHERS):
            for name in names:
                value = getattr(value_of(namespace), name, None)
                if callable(value):
                    found.setdefault(id(value), set()).add(name)
    return found


def test_every_used_name_is_tried():
    spoken, names = mentioned(), aliases()
    with open(TESTS / "tf1_usage.csv", newline="") as file:
        used = [row["symbol"] for row in csv.DictReader(file)]
    used = [s for s in used if not f"{s}.".startswith(tuple(f"{name}." for name in OTHERS))]
    untried = []
    for symbol in used:
        value = value_of(symbol)
        same = {symbol.rpartition(".")[2]} | names.get(id(value), set())
        if value is not None and not same & spoken:
            untried.append(symbol)
    assert len(used) > 400
    assert not untried


def run(fetches):
    with tf.Session() as session:
        session.run([tf.global_variables_initializer(), tf.local_variables_initializer()])
        return session.run(fetches)


@pytest.mark.parametrize(
    ("convert", "dtype"),
    [
        (tf.to_float, tf.float32),
        (tf.to_int64, tf.int64),
        (tf.to_bfloat16, tf.bfloat16),
    ],
)
def test_conversions(convert, dtype):
    with tf.Graph().as_default():
        found = convert([1.5, -2.5])
        assert found.dtype is dtype
        expected = [1, -2] if dtype is tf.int64 else [1.5, -2.5]
        assert run(tf.cast(found, tf.float64)).tolist() == expected


def test_summaries_from_before_1_0():
    with tf.Graph().as_default():
        x = tf.constant([1.0, 3.0])
        tf.scalar_summary("loss", tf.reduce_sum(x))
        tf.histogram_summary("values", x)
        image = tf.image_summary("image", tf.zeros([1, 2, 2, 1]))
        merged = tf.merge_all_summaries()
        both = tf.merge_summary([image])
        first = tf.Summary.FromString(run(merged))
        assert [v.tag for v in first.value] == ["loss", "values", "image/image/0"]
        assert first.value[0].simple_value == 4
        second = tf.Summary.FromString(run(both)).value[0].image
        assert isinstance(second, tf.Summary.Image)
        assert (second.height, second.width) == (2, 2)


def test_old_names_of_variables():
    with tf.Graph().as_default():
        x = tf.Variable(1.0, name="x")
        y = tf.Variable(2.0, name="y", collections=[tf.GraphKeys.LOCAL_VARIABLES], trainable=False)
        assert tf.all_variables() == [x]
        assert tf.GraphKeys.VARIABLES == tf.GraphKeys.GLOBAL_VARIABLES
        assert tf.get_collection(tf.GraphKeys.TRAINABLE_VARIABLES) == [x]
        assert tf.get_collection(tf.GraphKeys.MODEL_VARIABLES) == []
        with tf.Session() as session:
            session.run([tf.initialize_local_variables(), tf.initialize_all_variables()])
            assert session.run([x, y]) == [1, 2]


def test_keys():
    # TF 1.15.5
    keys = tf.GraphKeys
    assert (keys.GLOBAL_STEP, keys.QUEUE_RUNNERS, keys.SAVERS, keys.ASSET_FILEPATHS) == (
        "global_step", "queue_runners", "savers", "asset_filepaths",
    )  # fmt: skip
    method = tf.image.ResizeMethod
    assert (method.BILINEAR, method.NEAREST_NEIGHBOR, method.BICUBIC, method.AREA) == (0, 1, 2, 3)
    assert tf.saved_model.signature_constants.PREDICT_METHOD_NAME == "tensorflow/serving/predict"
    assert tf.AggregationMethod.DEFAULT == 0
    assert isinstance(tf.GIT_VERSION, str)
    assert isinstance(tf.COMPILER_VERSION, str)
    assert tf.test.is_built_with_cuda() in (True, False)


def test_configurations():
    options = tf.OptimizerOptions(opt_level=tf.OptimizerOptions.L1)
    assert options.opt_level == tf.OptimizerOptions.L1 == 0
    assert tf.OptimizerOptions.OFF == -1
    config = tf.ConfigProto(
        gpu_options=tf.GPUOptions(per_process_gpu_memory_fraction=0.5, allow_growth=True),
        graph_options=tf.GraphOptions(optimizer_options=options),
    )
    with tf.Graph().as_default(), tf.Session(config=config) as session:
        assert session.run(tf.constant(3)) == 3


def test_places_of_ops():
    with tf.Graph().as_default():
        x = tf.constant(1.0, name="x")
        with tf.colocate_with(x):
            y = tf.add(x, 1.0, name="y")
        with tf.container("experiment"):
            y += 1.0
        assert run(y) == 3


def test_random_flip_of_one_image():
    image = np.arange(6, dtype=np.float32).reshape(1, 6, 1)
    with tf.Graph().as_default(), tf.Session() as session:
        flipped = tf.image.random_flip_left_right(image, seed=1)
        seen = {tuple(session.run(flipped).ravel().tolist()) for _ in range(40)}
    assert seen == {(0, 1, 2, 3, 4, 5), (5, 4, 3, 2, 1, 0)}


ASSERTIONS = [
    (tf.assert_greater_equal, [2, 3], [2, 4]),
    (tf.assert_none_equal, [2, 3], [1, 3]),
    (tf.debugging.assert_greater, [2, 3], [1, 3]),
]


@pytest.mark.parametrize(("assertion", "x", "y"), ASSERTIONS)
def test_assertions(assertion, x, y):
    with tf.Graph().as_default():
        run(assertion(tf.placeholder_with_default([5, 6], [2]), [4, 3]))
        with pytest.raises(tf.errors.InvalidArgumentError, match="told"):
            run(assertion(tf.placeholder_with_default(x, [2]), y, message="told"))


def test_smallest_and_counts():
    labels, found = [1, 1, 0, 0, 1], [1, 0, 1, 0, 1]
    with tf.Graph().as_default():
        assert run(tf.arg_min([[3, 1], [0, 2]], 1)).tolist() == [1, 0]
        counts = [
            tf.metrics.true_positives(labels, found), tf.metrics.true_negatives(labels, found),
            tf.metrics.false_positives(labels, found), tf.metrics.false_negatives(labels, found),
            tf.metrics.precision(labels, found), tf.metrics.recall(labels, found),
        ]  # fmt: skip
        assert run([update for _, update in counts]) == [2, 1, 1, 1, *[np.float32(2 / 3)] * 2]


def test_eager_execution_is_refused():
    with pytest.raises(NotImplementedError, match="eager"):
        tf.enable_eager_execution()
    tf.disable_eager_execution()


def test_options_of_the_profiler():
    builder = tf.profiler.ProfileOptionBuilder
    assert "params" in builder.trainable_variables_parameter()["select"]
