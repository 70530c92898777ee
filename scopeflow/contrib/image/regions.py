"""Connected regions of images; rows and columns matched by distance."""

from __future__ import annotations

from typing import Any

import scopeflow as tf


def connected_components(images: Any) -> Any:
    """int32 numbers of the regions of images [rows, columns] or [images, rows, columns].

    A region is of pixels of one value that touch above, below or beside each other. Pixels of value
    0 (False, the empty string) are in none, and have the number 0. Numbers go on from image to
    image.
    """
    with tf.name_scope("connected_components"):
        images = tf.convert_to_tensor(images, name="image")
        if images.shape.ndims == 2:
            return tf.raw_ops.ImageConnectedComponents(image=images[None])[0]
        if images.shape.ndims == 3:
            return tf.raw_ops.ImageConnectedComponents(image=images)
        raise TypeError(
            f"images should have rank 2 (HW) or 3 (NHW). Static shape is {images.shape}"
        )


def bipartite_match(
    distance_mat: Any, num_valid_rows: Any, top_k: int = -1, name: str = "bipartite_match"
) -> Any:
    """(columns of the rows, rows of the columns), -1 for what has no partner.

    The least distance of all makes the first pair, the least of the others the next, and so on,
    `top_k` times (-1: as often as possible). Only the first `num_valid_rows` rows count (-1: all).
    """
    found = tf.raw_ops.BipartiteMatch(
        distance_mat=distance_mat,
        num_valid_rows=tf.cast(num_valid_rows, tf.float32),
        top_k=top_k,
        name=name,
    )
    return found[0], found[1]
