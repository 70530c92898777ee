"""Random forests: they learn, they are saved, and their arguments mean something."""

import numpy as np
import pytest

import scopeflow as tf
from scopeflow.contrib.tensor_forest.graphs import RandomForestGraphs
from scopeflow.contrib.tensor_forest.params import ForestHParams


@pytest.fixture(autouse=True)
def graph():
    with tf.Graph().as_default() as made:
        yield made


def examples(count=600):
    random = np.random.RandomState(0)
    x = random.rand(count, 6).astype(np.float32)
    return x, (2 * x[:, 0] + 2 * x[:, 1]).astype(np.int32).clip(0, 2)


class Forest:
    """A forest of three classes, or of one number, in a session."""

    def __init__(self, seed=0, training=True, **params):
        given = {"num_classes": 3, "num_features": 6, "num_trees": 3, "max_nodes": 50, **params}
        hparams = ForestHParams(split_after_samples=60, **given).fill()
        kind = tf.float32 if hparams.regression else tf.int32
        self.x = tf.placeholder(tf.float32, [None, 6])
        self.y = tf.placeholder(kind, [None])
        tf.set_random_seed(seed)
        self.graphs = RandomForestGraphs(hparams, training=training)
        self.train_op = self.graphs.training_graph(self.x, self.y) if training else None
        self.loss = self.graphs.training_loss(self.x, self.y)
        self.found = self.graphs.inference_graph(self.x)
        self.session = tf.Session()
        resources = [create for _, create, _ in tf.get_collection(tf.GraphKeys.RESOURCES)]
        self.session.run([tf.global_variables_initializer(), *resources])

    def train(self, x, y, steps=60, size=100):
        random = np.random.RandomState(1)
        for _ in range(steps):
            rows = random.randint(0, len(x), size)
            self.session.run(self.train_op, {self.x: x[rows], self.y: y[rows]})
        return self

    def predict(self, x):
        return self.session.run(self.found, {self.x: x})


def test_classes_are_learned():
    x, y = examples()
    forest = Forest().train(x, y)
    probabilities, paths, variance = forest.predict(x)
    assert (probabilities.argmax(1) == y).mean() > 0.85
    assert probabilities.sum(1) == pytest.approx(1.0, abs=1e-5)
    assert paths.shape == (0, 3)
    assert variance.shape == (600, 3) and variance.min() > -1e-6
    sizes = forest.session.run([tree.size() for tree in forest.graphs.trees])
    assert forest.session.run(forest.loss, {forest.x: x, forest.y: y}) == -np.mean(sizes)
    assert 40 < np.mean(sizes) <= 51  # a tree with 49 nodes splits once more, as TensorFlow's
    shares = forest.session.run(forest.graphs.feature_importances())
    assert shares.sum() == pytest.approx(1.0) and shares[:2].sum() > 0.6


def test_a_forest_without_examples_knows_nothing():
    probabilities, _, variance = Forest().predict(examples()[0][:2])
    assert probabilities.tolist() == variance.tolist() == [[0.0] * 3] * 2


def test_numbers_are_learned():
    x, _ = examples()
    y = 2 * x[:, 0] + 2 * x[:, 1]
    means, _, _ = Forest(num_classes=1, regression=True).train(x, y).predict(x)
    assert np.mean(np.square(means[:, 0] - y)) < 0.15 * np.var(y)


def test_a_stump_is_the_best_of_its_tests():
    # One feature: the tests are the examples' own values, and 3 separates the classes.
    x = np.tile(np.arange(8, dtype=np.float32)[:, None], [10, 6])
    y = (x[:, 0] > 3).astype(np.int32)
    forest = Forest(num_trees=1, max_nodes=3, num_splits_to_consider=80, num_classes=2)
    forest.train(x, y, steps=1, size=80)
    found, _, _ = forest.predict(x)
    assert found.argmax(1).tolist() == y.tolist()
    assert set(found.ravel().tolist()) == {0.0, 1.0}


def test_the_graph_seed_makes_it_repeatable():
    x, y = examples()
    found = []
    for seed in (1, 1, 2):
        with tf.Graph().as_default():
            found.append(Forest(seed).train(x, y, 20).predict(x)[0])
    assert (found[0] == found[1]).all() and (found[0] != found[2]).any()


@pytest.mark.parametrize(
    "params", [{"bagging_fraction": 0.5}, {"feature_bagging_fraction": 0.7}, {"split_name": "less"}]
)
def test_variants_learn(params):
    x, y = examples()
    forest = Forest(**params).train(x, y)
    assert (forest.predict(x)[0].argmax(1) == y).mean() > 0.7
    assert forest.session.run(forest.graphs.feature_importances()).shape == (6,)


def test_paths_are_messages():
    x, y = examples()
    _, paths, _ = Forest(inference_tree_paths=True).train(x, y).predict(x[:4])
    assert paths.shape == (4, 3)
    assert all(len(path) > 20 and path[:1] == b"\n" for path in paths.ravel())


def test_checkpoints_hold_the_trees(tmp_path):
    x, y = examples()
    forest = Forest().train(x, y)
    path = tf.train.Saver().save(forest.session, str(tmp_path / "forest"))
    names = [name for name, _ in tf.train.list_variables(path)]
    assert names == sorted(  # TensorFlow 1.15.5's names
        f"{name}-{i}:0" if name != "device_dummy" else f"{name}_{i}"
        for i in range(3)
        for name in ("device_dummy", "stats", "tree")
    )
    before = forest.predict(x)[0]
    with tf.Graph().as_default():
        again = Forest(seed=3)
        tf.train.Saver().restore(again.session, path)
        assert (again.predict(x)[0] == before).all()
        again.train(x, y, 5)


def test_an_unmade_tree_is_an_error():
    hparams = ForestHParams(num_classes=2, num_features=2, num_trees=1).fill()
    graphs = RandomForestGraphs(hparams)
    with tf.Session() as session, pytest.raises(tf.errors.FailedPreconditionError):
        session.run(graphs.average_size())


def test_labels_are_checked():
    forest = Forest()
    with pytest.raises(tf.errors.InvalidArgumentError, match=r"labels are not all in \[0, 3\)"):
        forest.session.run(forest.train_op, {forest.x: np.zeros((1, 6)), forest.y: [3]})


def test_parameters_follow_from_others():
    # TensorFlow 1.15.5's numbers.
    filled = ForestHParams(num_classes=10, num_features=784).fill()
    assert filled.num_splits_to_consider == 28 and filled.num_output_columns == 11
    assert ForestHParams(num_classes=2, num_features=60).fill().num_splits_to_consider == 10
    big = ForestHParams(num_classes=2, num_features=1000, num_splits_to_consider="9")
    assert big.fill().num_splits_to_consider == "9"


@pytest.mark.parametrize(
    "params", [{"split_finish_name": "dominate_bootstrap"}, {"split_pruning_name": "half"}]
)
def test_what_is_not_there_is_named(params):
    hparams = ForestHParams(num_classes=2, num_features=2, **params)
    with pytest.raises(NotImplementedError, match=next(iter(params))):
        hparams.fill()


def test_a_forest_begins_with_given_trees():
    # A message of TensorFlow's: node 0 asks whether feature 0 is at most 0.
    node = (
        b"\x0a\x00\x22\x18\x0a\x02\x08\x01\x12\x02\x08\x02\x22\x0e\x0a\x05\x0a\x03\x0a\x010"
        b"\x1a\x05\x0d\x00\x00\x00\x00"
    )
    values = [b"\x0a\x05\x0d\x00\x00\x80\x3f", b"\x0a\x05\x0d\x00\x00\x00\x00"]

    def leaf(number, pair):
        vector = b"".join(pair)
        body = b"\x0a" + bytes([len(vector)]) + vector
        return b"\x0a\x02\x08" + bytes([number]) + b"\x2a" + bytes([len(body)]) + body

    nodes = [node, leaf(1, values), leaf(2, values[::-1])]
    tree = b"".join(b"\x0a" + bytes([len(each)]) + each for each in nodes)
    hparams = ForestHParams(num_classes=2, num_features=2, num_trees=1).fill()
    graphs = RandomForestGraphs(hparams, [b"\x0a" + bytes([len(tree)]) + tree], training=False)
    found = graphs.inference_graph([[-1.0, 5.0], [0.0, 5.0], [1.0, 5.0]])[0]
    with tf.Session() as session:
        session.run([create for _, create, _ in tf.get_collection(tf.GraphKeys.RESOURCES)])
        assert session.run(found).tolist() == [[1.0, 0.0], [1.0, 0.0], [0.0, 1.0]]
        assert session.run(graphs.average_size()) == 3
