"""Filters change their order in memory, and nothing that a program can see."""

import numpy as np
import pytest

import scopeflow as tf


def network(use_resource, optimizer):
    images = tf.placeholder(tf.float32, [2, 6, 6, 3])
    with tf.variable_scope("", use_resource=use_resource):
        init = tf.random_normal_initializer(seed=3)
        w = tf.get_variable("w", [3, 3, 3, 4], initializer=init)
        u = tf.get_variable("u", [2, 2, 5, 4], initializer=init)
    x = tf.nn.relu(tf.nn.conv2d(images, w, [1, 2, 2, 1], "SAME"))
    x = tf.nn.conv2d_transpose(x, u, [2, 6, 6, 5], [1, 2, 2, 1])
    loss = tf.reduce_mean(tf.square(x)) + tf.nn.l2_loss(w)
    return images, [w, u], loss, optimizer().minimize(loss)


OPTIMIZERS = {
    "sgd": lambda: tf.train.GradientDescentOptimizer(0.1),
    "momentum": lambda: tf.train.MomentumOptimizer(0.1, 0.9, use_nesterov=True),
    "adagrad": lambda: tf.train.AdagradOptimizer(0.1),
    "rmsprop": lambda: tf.train.RMSPropOptimizer(0.01, momentum=0.5),
    "adam": lambda: tf.train.AdamOptimizer(0.01),
}


@pytest.mark.parametrize("use_resource", [False, True])
@pytest.mark.parametrize("name", OPTIMIZERS)
def test_training_and_saving_are_the_same(name, use_resource, tmp_path, monkeypatch):
    values = np.random.RandomState(0).rand(2, 6, 6, 3)

    def trained(folder):
        with tf.Graph().as_default():
            images, filters, loss, step = network(use_resource, OPTIMIZERS[name])
            with tf.Session() as session:
                session.run(tf.global_variables_initializer())
                for _ in range(4):
                    session.run(step, {images: values})
                path = tf.train.Saver().save(session, str(folder / "model"))
                found = session.run([loss, *filters], {images: values})
                saved = [tf.train.load_variable(path, f.op.name) for f in filters]
                source = session.program(step, [images]).source
        for a, b in zip(found[1:], saved, strict=True):
            assert a.flags.c_contiguous and np.array_equal(a, b)
        return found, source

    found, source = trained(tmp_path / "laid_out")
    assert "lay_out_filters(w, u)" in source
    monkeypatch.setattr("scopeflow.runtime.lowering.filter_cells", lambda lowering: [])
    wanted, source = trained(tmp_path / "as_given")
    assert "lay_out" not in source
    for a, b in zip(found, wanted, strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-5, atol=1e-6)


def test_filters_lie_as_the_kernels_read_them_and_stay_so():
    with tf.Graph().as_default(), tf.Session() as session:
        images, filters, _, step = network(False, OPTIMIZERS["adam"])
        session.run(tf.global_variables_initializer())
        feeds = {images: np.ones([2, 6, 6, 3])}
        session.run(step, feeds)
        cells = {cell.op.name: cell for cell in session._cells.values()}
        places = {name: cell.value.data_ptr() for name, cell in cells.items()}
        for name in ("w", "u", "w/Adam", "u/Adam_1"):
            assert cells[name].value.permute(3, 0, 1, 2).is_contiguous(), name
        session.run(step, feeds)
        assert all(places[n] == cells[n].value.data_ptr() for n in ("w", "u", "w/Adam", "u/Adam"))
        filters[0].load(np.zeros([3, 3, 3, 4], "f"), session)
        session.run(step, feeds)
        assert cells["w"].value.permute(3, 0, 1, 2).is_contiguous()
