"""Convolutions and pooling."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from ops.common import check, check_gradient, data, gradient_of, ops_of, run, value

import scopeflow as tf
from scopeflow.core.op import registry
from scopeflow.ops import convolution as conv
from scopeflow.ops import depthwise as by_channel
from scopeflow.ops import pooling, space_batch

# References: plain loops over the windows, in float64, channels last.


def _edges(size, window, stride, padding):
    if not isinstance(padding, str):
        return padding
    if padding == "VALID":
        return 0, 0
    missing = max((-(-size // stride) - 1) * stride + window - size, 0)
    return missing // 2, missing - missing // 2


def _windows(x, window, strides, padding, dilations=None, fill=0.0):
    """(index of the result, the elements of its window [*window, channels]) for each window."""
    count = len(window)
    dilations = dilations or [1] * count
    spans = [(k - 1) * d + 1 for k, d in zip(window, dilations)]
    edges = [
        _edges(n, k, s, padding if isinstance(padding, str) else padding[i])
        for i, (n, k, s) in enumerate(zip(x.shape[1:], spans, strides))
    ]
    x = np.pad(x, [(0, 0), *edges, (0, 0)], constant_values=fill)
    sizes = [(n - k) // s + 1 for n, k, s in zip(x.shape[1:-1], spans, strides)]
    for place in itertools.product(*map(range, sizes)):
        cut = tuple(
            slice(p * s, p * s + k, d) for p, s, k, d in zip(place, strides, spans, dilations)
        )
        yield place, sizes, x[(slice(None), *cut)]


def convolved(x, w, strides, padding, dilations=None):
    """[batch, *space, in] by [*window, in, out]; fewer inputs in the filter mean groups."""
    groups = x.shape[-1] // w.shape[-2]
    found = None
    for place, sizes, part in _windows(x, w.shape[:-2], strides, padding, dilations):
        if found is None:
            found = np.zeros((x.shape[0], *sizes, w.shape[-1]))
        outs = w.shape[-1] // groups
        for g in range(groups):
            some = part[..., g * w.shape[-2] : (g + 1) * w.shape[-2]]
            filters = w[..., g * outs : (g + 1) * outs]
            found[(slice(None), *place, slice(g * outs, (g + 1) * outs))] = np.tensordot(
                some, filters, w.ndim - 1
            )
    return found


def depthwise(x, w, strides, padding, dilations=None):
    parts = [
        convolved(x[..., c : c + 1], w[..., c : c + 1, :], strides, padding, dilations)
        for c in range(x.shape[-1])
    ]
    return np.concatenate(parts, -1)


def pooled(x, window, strides, padding, kind):
    found = None
    function = {"MAX": np.nanmax, "AVG": np.nanmean}[kind]
    for place, sizes, part in _windows(x, window, strides, padding, fill=np.nan):
        if found is None:
            found = np.zeros((x.shape[0], *sizes, x.shape[-1]))
        found[(slice(None), *place)] = function(part, axis=tuple(range(1, part.ndim - 1)))
    return found


def first(function):
    """The same function of channels-first images (its first argument and its result)."""

    def moved(x, *rest):
        return np.moveaxis(function(np.moveaxis(x, 1, -1), *rest), -1, 1)

    return moved


# conv2d.

CONV2D = [
    # image, filter, strides, padding, dilations
    ((2, 5, 6, 3), (3, 2, 3, 4), (1, 1), "SAME", (1, 1)),
    ((2, 5, 6, 3), (3, 2, 3, 4), (1, 1), "VALID", (1, 1)),
    ((1, 5, 6, 2), (3, 3, 2, 3), (2, 2), "SAME", (1, 1)),
    ((1, 6, 7, 2), (3, 3, 2, 3), (2, 2), "SAME", (1, 1)),
    ((1, 7, 7, 1), (4, 4, 1, 2), (3, 3), "SAME", (1, 1)),
    ((1, 7, 8, 2), (2, 3, 2, 2), (2, 1), "VALID", (1, 1)),
    ((1, 5, 5, 2), (1, 1, 2, 3), (1, 1), "SAME", (1, 1)),
    ((1, 5, 5, 2), (1, 1, 2, 3), (2, 3), "SAME", (1, 1)),
    ((3, 6, 6, 4), (1, 1, 4, 4), (2, 2), "VALID", (1, 1)),
    ((3, 6, 6, 4), (1, 1, 2, 4), (2, 2), "SAME", (1, 1)),
    ((1, 8, 8, 2), (3, 3, 2, 2), (1, 1), "SAME", (2, 3)),
    ((1, 9, 8, 2), (3, 2, 2, 2), (1, 1), "VALID", (2, 3)),
    ((1, 5, 6, 2), (3, 3, 2, 2), (2, 1), ((1, 2), (0, 3)), (1, 1)),
    ((1, 5, 6, 2), (3, 3, 2, 2), (1, 1), ((1, 1), (2, 2)), (1, 1)),
    ((1, 5, 5, 4), (3, 3, 2, 6), (1, 1), "SAME", (1, 1)),
    ((0, 5, 5, 2), (3, 3, 2, 3), (1, 1), "VALID", (1, 1)),
]


@pytest.mark.parametrize("data_format", ["NHWC", "NCHW"])
@pytest.mark.parametrize(("image", "filters", "strides", "padding", "dilations"), CONV2D)
def test_conv2d(image, filters, strides, padding, dilations, data_format):
    edges = padding
    reference = lambda x, w: convolved(x, w, strides, edges, dilations)  # noqa: E731
    x, w = data(*image), data(*filters, seed=1)
    if not isinstance(padding, str):
        padding = [[0, 0], *padding, [0, 0]]
    if data_format == "NCHW":
        x, reference = np.moveaxis(x, -1, 1), first(reference)
        if not isinstance(padding, str):
            padding = [padding[0], padding[3], *padding[1:3]]
    if not x.size:
        assert (
            value(
                lambda x, w: conv.conv2d(x, w, strides, padding, data_format=data_format), x, w
            ).shape[0]
            == 0
        )
        return
    check(
        lambda x, w: conv.conv2d(
            x, w, strides, padding, data_format=data_format, dilations=dilations
        ),
        x,
        w,
        expected=reference,
    )


def test_conv2d_arguments():
    x, w = data(1, 5, 5, 2), data(3, 3, 2, 3, seed=1)
    expected = convolved(x, w, (2, 2), "SAME")
    for build in (
        lambda x, w: conv.conv2d(x, w, 2, "SAME"),
        lambda x, w: conv.conv2d(x, w, [1, 2, 2, 1], "SAME"),
        lambda x, w: conv.conv2d(x, filters=w, strides=[2], padding="SAME", data_format=None),
        lambda x, w: conv.conv2d(x, w, 2, "SAME", use_cudnn_on_gpu=False),
    ):
        np.testing.assert_allclose(value(build, x, w), expected)


BAD_CONV2D = [
    # filter, strides, padding, options, error, text (TF 1.15.5 raises the same)
    ((3, 3, 3, 5), 1, "SAME", {}, ValueError, "not a multiple of input depth"),
    ((3, 3, 2, 5), 1, "SAME", {}, ValueError, "number of groups"),
    ((9, 9, 4, 5), 1, "VALID", {}, ValueError, "Negative dimension size"),
    ((3, 3, 4, 5), 1, "same", {}, ValueError, "padding"),
    ((3, 3, 4, 5), 1, None, {}, TypeError, "Expected string"),
    ((3, 3, 4, 5), [1, 0, 1, 1], "SAME", {}, ValueError, "Stride must be > 0"),
    ((3, 3, 4, 5), [1, 1, 1], "SAME", {}, ValueError, "length 1, 2 or 4"),
    ((3, 3, 4, 5), 1, "SAME", {"data_format": "NWC"}, ValueError, "data_format"),
    ((3, 3, 4, 5), 1, [[1, 1], [1, 1]], {}, ValueError, "size 4"),
    ((3, 3, 4, 5), 1, [[1, 0], [1, 2], [3, 4], [0, 0]], {}, ValueError, "batch or depth"),
    ((3, 3, 4, 5), 1, [[0, 0], [-1, 2], [3, 4], [0, 0]], {}, ValueError, "nonnegative"),
    ((3, 3, 4), 1, "SAME", {}, ValueError, "rank 4"),
]


@pytest.mark.parametrize(("filters", "strides", "padding", "options", "error", "text"), BAD_CONV2D)
def test_conv2d_refuses(filters, strides, padding, options, error, text):
    with tf.Graph().as_default():
        x, w = tf.zeros([2, 7, 8, 4]), tf.zeros(filters)
        with pytest.raises(error, match=text):
            conv.conv2d(x, w, strides, padding, **options)


def test_conv2d_refuses_types():
    with tf.Graph().as_default():
        x = tf.zeros([1, 4, 4, 2])
        with pytest.raises(ValueError, match="'filter' and 'filters'"):
            conv.conv2d(x, x, 1, "SAME", filters=x)
        with pytest.raises(TypeError, match="float64 that does not match type float32"):
            conv.conv2d(x, tf.zeros([2, 2, 2, 2], tf.float64), 1, "SAME")
        with pytest.raises(TypeError, match="int32"):
            conv.conv2d(tf.cast(x, tf.int32), tf.zeros([2, 2, 2, 2], tf.int32), 1, "SAME")


def test_conv2d_refuses_when_running():
    with tf.Graph().as_default():
        x, w = tf.placeholder(tf.float32), tf.placeholder(tf.float32)
        with tf.Session() as session:
            for y, filters in (
                (conv.conv2d(x, w, 1, "SAME"), (3, 3, 5, 2)),
                (conv.conv2d(x, w, 1, "VALID"), (9, 9, 2, 2)),
                (conv.conv2d(x, w, [2, 1, 1, 1], "SAME"), (3, 3, 2, 2)),
                (conv.bias_add(x, w), (3,)),
            ):
                with pytest.raises(tf.errors.InvalidArgumentError):
                    session.run(y, {x: np.zeros((1, 4, 4, 2)), w: np.zeros(filters)})


def test_unknown_static_shapes():
    # TF 1.15.5
    with tf.Graph().as_default():
        w = tf.placeholder(tf.float32, [3, 3, 4, 5])
        x = tf.placeholder(tf.float32, [None, None, 7, 4])
        assert conv.conv2d(x, w, 2, "SAME").shape.as_list() == [None, None, 4, 5]
        assert conv.conv2d(x, w, 2, "VALID").shape.as_list() == [None, None, 3, 5]
        some = tf.placeholder(tf.float32, [None, None, 4, None])
        x = tf.placeholder(tf.float32, [2, 7, 8, 4])
        assert conv.conv2d(x, some, 2, "SAME").shape.as_list() == [2, 4, 4, None]
        assert conv.conv2d(x, some, 2, "VALID").shape.as_list() == [2, None, None, None]
        any_ = tf.placeholder(tf.float32)
        assert conv.conv2d(any_, w, 2, "SAME").shape.as_list() == [None, None, None, 5]
        sizes = tf.placeholder(tf.int32)
        assert conv.conv2d_transpose(any_, w, sizes, 1).shape.as_list() == [None] * 4
        assert pooling.max_pool(any_, 2, 2, "SAME").shape.as_list() == [None] * 4


def test_images_are_not_copied():
    torch = pytest.importorskip("torch")
    x = torch.randn(2, 8, 8, 4)
    w = torch.randn(3, 3, 4, 6)
    y = registry["Conv2D"].kernel(x, w, strides=(1, 1, 1, 1), padding="SAME")
    assert y.is_contiguous()
    y = registry["MaxPool"].kernel(
        x, ksize=(1, 2, 2, 1), strides=(1, 2, 2, 1), padding="SAME", data_format="NHWC"
    )
    assert y.is_contiguous()


# Transposes.

TRANSPOSES = [
    # image, filter, result, strides, padding
    ((1, 3, 4, 2), (3, 3, 4, 2), (1, 6, 8, 4), 2, "SAME"),
    ((1, 3, 4, 2), (3, 3, 4, 2), (1, 5, 7, 4), 2, "SAME"),
    ((1, 3, 4, 2), (2, 2, 4, 2), (1, 6, 8, 4), 2, "SAME"),
    ((1, 3, 4, 2), (5, 4, 4, 2), (1, 6, 8, 4), 2, "SAME"),
    ((2, 3, 4, 2), (3, 3, 4, 2), (2, 7, 9, 4), 2, "VALID"),
    ((1, 3, 4, 2), (3, 3, 4, 2), (1, 8, 10, 4), 2, "VALID"),
    ((1, 3, 4, 2), (2, 2, 4, 2), (1, 9, 12, 4), 3, "SAME"),
    ((1, 3, 4, 2), (1, 1, 4, 2), (1, 6, 8, 4), 2, "SAME"),
    ((1, 5, 4, 2), (3, 3, 4, 2), (1, 5, 4, 4), 1, "SAME"),
]


@pytest.mark.parametrize("data_format", ["NHWC", "NCHW"])
@pytest.mark.parametrize(("image", "filters", "result", "strides", "padding"), TRANSPOSES)
def test_conv2d_transpose(image, filters, result, strides, padding, data_format):
    y, w = data(*image), data(*filters, seed=1)
    # The transpose of a linear map: <conv(x), y> = <x, transposed(y)> for all x.
    wanted = np.zeros(result)
    for index in np.ndindex(*result):
        x = np.zeros(result)
        x[index] = 1
        wanted[index] = (convolved(x, w, (strides, strides), padding) * y).sum()
    if data_format == "NCHW":
        y, wanted = np.moveaxis(y, -1, 1), np.moveaxis(wanted, -1, 1)
    check(
        lambda y, w: conv.conv2d_transpose(y, w, list(wanted.shape), strides, padding, data_format),
        y,
        w,
        expected=lambda y, w: wanted,
    )


def test_conv2d_transpose_details():
    y, w = data(1, 3, 4, 2), data(3, 3, 4, 2, seed=1)
    by_list = value(lambda y, w: conv.conv2d_transpose(y, w, [1, 6, 8, 4], 2), y, w)
    with tf.Graph().as_default():
        place = tf.placeholder(tf.float64, [None, 3, 4, 2])
        found = conv.conv2d_transpose(
            place, tf.constant(w), tf.stack([tf.shape(place)[0], 6, 8, 4]), 2
        )
        assert found.shape.as_list() == [None, 6, 8, 4]
        np.testing.assert_allclose(run(found, {place: y}), by_list)
        sizes = tf.placeholder(tf.int32, [4])
        found = conv.conv2d_transpose(place, tf.constant(w), sizes, 2)
        for wrong in ([1, 9, 8, 4], [1, 6, 8, 3], [2, 6, 8, 4]):
            with pytest.raises(tf.errors.InvalidArgumentError):
                run(found, {place: y, sizes: wrong})
        with pytest.raises(ValueError, match="rank 4"):
            conv.conv2d_transpose(place, tf.constant(w), [6, 8, 4], 2)
    back = value(lambda y, w: conv.conv2d_backprop_input([1, 6, 8, 4], w, y, 2, "SAME"), y, w)
    np.testing.assert_allclose(back, by_list)


# Other dimensions, other kinds.


@pytest.mark.parametrize("padding", ["SAME", "VALID"])
@pytest.mark.parametrize(("stride", "dilation"), [(1, 1), (2, 1), (1, 2)])
def test_conv1d(stride, dilation, padding):
    reference = lambda x, w: convolved(x, w, (stride,), padding, [dilation])  # noqa: E731
    for data_format in ("NWC", "NCW"):
        x = data(2, 7, 3)
        check(
            lambda x, w, f=data_format: conv.conv1d(
                x, w, stride, padding, data_format=f, dilations=dilation
            ),
            x if data_format == "NWC" else np.moveaxis(x, -1, 1),
            data(3, 3, 2, seed=1),
            expected=reference if data_format == "NWC" else first(reference),
            unknown_rank=False,
        )
    image = conv.conv1d_transpose
    y, w = data(1, 4, 2), data(3, 5, 2, seed=1)
    one = value(lambda y, w: image(y, w, [1, 8, 5], 2), y, w)
    two = value(
        lambda y, w: conv.conv2d_transpose(y, w, [1, 1, 8, 5], [1, 1, 2, 1]), y[:, None], w[None]
    )
    np.testing.assert_allclose(one, two[:, 0])


@pytest.mark.parametrize("padding", ["SAME", "VALID"])
def test_conv3d(padding):
    x, w = data(1, 4, 5, 4, 2), data(2, 3, 2, 2, 3, seed=1)
    for strides in ((1, 1, 1), (2, 2, 1)):
        check(
            lambda x, w, s=strides: conv.conv3d(x, w, [1, *s, 1], padding),
            x,
            w,
            expected=lambda x, w, s=strides: convolved(x, w, s, padding),
        )
    found = value(
        lambda x, w: conv.conv3d(x, w, [1] * 5, padding, "NCDHW"), np.moveaxis(x, -1, 1), w
    )
    np.testing.assert_allclose(
        np.moveaxis(found, 1, -1), convolved(x, w, (1, 1, 1), padding), atol=1e-12
    )


def test_conv3d_transpose():
    y, w = data(1, 2, 3, 2, 2), data(3, 3, 3, 4, 2, seed=1)
    found = value(lambda y, w: conv.conv3d_transpose(y, w, [1, 4, 6, 4, 4], 2), y, w)
    with tf.Graph().as_default():
        x = tf.constant(np.zeros((1, 4, 6, 4, 4)))
        z = conv.conv3d(x, tf.constant(w), [1, 2, 2, 2, 1], "SAME")
        np.testing.assert_allclose(run(tf.gradients(z, x, [tf.constant(y)])[0]), found)
    general = value(lambda y, w: conv.conv_transpose(y, w, [1, 4, 6, 4, 4], 2), y, w)
    np.testing.assert_array_equal(general, found)


@pytest.mark.parametrize("padding", ["SAME", "VALID"])
@pytest.mark.parametrize("strides", [(1, 1), (2, 2), (1, 2)])
def test_depthwise_conv2d(strides, padding):
    x, w = data(2, 5, 6, 3), data(3, 2, 3, 2, seed=1)
    reference = lambda x, w: depthwise(x, w, strides, padding)  # noqa: E731
    check(
        lambda x, w: by_channel.depthwise_conv2d(x, w, [1, *strides, 1], padding),
        x,
        w,
        expected=reference,
    )
    check(
        lambda x, w: by_channel.depthwise_conv2d(
            x, w, [1, 1, *strides], padding, data_format="NCHW"
        ),
        np.moveaxis(x, -1, 1),
        w,
        expected=first(reference),
    )
    check(
        lambda x, w: by_channel.depthwise_conv2d_native(
            x, w, [1, *strides, 1], padding, dilations=[1, 2, 1, 1]
        ),
        x,
        w,
        expected=lambda x, w: depthwise(x, w, strides, padding, [2, 1]),
    )


@pytest.mark.parametrize("padding", ["SAME", "VALID"])
@pytest.mark.parametrize("size", [(9, 8), (7, 11)])
def test_dilation(size, padding):
    """The way over space and batch gives what a dilated window gives."""
    x, w = data(2, *size, 3), data(3, 2, 3, 4, seed=1)
    _known_filter(
        lambda x, w: conv.atrous_conv2d(x, w, 2, padding),
        x,
        w,
        convolved(x, w, (1, 1), padding, (2, 2)),
    )
    _known_filter(
        lambda x, w: conv.convolution(x, w, padding, dilation_rate=[3, 1]),
        x,
        w,
        convolved(x, w, (1, 1), padding, (3, 1)),
    )
    _known_filter(
        lambda x, w: by_channel.depthwise_conv2d(x, w, [1, 1, 1, 1], padding, rate=[2, 3]),
        x,
        w,
        depthwise(x, w, (1, 1), padding, (2, 3)),
    )
    _known_filter(
        lambda x, w: conv.convolution(x, w, padding, dilation_rate=[2, 2], data_format="NCHW"),
        np.moveaxis(x, -1, 1),
        w,
        np.moveaxis(convolved(x, w, (1, 1), padding, (2, 2)), -1, 1),
    )


def _known_filter(build, x, w, wanted):
    check(lambda x: build(x, tf.constant(w)), x, expected=lambda x: wanted, unknown_rank=False)
    with tf.Graph().as_default():
        places = tf.placeholder(tf.float64, x.shape), tf.placeholder(tf.float64, w.shape)
        check_gradient(build(*places), list(places), (x, w))


def test_convolution():
    for count, x, w in (
        (1, data(2, 7, 3), data(3, 3, 2, seed=1)),
        (2, data(2, 7, 6, 3), data(3, 2, 3, 2, seed=1)),
        (3, data(1, 4, 5, 4, 2), data(2, 3, 2, 2, 3, seed=1)),
    ):
        check(
            lambda x, w, n=count: conv.convolution(x, w, "SAME", [2] * n),
            x,
            w,
            expected=lambda x, w, n=count: convolved(x, w, (2,) * n, "SAME"),
            unknown_rank=False,
        )
    with tf.Graph().as_default():
        x = tf.zeros([1, 8, 8, 2])
        with pytest.raises(ValueError, match="not supported in conjunction"):
            conv.convolution(x, tf.zeros([3, 3, 2, 2]), "SAME", [2, 2], [2, 2])
        with pytest.raises(ValueError, match="dilation_rate"):
            conv.convolution(x, tf.zeros([3, 3, 2, 2]), "SAME", dilation_rate=[2, 2, 2])
        rate = tf.placeholder(tf.int32, [2])
        with pytest.raises(NotImplementedError, match="run time"):
            conv.convolution(x, tf.zeros([3, 3, 2, 2]), "SAME", dilation_rate=rate)


def test_separable_conv2d():
    x, d, p = data(1, 6, 5, 3), data(3, 3, 3, 2, seed=1), data(1, 1, 6, 4, seed=2)
    check(
        lambda x, d, p: by_channel.separable_conv2d(x, d, p, [1, 2, 2, 1], "SAME"),
        x,
        d,
        p,
        expected=lambda x, d, p: convolved(depthwise(x, d, (2, 2), "SAME"), p, (1, 1), "VALID"),
        unknown_rank=False,
    )
    check(
        lambda x: by_channel.separable_conv2d(
            x, tf.constant(d), tf.constant(p), [1, 1, 1, 1], "SAME", rate=[2, 2]
        ),
        x,
        unknown_rank=False,
        expected=lambda x: convolved(depthwise(x, d, (1, 1), "SAME", (2, 2)), p, (1, 1), "VALID"),
    )
    with tf.Graph().as_default(), pytest.raises(ValueError, match="not a multiple"):
        by_channel.separable_conv2d(
            tf.zeros([1, 4, 4, 2]),
            tf.zeros([3, 3, 2, 2]),
            tf.zeros([1, 1, 3, 2]),
            [1] * 4,
            "SAME",
        )


def test_bias_add():
    x = data(2, 3, 4)
    check(conv.bias_add, x, data(4), expected=lambda x, b: x + b)
    check(
        lambda x, b: conv.bias_add(x, b, "NCHW"),
        x,
        data(3),
        expected=lambda x, b: x + b[:, None],
    )
    assert value(lambda: conv.bias_add(tf.constant([[1, 2]]), [3, 4])).tolist() == [[4, 6]]
    with tf.Graph().as_default():
        for bias, options in (
            (tf.zeros([5]), {}),
            (tf.zeros([4, 1]), {}),
            (tf.zeros([4]), {"data_format": "HW"}),
        ):
            with pytest.raises(ValueError):
                conv.bias_add(tf.zeros([2, 3, 4]), bias, **options)


# Space to batch.


def test_space_to_batch():
    x = data(2, 4, 5, 3)
    block, paddings = [2, 3], [[1, 1], [0, 1]]
    check(
        lambda x: space_batch.space_to_batch_nd(x, block, paddings),
        x,
        expected=_space_to_batch(block, paddings),
    )
    check(
        lambda x: space_batch.batch_to_space_nd(
            space_batch.space_to_batch_nd(x, block, paddings), block, paddings
        ),
        x,
        expected=lambda x: x,
    )
    with tf.Graph().as_default(), pytest.raises(ValueError, match="divisible"):
        space_batch.space_to_batch_nd(tf.zeros([1, 3, 4, 1]), [2, 2], [[0, 0], [0, 0]])
    with tf.Graph().as_default(), pytest.raises(ValueError, match="divisible"):
        space_batch.batch_to_space_nd(tf.zeros([3, 3, 4, 1]), [2, 2], [[0, 0], [0, 0]])
    paddings, crops = value(
        lambda: space_batch.required_space_to_batch_paddings([7, 8], [2, 3], [[1, 1], [0, 0]])
    )
    assert paddings.tolist() == [[1, 2], [0, 1]]
    assert crops.tolist() == [[0, 1], [0, 1]]


def _space_to_batch(block, paddings):
    def moved(x):
        x = np.pad(x, [(0, 0), *paddings, (0, 0)])
        parts = [
            x[:, i :: block[0], j :: block[1]] for i in range(block[0]) for j in range(block[1])
        ]
        return np.concatenate(parts)

    return moved


# Pooling.

POOLS = [
    # image, window, strides
    ((2, 5, 6, 2), (2, 2), (2, 2)),
    ((1, 5, 6, 2), (3, 3), (2, 2)),
    ((1, 5, 5, 2), (2, 2), (1, 1)),
    ((1, 7, 6, 1), (3, 2), (1, 2)),
    ((1, 7, 9, 1), (4, 5), (1, 2)),
    ((1, 8, 8, 1), (1, 1), (2, 3)),
    ((1, 7, 8, 1), (2, 2), (3, 4)),
    ((1, 3, 3, 2), (5, 5), (1, 1)),
    ((1, 6, 5, 2), (4, 4), (2, 3)),
]


@pytest.mark.parametrize("padding", ["SAME", "VALID"])
@pytest.mark.parametrize("kind", ["MAX", "AVG"])
@pytest.mark.parametrize(("image", "window", "strides"), POOLS)
def test_pool2d(image, window, strides, kind, padding):
    if padding == "VALID" and window[0] > image[1]:
        return
    function = {"MAX": pooling.max_pool, "AVG": pooling.avg_pool}[kind]
    reference = lambda x: pooled(x, window, strides, padding, kind)  # noqa: E731
    x = data(*image)
    check(lambda x: function(x, window, strides, padding), x, expected=reference)
    check(
        lambda x: function(x, window, strides, padding, data_format="NCHW"),
        np.moveaxis(x, -1, 1),
        expected=first(reference),
    )


@pytest.mark.parametrize("padding", ["SAME", "VALID"])
@pytest.mark.parametrize("kind", ["MAX", "AVG"])
def test_pool_in_other_dimensions(kind, padding):
    x = data(1, 4, 5, 4, 2)
    function = {"MAX": pooling.max_pool3d, "AVG": pooling.avg_pool3d}[kind]
    check(
        lambda x: function(x, [1, 2, 3, 2, 1], [1, 2, 2, 1, 1], padding),
        x,
        expected=lambda x: pooled(x, (2, 3, 2), (2, 2, 1), padding, kind),
    )
    line = {"MAX": pooling.max_pool1d, "AVG": pooling.avg_pool1d}[kind]
    check(
        lambda x: line(x, 3, 2, padding),
        data(2, 8, 3),
        unknown_rank=False,
        expected=lambda x: pooled(x, (3,), (2,), padding, kind),
    )
    any_rank = {"MAX": pooling.max_pool_v2, "AVG": pooling.avg_pool_v2}[kind]
    for shape, count in (((1, 6, 2), 1), ((1, 6, 5, 2), 2), ((1, 6, 5, 4, 2), 3)):
        x = data(*shape)
        np.testing.assert_allclose(
            value(lambda x: any_rank(x, 2, 2, padding), x),
            pooled(x, (2,) * count, (2,) * count, padding, kind),
        )


def test_max_pool_gradient_of_equal_elements():
    # TF 1.15.5: m = tf.nn.max_pool(x, [1, 2, 2, 1], [1, 1, 1, 1], "SAME");
    # tf.gradients(m * tf.reshape(tf.range(1., 13.), m.shape), x)
    x = np.array([[1.0, 1, 0, 2], [3, 1, 3, 3], [0, 1, 2, 3]])[None, :, :, None]
    weights = np.arange(1.0, 13).reshape(1, 3, 4, 1)
    found = gradient_of(lambda x: pooling.max_pool(x, 2, 1, "SAME") * weights, x)
    assert found[0, :, :, 0].tolist() == [[0, 0, 0, 0], [6, 0, 18, 12], [0, 9, 10, 23]]


def test_max_pool_of_integers_and_channels():
    x = np.arange(32, dtype=np.int32).reshape(1, 4, 4, 2)
    assert value(lambda x: pooling.max_pool(x, 2, 2, "VALID"), x)[0, 0, 0].tolist() == [10, 11]
    check(
        lambda x: pooling.max_pool(x, [1, 1, 1, 2], [1, 1, 1, 2], "SAME"),
        data(2, 3, 3, 4),
        expected=lambda x: np.maximum(x[..., ::2], x[..., 1::2]),
        unknown_rank=False,
    )
    with tf.Graph().as_default():
        x = tf.zeros([2, 4, 4, 4])
        for y in (
            pooling.max_pool(x, [2, 1, 1, 1], [1, 1, 1, 1], "SAME"),
            pooling.max_pool(x, [1, 2, 1, 2], [1, 1, 1, 2], "SAME"),
            pooling.avg_pool(x, [1, 1, 1, 2], [1, 1, 1, 2], "SAME"),
        ):
            with pytest.raises(tf.errors.UnimplementedError):
                run(y)


def test_max_pool_with_argmax():
    # TF 1.15.5
    x = np.arange(32.0, dtype=np.float32).reshape(1, 4, 4, 2)
    values, places = value(
        lambda x: pooling.max_pool_with_argmax(x, [1, 2, 2, 1], [1, 2, 2, 1], "SAME"), x
    )
    assert places.dtype == np.int64
    assert places.ravel().tolist() == [10, 11, 14, 15, 26, 27, 30, 31]
    np.testing.assert_array_equal(values.ravel(), x.ravel()[places.ravel()])
    two = np.concatenate([x, x])
    _, places = value(
        lambda x: pooling.max_pool_with_argmax(
            x, [1, 3, 2, 1], [1, 1, 1, 1], "SAME", Targmax=tf.int32, include_batch_in_index=True
        ),
        two,
    )
    assert places.dtype == np.int32
    found, _ = value(
        lambda x: pooling.max_pool_with_argmax(x, [1, 3, 2, 1], [1, 1, 1, 1], "SAME"), two
    )
    np.testing.assert_array_equal(found, two.ravel()[places])


def test_pool():
    x = data(1, 7, 8, 2)
    check(
        lambda x: pooling.pool(x, [2, 3], "MAX", "SAME", strides=[2, 1]),
        x,
        expected=lambda x: pooled(x, (2, 3), (2, 1), "SAME", "MAX"),
        unknown_rank=False,
    )
    found = value(lambda x: pooling.pool(x, [2, 2], "AVG", "VALID", dilation_rate=[2, 2]), x)
    wanted = (x[:, :-2, :-2] + x[:, 2:, :-2] + x[:, :-2, 2:] + x[:, 2:, 2:]) / 4
    np.testing.assert_allclose(found, wanted)
    with tf.Graph().as_default():
        t = tf.constant(x)
        with pytest.raises(ValueError, match="FOO"):
            pooling.pool(t, [2, 2], "FOO", "SAME")
        with pytest.raises(ValueError, match="SAME padding"):
            pooling.pool(t, [2, 2], "AVG", "SAME", dilation_rate=[2, 2])


def test_pool_refuses():
    with tf.Graph().as_default():
        x = tf.zeros([2, 7, 8, 4])
        for function, options in (
            (pooling.max_pool, {"ksize": 9, "strides": 2, "padding": "VALID"}),
            (pooling.max_pool, {"ksize": 2, "strides": 2, "padding": "same"}),
            (pooling.avg_pool, {"ksize": 2, "strides": 2, "padding": "SAME", "input": x}),
            (pooling.avg_pool, {"ksize": 2, "strides": 0, "padding": "SAME"}),
            (pooling.max_pool3d, {"ksize": 2, "strides": 2, "padding": "SAME"}),
        ):
            with pytest.raises(ValueError):
                function(x, **options)


def test_graph():
    # TF 1.15.5's op.name and op.type.
    assert ops_of(lambda x, w: conv.conv1d(x, w, 2, "SAME"), [2, 7, 4], [3, 4, 5]) == [
        "conv1d/ExpandDims/dim Const",
        "conv1d/ExpandDims ExpandDims",
        "conv1d/ExpandDims_1/dim Const",
        "conv1d/ExpandDims_1 ExpandDims",
        "conv1d Conv2D",
        "conv1d/Squeeze Squeeze",
    ]
    assert ops_of(
        lambda x, w: conv.conv2d_transpose(x, w, [2, 6, 6, 5], 2), [2, 3, 3, 4], [3, 3, 5, 4]
    ) == ["conv2d_transpose/input_sizes Const", "conv2d_transpose Conv2DBackpropInput"]
    assert ops_of(
        lambda x, w: by_channel.depthwise_conv2d(x, w, [1] * 4, "SAME"), [2, 5, 5, 3], [3, 3, 3, 1]
    ) == [
        "depthwise/Shape Const",
        "depthwise/dilation_rate Const",
        "depthwise DepthwiseConv2dNative",
    ]
    assert ops_of(lambda x, w: conv.atrous_conv2d(x, w, 2, "SAME"), [2, 7, 8, 4], [3, 3, 4, 2]) == [
        f"convolution/{op}"
        for op in (
            "dilation_rate Const",
            "filter_shape Const",
            "stack Const",
            "required_space_to_batch_paddings/input_shape Const",
            "required_space_to_batch_paddings/paddings Const",
            "required_space_to_batch_paddings/crops Const",
            "SpaceToBatchND/block_shape Const",
            "SpaceToBatchND/paddings Const",
            "SpaceToBatchND SpaceToBatchND",
        )
    ] + [
        "convolution Conv2D",
        "convolution/BatchToSpaceND/block_shape Const",
        "convolution/BatchToSpaceND/crops Const",
        "convolution/BatchToSpaceND BatchToSpaceND",
    ]
    assert ops_of(lambda x: pooling.max_pool2d(x, 2, 2, "SAME"), [1, 4, 4, 1]) == [
        "MaxPool2d MaxPool"
    ]
    assert ops_of(lambda x: pooling.avg_pool1d(x, 2, 2, "SAME"), [1, 4, 1]) == [
        "AvgPool1D/ExpandDims/dim Const",
        "AvgPool1D/ExpandDims ExpandDims",
        "AvgPool1D AvgPool",
        "AvgPool1D/Squeeze Squeeze",
    ]
    assert ops_of(lambda x: conv.bias_add(x, [1.0]), [2, 1]) == [
        "BiasAdd/bias Const",
        "BiasAdd BiasAdd",
    ]


@pytest.mark.parametrize("depths", [(2, 1), (1, 2), (1, 1)])
def test_gradients_of_narrow_filters_in_float64(depths):
    random = np.random.RandomState(0)
    image, filter = random.randn(2, 5, 5, depths[0]), random.randn(3, 3, *depths)
    x, w = tf.constant(image), tf.constant(filter)
    y = tf.nn.conv2d(x, w, [1, 1, 1, 1], "VALID")
    up = tf.nn.conv2d_transpose(y, w, tf.shape(x), [1, 1, 1, 1], "VALID")
    with tf.Session() as session:
        for result in (y, up):
            found = session.run(tf.gradients(tf.reduce_sum(result * result), w)[0])
            for place in ((0, 0, 0, 0), (2, 1, depths[0] - 1, depths[1] - 1)):
                changed = []
                for change in (1e-4, -1e-4):
                    other = filter.copy()
                    other[place] += change
                    changed.append(np.sum(session.run(result, {w: other}) ** 2))
                slope = (changed[0] - changed[1]) / 2e-4
                np.testing.assert_allclose(found[place], slope, rtol=1e-4)
