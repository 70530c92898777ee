"""Warps: images whose pixels move each by its own way; splines through points."""

from __future__ import annotations

from typing import Any

import numpy as np

import scopeflow as tf

_LEAST = 1e-10


def dense_image_warp(image: Any, flow: Any, name: str = "dense_image_warp") -> Any:
    """Images [batch, rows, columns, channels] of which pixel (y, x) comes from (y, x) - flow.

    `flow` is [batch, rows, columns, 2], in pixels, rows first. Between pixels values are linear;
    places outside count as the nearest one inside. Both have gradients. An image needs at least two
    rows and columns.
    """
    with tf.name_scope(name):
        image = tf.convert_to_tensor(image, name="image")
        flow = tf.convert_to_tensor(flow, name="flow")
        whole = tf.shape(image)
        batch, rows, columns, depth = (whole[i] for i in range(4))
        x, y = tf.meshgrid(tf.range(columns), tf.range(rows))
        grid = tf.cast(tf.stack([y, x], axis=2), flow.dtype.base_dtype)[None]
        places = tf.reshape(grid - flow, [batch, rows * columns, 2])
        found = tf.reshape(_between(image, places), [batch, rows, columns, depth])
        found.set_shape(image.shape)
        return found


def _between(image: Any, places: Any) -> Any:
    """[batch, places, channels]: the values at places [batch, places, 2]."""
    with tf.name_scope("interpolate_bilinear"):
        whole = tf.shape(image)
        batch, rows, columns, depth = (whole[i] for i in range(4))
        checks = [
            tf.assert_greater_equal(rows, 2, message="Grid height must be at least 2."),
            tf.assert_greater_equal(columns, 2, message="Grid width must be at least 2."),
        ]
        with tf.control_dependencies(checks):
            flat = tf.reshape(image, [batch * rows * columns, depth])
        starts, parts = [], []
        for place, size in zip(tf.unstack(places, axis=2, num=2), (rows, columns), strict=True):
            last = tf.cast(size - 2, place.dtype)
            start = tf.minimum(tf.maximum(tf.zeros_like(place), tf.floor(place)), last)
            part = tf.cast(place - start, image.dtype.base_dtype)
            part = tf.minimum(tf.maximum(tf.zeros_like(part), part), tf.ones_like(part))
            starts.append(tf.cast(start, tf.int32))
            parts.append(part[:, :, None])
        (y, x), (down, across) = starts, parts
        first = (tf.range(batch) * rows * columns)[:, None]

        def pixel(y: Any, x: Any) -> Any:
            return tf.gather(flat, first + y * columns + x)

        above = across * (pixel(y, x + 1) - pixel(y, x)) + pixel(y, x)
        below = across * (pixel(y + 1, x + 1) - pixel(y + 1, x)) + pixel(y + 1, x)
        return down * (below - above) + above


def _squared_distances(a: Any, b: Any) -> Any:
    """[batch, points of a, points of b]."""
    return tf.reduce_sum(tf.squared_difference(a[:, :, None], b[:, None]), axis=3)


def _phi(squared: Any, order: int) -> Any:
    """The polyharmonic function of a squared distance."""
    squared = tf.maximum(squared, _LEAST)
    if order == 1:
        return tf.sqrt(squared)
    if order == 2:
        return 0.5 * squared * tf.log(squared)
    if order == 4:
        return 0.5 * tf.square(squared) * tf.log(squared)
    if order % 2 == 0:
        return 0.5 * tf.pow(squared, 0.5 * order) * tf.log(squared)
    return tf.pow(squared, 0.5 * order)


def _with_one(points: Any) -> Any:
    return tf.concat([points, tf.ones_like(points[:, :, :1])], axis=2)


def interpolate_spline(
    train_points: Any,
    train_values: Any,
    query_points: Any,
    order: int,
    regularization_weight: float = 0.0,
    name: str = "interpolate_spline",
) -> Any:
    """[batch, queries, values]: a polyharmonic spline of `order` through given points.

    `train_points` is [batch, points, dimensions], `train_values` [batch, points, values],
    `query_points` [batch, queries, dimensions]. Order 2 is the thin plate spline. A
    `regularization_weight` above 0 gives smoother values that do not meet the points exactly.
    """
    with tf.name_scope(name):
        points = tf.convert_to_tensor(train_points)
        values = tf.convert_to_tensor(train_values)
        queries = tf.convert_to_tensor(query_points)
        dtype = points.dtype.base_dtype
        count = tf.shape(points)[1]
        near = _phi(_squared_distances(points, points), order)
        if regularization_weight > 0:
            near += tf.eye(count, dtype=dtype)[None] * regularization_weight
        linear = _with_one(points)
        width = tf.shape(linear)[2]
        batch = tf.shape(points)[0]
        none = tf.zeros([batch, width, width], dtype)
        above = tf.concat([near, linear], axis=2)
        below = tf.concat([tf.transpose(linear, [0, 2, 1]), none], axis=2)
        matrix = tf.concat([above, below], axis=1)
        right = tf.concat([values, tf.zeros([batch, width, tf.shape(values)[2]], dtype)], axis=1)
        weights = tf.matrix_solve(matrix, right)
        far = _phi(_squared_distances(queries, points), order)
        found = tf.matmul(far, weights[:, :count]) + tf.matmul(
            _with_one(queries), weights[:, count:]
        )
        found.set_shape([queries.shape[0], queries.shape[1], values.shape[2]])
        return found


def _edge_points(rows: int, columns: int, steps: int) -> np.ndarray:
    """Points (y, x) on the border: the corners, and what divides each edge into `steps`."""
    along = np.linspace(0, 1, steps + 1)
    points = {(side, place) for side in (0.0, 1.0) for place in along}
    points |= {(place, side) for side in (0.0, 1.0) for place in along}
    return np.array(sorted(points)) * [rows - 1, columns - 1]


def sparse_image_warp(
    image: Any,
    source_control_point_locations: Any,
    dest_control_point_locations: Any,
    interpolation_order: int = 2,
    regularization_weight: float = 0.0,
    num_boundary_points: int = 0,
    name: str = "sparse_image_warp",
) -> tuple[Any, Any]:
    """(warped images, flow): given points [batch, points, 2] (rows first) move, the others follow.

    Each source point moves to its destination; between the points the flow is a spline (see
    `interpolate_spline`). With `num_boundary_points` the image's border stays: 1 holds the corners,
    2 the middles of the edges too, and so on. The images' size must be known.
    """
    image = tf.convert_to_tensor(image)
    source = tf.convert_to_tensor(source_control_point_locations)
    goal = tf.convert_to_tensor(dest_control_point_locations)
    with tf.name_scope(name):
        batch, rows, columns, _ = image.shape.as_list()
        if rows is None or columns is None:
            raise ValueError(f"The size of {image} must be known for sparse_image_warp.")
        count = tf.shape(image)[0] if batch is None else batch
        flow = goal - source
        if num_boundary_points > 0:
            edge = _edge_points(rows, columns, num_boundary_points)[None]
            edge = tf.tile(tf.constant(edge, goal.dtype.base_dtype), tf.stack([count, 1, 1]))
            goal = tf.concat([goal, edge], axis=1)
            flow = tf.concat([flow, tf.zeros_like(edge)], axis=1)
        y, x = np.mgrid[:rows, :columns]
        places = np.stack([y, x], 2).reshape(1, -1, 2)
        queries = tf.tile(tf.constant(places, goal.dtype.base_dtype), tf.stack([count, 1, 1]))
        dense = interpolate_spline(goal, flow, queries, interpolation_order, regularization_weight)
        dense = tf.reshape(dense, tf.stack([count, rows, columns, 2]))
        return dense_image_warp(image, dense), dense
