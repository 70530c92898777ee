"""`tf.contrib.cudnn_rnn`: the layers have the numbers of the cells that read their checkpoints."""

import numpy as np
import pytest

import scopeflow as tf

cudnn = tf.contrib.cudnn_rnn
X = np.random.RandomState(0).randn(5, 3, 6).astype(np.float32)
LENGTHS = [5, 2, 4]
CELLS = {
    "CudnnLSTM": lambda: cudnn.CudnnCompatibleLSTMCell(4),
    "CudnnGRU": lambda: cudnn.CudnnCompatibleGRUCell(4),
    "CudnnRNNTanh": lambda: tf.nn.rnn_cell.BasicRNNCell(4),
    "CudnnRNNRelu": lambda: tf.nn.rnn_cell.BasicRNNCell(4, activation=tf.nn.relu),
}


@pytest.mark.parametrize("lengths", [None, LENGTHS])
@pytest.mark.parametrize("direction", ["unidirectional", "bidirectional"])
@pytest.mark.parametrize("kind", CELLS)
def test_cells_restored_from_a_layers_checkpoint_compute_the_same(
    tmp_path, kind, direction, lengths
):
    with tf.Graph().as_default(), tf.Session() as session:
        tf.set_random_seed(1)
        layer = getattr(cudnn, kind)(
            2, 4, direction=direction, bias_initializer=tf.random_uniform_initializer()
        )
        outputs, state = layer(X, sequence_lengths=lengths)
        (kernel,) = tf.trainable_variables()
        assert layer.variables == [kernel] and kernel.op.name.endswith("/opaque_kernel")
        scope = kernel.op.name.partition("/")[0]
        two_ways = direction == "bidirectional"
        assert outputs.shape.as_list() == [5, 3, 8 if two_ways else 4]
        shapes = [part.shape.as_list() for part in state]
        assert shapes == [[4 if two_ways else 2, 3, 4]] * (2 if kind == "CudnnLSTM" else 1)
        session.run(tf.global_variables_initializer())
        expected = session.run([outputs, *state])
        assert np.abs(session.run(tf.gradients(outputs, kernel)[0])).sum() > 0
        saver = tf.train.Saver()
        path = saver.save(session, str(tmp_path / "layer"))
        session.run(tf.assign(kernel, tf.zeros_like(kernel)))
        saver.restore(session, path)
        for found, value in zip(session.run([outputs, *state]), expected):
            np.testing.assert_allclose(found, value, rtol=1e-5, atol=1e-6)
    with tf.Graph().as_default(), tf.Session() as session:
        cells = [[CELLS[kind](), CELLS[kind]()] for _ in range(2)]
        options = {"sequence_length": lengths, "time_major": True, "dtype": tf.float32}
        with tf.variable_scope(scope):
            if two_ways:
                found, *_ = tf.contrib.rnn.stack_bidirectional_dynamic_rnn(*cells, X, **options)
            else:
                stack = tf.nn.rnn_cell.MultiRNNCell(cells[0])
                found, _ = tf.nn.dynamic_rnn(stack, X, **options)
        tf.train.Saver().restore(session, path)
        np.testing.assert_allclose(session.run(found), expected[0], rtol=1e-4, atol=1e-5)


def test_names_and_shapes_are_tensorflows():
    # As TensorFlow 1.15.5 makes them.
    with tf.Graph().as_default():
        layer = cudnn.CudnnLSTM(2, 4)
        layer(X)
        place = "cudnn_lstm/rnn/multi_rnn_cell/cell_{}/cudnn_compatible_lstm_cell/{}"
        assert [spec.name for spec in layer.saveable.specs] == [
            place.format(at, part) for part in ("kernel", "bias") for at in (0, 1)
        ]
        assert layer.saveable.name == "cudnn_lstm/opaque_kernel_saveable"
        assert layer.canonical_weight_shapes == [(4, 6)] * 4 + [(4, 4)] * 12
        assert layer.canonical_bias_shapes == [[4]] * 16
        assert layer.variables[0].shape.as_list() == [4 * 6 * 4 + 12 * 16 + 16 * 4]
        assert layer.state_shape(3) == ([2, 3, 4], [2, 3, 4])
        assert cudnn.CudnnGRU(1, 4).state_shape(3) == ([1, 3, 4],)


def test_state_dropout_and_batch_first():
    with tf.Graph().as_default(), tf.Session() as session:
        layer = cudnn.CudnnGRU(2, 4, dropout=0.9, seed=3)
        first, (state,) = layer(X[:2], training=False)
        second, _ = layer(X[2:], initial_state=(state,), training=False)
        whole, _ = layer(X, training=False)
        dropped, _ = layer(X, training=True)
        batch_first, _ = layer(X.swapaxes(0, 1), time_major=False, training=False)
        session.run(tf.global_variables_initializer())
        first, second, whole, dropped, batch_first = session.run(
            [first, second, whole, dropped, batch_first]
        )
        np.testing.assert_allclose(np.concatenate([first, second]), whole, rtol=1e-5, atol=1e-6)
        np.testing.assert_allclose(batch_first.swapaxes(0, 1), whole, rtol=1e-5, atol=1e-6)
        assert np.abs(dropped - whole).max() > 0.01


@pytest.mark.parametrize(
    "make, error, text",
    [
        (lambda: cudnn.CudnnLSTM(1, 2, direction="x"), ValueError, "Invalid direction: x"),
        (lambda: cudnn.CudnnLSTM(1, 2, dtype=tf.int32), ValueError, "Only support float16"),
        (lambda: cudnn.CudnnLSTM(1, 2, input_mode="z"), ValueError, "Invalid input_mode: z"),
        (lambda: cudnn.CudnnLSTM(1, 2, input_mode="skip_input"), NotImplementedError, "linear_inp"),
        (lambda: cudnn.CudnnLSTM(1, 2)(np.ones([2, 3], np.float32)), ValueError, "3 dims, got 2"),
        (lambda: cudnn.CudnnLSTM(1, 2).input_size, ValueError, "has not been built"),
        (
            lambda: cudnn.CudnnGRU(1, 2)(tf.placeholder(tf.float32, [1, 3, None])),
            ValueError,
            "last dimension of the inputs",
        ),
    ],
)
def test_what_is_refused(make, error, text):
    with tf.Graph().as_default(), pytest.raises(error, match=text):
        make()
