"""The public convolutions."""

from __future__ import annotations

from typing import Any

from ..core.convert import convert_to_tensor
from ..core.graph import name_scope
from ..core.operation import Tensor
from ..core.static_value import constant_value
from .array import _one_of, expand_dims, shape, squeeze
from .conv import (
    BiasAdd,
    Conv2D,
    Conv2DBackpropInput,
    Conv3D,
    Conv3DBackpropInputV2,
)
from .joining import concat
from .space_batch import dilated
from .window import per_dimension


def _padding(padding: Any) -> tuple[Any, tuple[int, ...]]:
    """The op's attributes `padding` and `explicit_paddings`."""
    if not isinstance(padding, list | tuple):
        return padding, ()
    if len(padding) != 4:
        raise ValueError(
            f"When padding is a list, it must be of size 4. Got padding of size: {len(padding)}"
        )
    if any(len(pair) != 2 for pair in padding):
        raise ValueError(f"Each element of padding must be a list of size 2. Got: {padding}")
    return "EXPLICIT", tuple(int(edge) for pair in padding for edge in pair)


def conv2d(
    input: Any,
    filter: Any = None,
    strides: Any = None,
    padding: Any = None,
    use_cudnn_on_gpu: bool = True,
    data_format: str = "NHWC",
    dilations: Any = [1, 1, 1, 1],  # noqa: B006
    name: str | None = None,
    filters: Any = None,
) -> Tensor:
    """The 2-D convolution of `input` [batch, height, width, in] with `filter` [h, w, in, out].

    out[b, i, j, k] = Σ input[b, s·i + di, s·j + dj, q] · filter[di, dj, q, k].

    `strides` and `dilations`: an int, two (space) or four (all dimensions). `padding`: "VALID"
    (none), "SAME" (ceil(size / stride) windows, the odd row at the end), or four pairs of numbers.
    `data_format` "NCHW" puts the channels second. Where `in` of the filter divides that of the
    input, channels are convolved in groups. `filters` is another name of `filter`;
    `use_cudnn_on_gpu` changes no result. Raises ValueError for shapes that do not fit.

    >>> import scopeflow as tf
    >>> tf.nn.conv2d(tf.zeros([1, 5, 5, 3]), tf.zeros([3, 3, 3, 8]), 2, "SAME").shape.as_list()
    [1, 3, 3, 8]
    """
    filter = _one_of("filters", filters, "filter", filter)
    padding, explicit = _padding(padding)
    data_format = data_format or "NHWC"
    return Conv2D(
        input,
        filter,
        strides=per_dimension(strides, 2, data_format, "strides"),
        padding=padding,
        use_cudnn_on_gpu=use_cudnn_on_gpu,
        explicit_paddings=explicit,
        data_format=data_format,
        dilations=per_dimension(dilations, 2, data_format, "dilations"),
        name=name,
    )


def conv2d_backprop_input(
    input_sizes: Any,
    filter: Any = None,
    out_backprop: Any = None,
    strides: Any = None,
    padding: Any = None,
    use_cudnn_on_gpu: bool = True,
    data_format: str = "NHWC",
    dilations: Any = [1, 1, 1, 1],  # noqa: B006
    name: str | None = None,
    filters: Any = None,
) -> Tensor:
    """The gradient of `tf.nn.conv2d` with respect to an input of shape `input_sizes`.

    `out_backprop` is the gradient of the convolution's result; the others as there.
    """
    filter = _one_of("filters", filters, "filter", filter)
    padding, explicit = _padding(padding)
    return Conv2DBackpropInput(
        input_sizes,
        filter,
        out_backprop,
        padding=padding,
        use_cudnn_on_gpu=use_cudnn_on_gpu,
        strides=per_dimension(strides, 2, data_format, "strides"),
        explicit_paddings=explicit,
        data_format=data_format,
        name=name,
        dilations=per_dimension(dilations, 2, data_format, "dilations"),
    )


def conv2d_transpose(
    value: Any = None,
    filter: Any = None,
    output_shape: Any = None,
    strides: Any = None,
    padding: Any = "SAME",
    data_format: str = "NHWC",
    name: str | None = None,
    input: Any = None,
    filters: Any = None,
    dilations: Any = None,
) -> Tensor:
    """The transpose (gradient) of `tf.nn.conv2d`: `value` [batch, h, w, in] to `output_shape`.

    `filter` is [height, width, out, in]; `padding` is "SAME" or "VALID". `output_shape` is a list
    or a tensor. `input` and `filters` are other names of `value` and `filter`. Raises ValueError
    for shapes that do not fit, while running where they are known only then.
    """
    value = _one_of("input", input, "value", value)
    filter = _one_of("filters", filters, "filter", filter)
    with name_scope(name, "conv2d_transpose", [value, filter, output_shape]) as scope:
        data_format = data_format or "NHWC"
        return Conv2DBackpropInput(
            output_shape,
            filter,
            value,
            padding=padding,
            data_format=data_format,
            name=scope,
            strides=per_dimension(strides, 2, data_format, "strides"),
            dilations=per_dimension(dilations, 2, data_format, "dilations"),
        )


def _line_format(data_format: str | None) -> tuple[str, int]:
    """The image format of one-dimensional data, and where its height of 1 stands."""
    if data_format in (None, "NHWC", "NWC"):
        return "NHWC", 1
    if data_format in ("NCHW", "NCW"):
        return "NCHW", 2
    raise ValueError('data_format must be "NWC" or "NCW".')


def _line(value: Any, data_format: str, name: str) -> list[int]:
    """Strides or dilations of one-dimensional data for an image of height 1."""
    full = per_dimension(value, 1, data_format, name)
    at = 1 if data_format[-1] == "C" else 2
    return [*full[:at], 1, *full[at:]]


def conv1d(
    value: Any = None,
    filters: Any = None,
    stride: Any = None,
    padding: Any = None,
    use_cudnn_on_gpu: bool | None = None,
    data_format: str | None = None,
    name: str | None = None,
    input: Any = None,
    dilations: Any = None,
) -> Tensor:
    """The 1-D convolution of `value` [batch, width, in] with `filters` [width, in, out].

    `data_format` is "NWC" or "NCW", `input` another name of `value`; the others as in
    `tf.nn.conv2d`, which does the work.
    """
    value = _one_of("input", input, "value", value)
    with name_scope(name, "conv1d", [value, filters]) as scope:
        data_format, at = _line_format(data_format)
        image = expand_dims(value, at)
        found = conv2d(
            image,
            expand_dims(filters, 0),
            _line(stride, data_format, "stride"),
            padding,
            use_cudnn_on_gpu is not False,
            data_format,
            _line(dilations, data_format, "dilations"),
            name=scope,
        )
        return squeeze(found, [at])


def conv1d_transpose(
    input: Any,
    filters: Any,
    output_shape: Any,
    strides: Any,
    padding: str = "SAME",
    data_format: str = "NWC",
    dilations: Any = None,
    name: str | None = None,
) -> Tensor:
    """The transpose (gradient) of `tf.nn.conv1d`: `input` [batch, w, in] to `output_shape`.

    `filters` is [width, out, in].
    """
    with name_scope(name, "conv1d_transpose", [input, filters, output_shape]) as scope:
        data_format, at = _line_format(data_format)
        image, kernel = expand_dims(input, at), expand_dims(filters, 0)
        sizes = list(output_shape) if isinstance(output_shape, tuple) else output_shape
        found = Conv2DBackpropInput(
            concat([sizes[:at], [1], sizes[at:]], axis=0),
            kernel,
            image,
            padding=padding,
            strides=_line(strides, data_format, "strides"),
            data_format=data_format,
            dilations=_line(dilations, data_format, "dilations"),
            name=scope,
        )
        return squeeze(found, [at])


def conv3d(
    input: Any,
    filter: Any = None,
    strides: Any = None,
    padding: Any = None,
    data_format: str = "NDHWC",
    dilations: Any = [1, 1, 1, 1, 1],  # noqa: B006
    name: str | None = None,
    filters: Any = None,
) -> Tensor:
    """The 3-D convolution of `input` [batch, depth, height, width, in] with [d, h, w, in, out].

    `data_format` is "NDHWC" or "NCDHW"; the others as in `tf.nn.conv2d`.
    """
    filter = _one_of("filters", filters, "filter", filter)
    return Conv3D(
        input,
        filter,
        strides=per_dimension(strides, 3, data_format, "strides"),
        padding=padding,
        data_format=data_format,
        dilations=per_dimension(dilations, 3, data_format, "dilations"),
        name=name,
    )


def conv3d_transpose(
    value: Any,
    filter: Any = None,
    output_shape: Any = None,
    strides: Any = None,
    padding: str = "SAME",
    data_format: str = "NDHWC",
    name: str | None = None,
    input: Any = None,
    filters: Any = None,
    dilations: Any = None,
) -> Tensor:
    """The transpose (gradient) of `tf.nn.conv3d`; arguments as `tf.nn.conv2d_transpose`."""
    value = _one_of("input", input, "value", value)
    filter = _one_of("filters", filters, "filter", filter)
    with name_scope(name, "conv3d_transpose", [value, filter, output_shape]) as scope:
        data_format = data_format or "NDHWC"
        return Conv3DBackpropInputV2(
            output_shape,
            filter,
            value,
            padding=padding,
            data_format=data_format,
            name=scope,
            strides=per_dimension(strides, 3, data_format, "strides"),
            dilations=per_dimension(dilations, 3, data_format, "dilations"),
        )


def conv_transpose(
    input: Any,
    filters: Any,
    output_shape: Any,
    strides: Any,
    padding: str = "SAME",
    data_format: str | None = None,
    dilations: Any = None,
    name: str | None = None,
) -> Tensor:
    """`tf.nn.conv1d_transpose`, conv2d_… or conv3d_…, by the length of `output_shape`."""
    with name_scope(name, "conv_transpose", [input, filters, output_shape]) as scope:
        length = output_shape.shape[0].value if isinstance(output_shape, Tensor) else None
        space = (len(output_shape) if length is None else length) - 2
        if not 1 <= space <= 3:
            raise ValueError(f"output_shape must have 3, 4 or 5 elements, but has {space + 2}")
        default = ("NWC", "NHWC", "NDHWC")[space - 1]
        function = (conv1d_transpose, conv2d_transpose, conv3d_transpose)[space - 1]
        return function(
            input,
            filters,
            output_shape,
            strides,
            padding=padding,
            dilations=dilations,
            data_format=data_format or default,
            name=scope,
        )


def convolution(
    input: Any,
    filter: Any,
    padding: str,
    strides: Any = None,
    dilation_rate: Any = None,
    name: str | None = None,
    data_format: str | None = None,
    filters: Any = None,
    dilations: Any = None,
) -> Tensor:
    """The convolution in as many dimensions (1 to 3) as `filter` [..., in, out] has.

    `strides` and `dilation_rate` (other name: `dilations`) have an element for each; only one of
    them may be above 1. `data_format` None or "N...C": channels last; "NC...": second.
    """
    filter = _one_of("filters", filters, "filter", filter)
    dilation_rate = _one_of("dilations", dilations, "dilation_rate", dilation_rate)
    with name_scope(name, "convolution", [input, filter]) as scope:
        input = convert_to_tensor(input, name="input")
        filter = convert_to_tensor(filter, name="filter")
        ranks = [len(t._dims) for t in (input, filter) if t._dims is not None]
        if not ranks:
            raise ValueError("The rank of input or filter must be known statically")
        space = ranks[0] - 2
        if len(set(ranks)) > 1:
            raise ValueError(f"input and filter have different ranks: {ranks[0]} and {ranks[1]}")
        if not 1 <= space <= 3:
            raise ValueError(
                f"num_spatial_dims (input.shape.ndims - 2) must be one of [1, 2, 3], but saw "
                f"num_spatial_dims={space}."
            )
        strides = _for_space(strides, space, "strides")
        rates = _for_space(dilation_rate, space, "dilation_rate")
        if max(strides) > 1 and max(rates) > 1:
            raise ValueError("strides > 1 not supported in conjunction with dilation_rate > 1")
        first = data_format is not None and data_format.startswith("NC")

        def build(data: Tensor, padding: Any) -> Tensor:
            if space == 1:
                return conv1d(
                    data,
                    filter,
                    strides[0],
                    padding,
                    data_format="NCW" if first else "NWC",
                    name=scope,
                )
            chosen = (("NHWC", "NCHW"), ("NDHWC", "NCDHW"))[space - 2][first]
            function = (Conv2D, Conv3D)[space - 2]
            return function(
                data,
                filter,
                strides=per_dimension(strides, space, chosen, "strides"),
                padding=padding,
                data_format=chosen,
                name=scope,
            )

        if max(rates) == 1:
            return build(input, padding)
        axes = range(2, space + 2) if first else range(1, space + 1)
        filter_shape = lambda: convert_to_tensor(  # noqa: E731
            filter.shape if filter.shape.is_fully_defined() else shape(filter), name="filter_shape"
        )
        return dilated(input, rates, padding, build, filter_shape, tuple(axes))


def _for_space(value: Any, count: int, name: str) -> list[int]:
    """One positive int for each spatial dimension, 1 where None."""
    if value is None:
        return [1] * count
    if isinstance(value, Tensor):
        value = constant_value(value)
        if value is None:
            raise NotImplementedError(
                f"tf.nn.convolution with {name} that is only known at run time is not supported: "
                "pass Python numbers"
            )
    items = [int(item) for item in value] if hasattr(value, "__iter__") else [int(value)]
    if len(items) == 1:
        items = items * count
    if len(items) != count:
        raise ValueError(f"len({name})={len(items)} but should be {count}")
    if min(items) < 1:
        raise ValueError(f"all values of {name} must be positive")
    return items


def atrous_conv2d(
    value: Any, filters: Any, rate: int, padding: str, name: str | None = None
) -> Tensor:
    """`tf.nn.convolution` of an image with a window that takes every `rate`-th pixel."""
    return convolution(value, filters, padding, dilation_rate=[rate, rate], name=name)


def bias_add(
    value: Any, bias: Any, data_format: str | None = None, name: str | None = None
) -> Tensor:
    """`value` + the vector `bias`, along the last dimension or ("NC...") the second."""
    with name_scope(name, "BiasAdd", [value, bias]) as scope:
        chosen = "NHWC"
        if data_format is not None:
            if data_format.startswith("NC"):
                chosen = "NCHW"
            elif not (data_format.startswith("N") and data_format.endswith("C")):
                raise ValueError("data_format must be of the form `N...C` or `NC...`")
        value = convert_to_tensor(value, name="input")
        bias = convert_to_tensor(bias, dtype=value.dtype.base_dtype, name="bias")
        return BiasAdd(value, bias, data_format=chosen, name=scope)
