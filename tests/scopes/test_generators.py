"""tf.random.experimental.Generator. Numbers, states and names are TensorFlow 1.15.5's."""

import numpy as np
import pytest

import scopeflow as tf

experimental = tf.random.experimental
Generator = experimental.Generator


@pytest.fixture(autouse=True)
def graph():
    with tf.Graph().as_default():
        yield


def test_draws_move_the_state():
    generator = Generator.from_seed(1234)
    normal, uniform = generator.normal([3]), generator.uniform([3])
    whole = generator.uniform([3], 0, 100, tf.int32)
    full, within = generator.uniform_full_int([3]), generator.truncated_normal([3])
    assert (normal.name, uniform.name, within.name) == (
        "stateful_normal:0", "stateful_uniform:0", "truncated_normal:0"
    )  # fmt: skip
    assert full.dtype == tf.uint64 and whole.op.type == "StatefulUniformInt"
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        for draw, wanted, counter in (
            (normal, [0.9356609, 1.0854305, -0.93788373], 2002),
            (normal, [1.1264246, -1.0338292, 0.25710702], 2770),
            (uniform, [0.6512613, 0.9295906, 0.50873387], 3538),
            (whole, [72, 94, 37], 4306),
            (full, [6684997737015905965, 17874969876196819646, 7017644057421106535], 5074),
            (within, [-1.8538324, -0.37835652, 0.93031716], 5842),
        ):
            np.testing.assert_allclose(session.run(draw), np.array(wanted), rtol=1e-5)
            assert session.run(generator.state).tolist() == [counter, 0, 0]
        assert session.run(generator.key) == 0
        session.run(generator.reset([1581778, 0, 0]))
        seeds = session.run(generator.make_seeds(2))
        assert seeds.tolist() == [[2582507130305362728, -8509002875496199390], [0, 0]]


def test_states():
    made = [
        Generator.from_seed(2**65 + 7), Generator.from_key_counter(5, [1, 2], 1),
        Generator.from_state([7, 8, 9], 1),
    ]  # fmt: skip
    copy = Generator(copy_from=made[1])
    assert not made[0].state.trainable and made[0].algorithm == 1
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        states = [session.run(g.state).tolist() for g in (*made, copy)]
        assert states == [[7, 2, 0], [1, 2, 5], [7, 8, 9], [1, 2, 5]]
        session.run(made[2].skip(3))
        assert session.run(made[2].state).tolist() == [7 + 3 * 256, 8, 9]
        session.run(made[2].reset_from_seed(5))
        assert session.run(made[2].state).tolist() == [5, 0, 0]
        session.run(made[2].reset_from_key_counter(6, [1, 2]))
        assert session.run(made[2].state).tolist() == [1, 2, 6]
        session.run(made[2].reset([-1, 0, 0]))
        session.run(made[2].skip(1))
        assert session.run(made[2].state).tolist() == [255, 1, 0]
    for seed, wanted in (
        (5, [5, 0, 0]),
        (-1, [-1] * 3),
        ([1, 2, 3, 4], [1, 2, 3]),
        ([1], [0, 0, 1]),
    ):
        assert experimental.create_rng_state(seed, 1).tolist() == wanted


def test_the_global_generator():
    first = experimental.get_global_generator()
    assert experimental.get_global_generator() is first
    other = Generator.from_seed(1)
    experimental.set_global_generator(other)
    assert experimental.get_global_generator() is other


def test_what_is_refused():
    with pytest.raises(ValueError, match="Unsupported algorithm id: philox"):
        Generator.from_seed(1, "philox")
    with pytest.raises(ValueError, match="incompatible"):
        Generator.from_state([1, 2], 1)
    with pytest.raises(ValueError, match="needs a generator to copy"):
        Generator()
    generator = Generator.from_seed(1)
    with pytest.raises(ValueError, match="Must specify maxval"):
        generator.uniform([2], dtype=tf.int32)
    for call in (lambda: generator.binomial([2], 3, 0.5), generator.split):
        with pytest.raises(NotImplementedError, match="Generator"):
            call()
