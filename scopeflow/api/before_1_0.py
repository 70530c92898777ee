"""Names and argument orders from before TensorFlow 1.0, which 1.15 itself no longer has.

They are found when a look-up fails elsewhere, and are in no `dir()`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import scopeflow as tf

_RENAMED = {
    "tf.complex_abs": "tf.abs",
    "tf.concat_v2": "tf.concat",
    "tf.inv": "tf.reciprocal",
    "tf.list_diff": "tf.setdiff1d",
    "tf.listdiff": "tf.setdiff1d",
    "tf.mul": "tf.multiply",
    "tf.neg": "tf.negative",
    "tf.pack": "tf.stack",
    "tf.select": "tf.where",
    "tf.split_v": "tf.split",
    "tf.sub": "tf.subtract",
    "tf.unpack": "tf.unstack",
    "tf.batch_cholesky": "tf.cholesky",
    "tf.batch_cholesky_solve": "tf.cholesky_solve",
    "tf.batch_fft": "tf.fft",
    "tf.batch_fft2d": "tf.fft2d",
    "tf.batch_fft3d": "tf.fft3d",
    "tf.batch_ifft": "tf.ifft",
    "tf.batch_ifft2d": "tf.ifft2d",
    "tf.batch_ifft3d": "tf.ifft3d",
    "tf.batch_matrix_band_part": "tf.matrix_band_part",
    "tf.batch_matrix_determinant": "tf.matrix_determinant",
    "tf.batch_matrix_diag": "tf.matrix_diag",
    "tf.batch_matrix_diag_part": "tf.matrix_diag_part",
    "tf.batch_matrix_inverse": "tf.matrix_inverse",
    "tf.batch_matrix_set_diag": "tf.matrix_set_diag",
    "tf.batch_matrix_solve": "tf.matrix_solve",
    "tf.batch_matrix_solve_ls": "tf.matrix_solve_ls",
    "tf.batch_matrix_transpose": "tf.matrix_transpose",
    "tf.batch_matrix_triangular_solve": "tf.matrix_triangular_solve",
    "tf.batch_self_adjoint_eig": "tf.self_adjoint_eig",
    "tf.batch_self_adjoint_eigvals": "tf.self_adjoint_eigvals",
    "tf.batch_svd": "tf.svd",
    "tf.image.per_image_whitening": "tf.image.per_image_standardization",
    "tf.image.random_crop": "tf.random_crop",
    "tf.nn.bidirectional_rnn": "tf.nn.static_bidirectional_rnn",
    "tf.nn.deconv2d": "tf.nn.conv2d_transpose",
    "tf.nn.rnn": "tf.nn.static_rnn",
    "tf.nn.seq2seq": "tf.contrib.legacy_seq2seq",
    "tf.nn.state_saving_rnn": "tf.nn.static_state_saving_rnn",
    "tf.train.SummaryWriter": "tf.summary.FileWriter",
}
"""Old name: the function as it is called now, with the same arguments in the same order."""


def lookup(path: str) -> Any:
    """What stands for the old name `path` ("tf.mul"); None if there is no such name."""
    now = _RENAMED.get(path)
    if now is not None:
        return _resolved(now)
    return _OLD.get(path)


def _resolved(path: str) -> Any:
    value: Any = tf
    for part in path.split(".")[1:]:
        value = getattr(value, part)
    return value


def batch_matmul(
    x: Any, y: Any, adj_x: bool | None = None, adj_y: bool | None = None, name: str | None = None
) -> tf.Tensor:
    """`tf.matmul(x, y, adjoint_a=adj_x, adjoint_b=adj_y)`."""
    return tf.matmul(x, y, adjoint_a=bool(adj_x), adjoint_b=bool(adj_y), name=name)


# Summaries under the tags as they are given: these did not ask the name scope.


def _collected(summary: Any, collections: Any) -> Any:
    keys = [tf.GraphKeys.SUMMARIES] if collections is None else collections
    tf.add_to_collections(keys, summary)
    return summary


def scalar_summary(
    tags: Any, values: Any, collections: Any = None, name: str | None = None
) -> tf.Tensor:
    """A summary with a value for each of `tags` (a string, or a tensor of them)."""
    found = tf.raw_ops.ScalarSummary(tags=tags, values=values, name=name)
    return _collected(found, collections)


def histogram_summary(
    tag: Any, values: Any, collections: Any = None, name: str | None = None
) -> tf.Tensor:
    """A summary with a histogram of all `values`."""
    found = tf.raw_ops.HistogramSummary(tag=tag, values=values, name=name)
    return _collected(found, collections)


def image_summary(
    tag: Any, tensor: Any, max_images: int = 3, collections: Any = None, name: str | None = None
) -> tf.Tensor:
    """A summary with up to `max_images` images of the batch `tensor`, as `tag/image/0`, …"""
    found = tf.raw_ops.ImageSummary(tag=tag, tensor=tensor, max_images=max_images, name=name)
    return _collected(found, collections)


def audio_summary(
    tag: Any,
    tensor: Any,
    sample_rate: Any,
    max_outputs: int = 3,
    collections: Any = None,
    name: str | None = None,
) -> tf.Tensor:
    """A summary with up to `max_outputs` sounds of the batch `tensor`."""
    found = tf.raw_ops.AudioSummaryV2(
        tag=tag, tensor=tensor, sample_rate=sample_rate, max_outputs=max_outputs, name=name
    )
    return _collected(found, collections)


def merge_summary(inputs: Any, collections: Any = None, name: str | None = None) -> tf.Tensor:
    """One summary with the values of all `inputs`; in no collection unless these are given."""
    found = tf.raw_ops.MergeSummary(inputs=inputs, name=name)
    return _collected(found, collections or [])


def merge_all_summaries(key: str = tf.GraphKeys.SUMMARIES) -> tf.Tensor | None:
    """All summaries of the collection `key` in one; None where there are none."""
    found = tf.get_collection(key)
    return merge_summary(found) if found else None


_OLD: dict[str, Callable] = {
    f"tf.{function.__name__}": function
    for function in (
        audio_summary,
        batch_matmul,
        histogram_summary,
        image_summary,
        merge_all_summaries,
        merge_summary,
        scalar_summary,
    )
}
