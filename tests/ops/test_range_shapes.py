"""The static shapes of ranges."""

import pytest

import scopeflow as tf


@pytest.mark.parametrize(
    "arguments, size",
    [
        ((0, 32, 2.0), 16),
        ((0.0, 32, 5), 7),
        ((5.5,), 6),
        ((4, -1, -1.0), 5),
        ((0, 3.5, 0.5), 7),
    ],
)
def test_numbers_of_mixed_types_give_a_known_size(arguments, size):
    with tf.Graph().as_default(), tf.Session() as session:
        values = tf.range(*arguments)
        assert values.shape.as_list() == [size]
        assert len(session.run(values)) == size
