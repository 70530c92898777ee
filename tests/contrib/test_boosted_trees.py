"""Gradient boosted decision trees of tf.contrib.learn.

TensorFlow 1.15's package has neither these estimators nor the messages; the formulas are tested
against numbers computed here.
"""

import numpy as np
import pytest

import scopeflow as tf
from scopeflow.alias.modules import learner_pb2
from scopeflow.contrib.boosted_trees import estimator, heads, losses, model, splits

Config = learner_pb2.LearnerConfig


def config(**fields):
    found = Config()
    found.learning_rate_tuner.fixed.learning_rate = 0.3
    found.regularization.l2 = 0.001
    found.constraints.max_tree_depth = 3
    found.growing_mode = Config.LAYER_BY_LAYER
    for name, value in fields.items():
        setattr(found, name, value)
    return found


def examples(classes, count=400):
    random = np.random.RandomState(0)
    x = random.rand(count, 4).astype(np.float32)
    return x, (classes * (x[:, 0] + x[:, 1]) / 2).astype(np.int32)


def input_fn(x, y, epochs=None):
    return tf.estimator.inputs.numpy_input_fn(
        {"x": x}, y, batch_size=200, num_epochs=epochs, shuffle=epochs is None
    )


@pytest.mark.parametrize("classes, center_bias", [(2, True), (2, False), (4, True), (4, False)])
def test_classes_are_learned(classes, center_bias):
    x, y = examples(classes)
    made = estimator.GradientBoostedDecisionTreeClassifier(
        config(multi_class_strategy=Config.DIAGONAL_HESSIAN), examples_per_layer=200,
        n_classes=classes, num_trees=4, center_bias=center_bias,
    )  # fmt: skip
    made.fit(input_fn=input_fn(x, y), max_steps=100)
    found = made.evaluate(input_fn=input_fn(x, y, 1))
    assert found["accuracy"] > 0.85
    assert 12 <= found["global_step"] < 20  # four trees of three layers, and the bias
    (first, *_) = made.predict(input_fn=input_fn(x, None, 1))
    assert first["probabilities"].shape == (classes,)
    assert first["classes"] == first["probabilities"].argmax()


@pytest.mark.parametrize("dimension", [1, 2])
def test_numbers_are_learned(dimension):
    x, _ = examples(2)
    y = np.stack([x[:, 0] + x[:, 1], x[:, 2] * 2], 1)[:, :dimension]
    made = estimator.GradientBoostedDecisionTreeRegressor(
        config(), examples_per_layer=400, label_dimension=dimension, num_trees=6
    )
    made.fit(input_fn=input_fn(x, y), max_steps=100)
    assert made.evaluate(input_fn=input_fn(x, y, 1))["loss"] < 0.1 * dimension * np.var(y)
    steps = made.get_variable_value("global_step")
    assert steps > 36  # a layer needs two batches


def test_an_own_loss_and_checkpoints(tmp_path):
    x, y = examples(2)
    head = heads.CustomLossHead(
        losses.per_example_squared_loss, lambda logits: {"value": logits}, 1,
        metrics_fn=lambda predictions, labels, weights: {
            "error": tf.metrics.mean_absolute_error(labels, predictions["value"])
        },
    )  # fmt: skip
    found = []
    for steps in (6, 12):
        made = estimator.GradientBoostedDecisionTreeEstimator(
            config(), 200, head, num_trees=9, model_dir=str(tmp_path)
        )
        made.fit(input_fn=input_fn(x, y[:, None].astype(np.float32)), max_steps=steps)
        found.append(made.evaluate(input_fn=input_fn(x, y[:, None].astype(np.float32), 1)))
    assert found[1]["global_step"] == 12 and found[1]["error"] < found[0]["error"]
    assert "gbdt/ensemble_model:0_serialized" in made.get_variable_names()


def test_the_best_split_by_the_papers_formulas():
    random = np.random.RandomState(3)
    buckets = random.randint(0, 5, (60, 3))
    gradients, hessians = random.randn(60, 2), random.rand(60, 2)
    penalties = splits.Penalties(0.1, 0.5, 0.2, 0.0)
    nodes = np.repeat([3, 4], 30)
    found = splits.best_splits(
        buckets, gradients.astype(np.float32), hessians.astype(np.float32), nodes, 3, penalties
    )

    def weight(rows):
        g, h = gradients[rows].sum(0), hessians[rows].sum(0)
        return -np.sign(g) * np.maximum(np.abs(g) - 0.1, 0) / (h + 0.5)

    def score(rows):
        g = gradients[rows].sum(0)
        return (-weight(rows) * np.sign(g) * np.maximum(np.abs(g) - 0.1, 0)).sum()

    for row, node in enumerate((3, 4)):
        here = nodes == node
        gains = {
            (feature, bucket): score(here & (buckets[:, feature] <= bucket))
            + score(here & (buckets[:, feature] > bucket)) - score(here) - 0.2
            for feature in range(3)
            for bucket in range(4)
        }  # fmt: skip
        best = max(gains, key=gains.get)
        assert found[0][row] == node and (found[2][row], found[3][row]) == best
        assert found[1][row] == pytest.approx(gains[best], abs=1e-4)
        left = here & (buckets[:, best[0]] <= best[1])
        assert found[4][row] == pytest.approx(weight(left), abs=1e-5)
        assert found[5][row] == pytest.approx(weight(here & ~left), abs=1e-5)


def test_nothing_is_split_where_all_is_the_same():
    found = splits.best_splits(
        np.zeros((4, 2), int), np.ones((4, 1), np.float32), np.ones((4, 1), np.float32),
        np.zeros(4, int), 0, splits.Penalties(0, 0, 0, 0),
    )  # fmt: skip
    assert [part.shape for part in found] == [(0,)] * 4 + [(0, 1)] * 2


def test_boundaries_are_quantiles():
    values = np.stack([np.arange(100), np.zeros(100)], 1).astype(np.float32)
    found = splits.boundaries(values, 4)
    assert found[0].tolist() == [24.0, 49.0, 74.0]
    assert np.isinf(found[1]).all()


@pytest.mark.parametrize(
    "fields, text",
    [
        ({"growing_mode": Config.WHOLE_TREE}, "WHOLE_TREE"),
        ({"multi_class_strategy": Config.FULL_HESSIAN}, "FULL_HESSIAN"),
        ({"weak_learner_type": Config.OBLIVIOUS_DECISION_TREE}, "OBLIVIOUS"),
        ({"feature_fraction_per_tree": 0.5}, "feature_fraction"),
    ],
)
def test_what_is_not_there_is_named(fields, text):
    with pytest.raises(NotImplementedError, match=text):
        estimator.GradientBoostedDecisionTreeClassifier(config(**fields), 10)


def test_numbers_of_classes_must_agree():
    with pytest.raises(ValueError, match="doesn't match learner_config"):
        estimator.GradientBoostedDecisionTreeClassifier(config(num_classes=3), 10, 5)


def test_features_must_be_numbers():
    features = {"x": tf.constant([["a"]])}
    with pytest.raises(NotImplementedError, match="'x'"):
        model.matrix(features, None)


def test_the_exponential_loss():
    # TensorFlow 1.15.5, eps=0.2: e at the wrong end, 1/e at the right one.
    logits = np.log([[0.1 / 0.9], [1.0], [0.6 / 0.4], [9.0]]).astype(np.float32)
    ones, zeros = np.ones((4, 1), np.float32), np.zeros((4, 1), np.float32)
    with tf.Graph().as_default(), tf.Session() as session:
        losses_of = [
            losses.per_example_exp_loss(labels, None, tf.constant(logits), eps=0.2)[0]
            for labels in (ones, zeros)
        ]
        right, wrong = session.run(losses_of)
    assert right.ravel() == pytest.approx(np.exp([1, 0, -0.5, -1]), rel=1e-5)
    assert wrong.ravel() == pytest.approx(np.exp([-1, 0, 0.5, 1]), rel=1e-5)


def test_depth_must_be_told():
    with pytest.raises(ValueError, match="max_tree_depth must be set"):
        estimator.GradientBoostedDecisionTreeClassifier(Config(), 10)


def test_the_learning_rate_is_a_tenth_unless_told():
    assert model._learning_rate(Config()) == 0.1
    assert model._learning_rate(config()) == pytest.approx(0.3)
