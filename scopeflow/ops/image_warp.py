"""Images resampled at any places: projective transforms, warps; regions; matches of distances.

TensorFlow has these ops in tf.contrib.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from ..core import dtypes
from ..core.lazy_torch import made_once, torch
from ..core.op import ShapeError, op
from ..core.operation import Dims, Tensor
from ..core.shape_rules import merged_dim, rank_is
from ..core.static_value import static_value
from ..core.types import TypeSet
from .window import check_choice

_MOVED = TypeSet(
    dtypes.uint8, dtypes.int32, dtypes.int64, dtypes.float16, dtypes.float32, dtypes.float64
)
_FLOATS = TypeSet(dtypes.float16, dtypes.bfloat16, dtypes.float32, dtypes.float64)


def _read(images: Any, y: Any, x: Any) -> Any:
    """The pixels [batch, …, channels] at whole places [batch, …]; 0 outside."""
    rows, columns = images.shape[1:3]
    inside = (y >= 0) & (y < rows) & (x >= 0) & (x < columns)
    number = torch.arange(images.shape[0], device=images.device)
    number = number.reshape(-1, *[1] * (y.ndim - 1))
    found = images[number, y.clamp(0, rows - 1).long(), x.clamp(0, columns - 1).long()]
    return torch.where(inside.unsqueeze(-1), found, 0)


def _between(images: Any, y: Any, x: Any) -> Any:
    """The pixels at places [batch, …], linear between four neighbours; 0 outside."""
    top, left = y.detach().floor(), x.detach().floor()
    down, across = (y - top).unsqueeze(-1), (x - left).unsqueeze(-1)
    above = _read(images, top, left) * (1 - across) + _read(images, top, left + 1) * across
    below = _read(images, top + 1, left) * (1 - across) + _read(images, top + 1, left + 1) * across
    return above * (1 - down) + below * down


def _transformed_shape(
    images: Tensor, transforms: Tensor, output_shape: Tensor, *, interpolation: str
) -> Dims:
    text = interpolation.decode() if isinstance(interpolation, bytes) else interpolation
    check_choice("interpolation", text, "NEAREST", "BILINEAR")
    dims = rank_is(images, 4)
    width = rank_is(transforms, 2)[1]  # type: ignore[index]
    if width not in (8, None):
        raise ShapeError(f"Dimension must be 8 but is {width}")
    (count,) = rank_is(output_shape, 1)  # type: ignore[misc]
    if count not in (2, None):
        raise ShapeError(f"Dimension must be 2 but is {count}")
    size = static_value(output_shape)
    rows, columns = size if isinstance(size, tuple) else (None, None)
    assert dims is not None
    return dims[0], rows, columns, dims[3]


def _transformed(images: Any, transforms: Any, size: tuple, interpolation: str) -> Any:
    rows, columns = size
    y = torch.arange(rows, device=images.device, dtype=torch.float32)[None, :, None]
    x = torch.arange(columns, device=images.device, dtype=torch.float32)[None, None, :]
    a, b, c, d, e, f, g, h = (t[:, None, None] for t in transforms.unbind(1))
    scale = g * x + h * y + 1
    seen = scale != 0
    scale = torch.where(seen, scale, 1)
    far = torch.full((), -10.0, device=images.device)
    shape = (images.shape[0], rows, columns)
    from_x = torch.where(seen, (a * x + b * y + c) / scale, far).expand(shape)
    from_y = torch.where(seen, (d * x + e * y + f) / scale, far).expand(shape)
    # What lies far outside stays outside, but fits into an integer.
    most = float(max(images.shape[1:3]) + 10)
    from_x, from_y = from_x.clamp(-10, most), from_y.clamp(-10, most)
    if interpolation == "NEAREST":
        return _read(images, _rounded(from_y), _rounded(from_x))
    found = _between(images.to(torch.promote_types(images.dtype, torch.float32)), from_y, from_x)
    return found.to(images.dtype)


def _rounded(places: Any) -> Any:
    """The nearest whole numbers; halves go away from 0."""
    return torch.sign(places) * torch.floor(places.abs() + 0.5)


def inverted(transforms: Any) -> Any:
    """The transforms back."""
    rest = torch.ones_like(transforms[:, :1])
    matrices = torch.cat([transforms, rest], 1).reshape(-1, 3, 3)
    found = torch.linalg.inv(matrices).reshape(-1, 9)
    return (found / found[:, 8:])[:, :8]


@made_once
def _projection() -> Any:
    class Projection(torch.autograd.Function):
        """The gradient is the transform back of the gradient, as TensorFlow has it."""

        @staticmethod
        def forward(ctx, images, transforms, size, interpolation):
            ctx.save_for_backward(transforms)
            ctx.given = tuple(images.shape[1:3]), interpolation
            return _transformed(images, transforms, size, interpolation)

        @staticmethod
        def backward(ctx, gradient):
            (transforms,) = ctx.saved_tensors
            size, interpolation = ctx.given
            back = Projection.apply(gradient, inverted(transforms), size, interpolation)
            return back, None, None, None

    return Projection


@op(
    "dtype, float32, host int32 -> transformed_images: dtype",
    shape=_transformed_shape,
    dtype=_MOVED,
)
def ImageProjectiveTransformV2(images, transforms, output_shape, *, interpolation):
    """Images of which pixel (x, y) is the input's ((a x + b y + c) / k, (d x + e y + f) / k)."""
    if images.ndim != 4:
        raise ValueError(f"Input images must have rank 4, not {images.ndim}")
    if transforms.ndim != 2 or transforms.shape[1] != 8:
        raise ValueError(f"Input transform should be [batches, 8], not {list(transforms.shape)}")
    if transforms.shape[0] not in (1, images.shape[0]):
        raise ValueError(
            f"Input transform should be num_images x 8 or 1 x 8: {list(transforms.shape)}"
        )
    if min(output_shape) <= 0:
        raise ValueError(f"new height and width must be positive, not {list(output_shape)}")
    text = interpolation.decode() if isinstance(interpolation, bytes) else interpolation
    if not images.requires_grad:
        return _transformed(images, transforms, output_shape, text)
    return _projection().apply(images, transforms, output_shape, text)


def _resampled_shape(data: Tensor, warp: Tensor) -> Dims:
    dims, places = rank_is(data, 4), warp._dims
    assert dims is not None
    if places is None:
        return None
    if len(places) < 2 or places[-1] not in (2, None):
        raise ShapeError(f"warp should be at least a matrix, with two numbers a row: {warp.shape}")
    return merged_dim(dims[0], places[0]), *places[1:-1], dims[3]


@op("T, T -> output: T", shape=_resampled_shape, T=_FLOATS)
def Resampler(data, warp):
    """The pixels of images at places (x, y), linear between four neighbours; 0 outside."""
    if warp.shape[0] != data.shape[0]:
        raise ValueError(
            f"Batch size of data and warp tensor must be the same: {data.shape[0]} and "
            f"{warp.shape[0]}"
        )
    x, y = warp.unbind(-1)
    rows, columns = data.shape[1:3]
    seen = (x > -1) & (y > -1) & (x < columns) & (y < rows)
    x, y = torch.where(seen, x, 0), torch.where(seen, y, 0)
    return torch.where(seen.unsqueeze(-1), _between(data, y, x), 0)


# Regions.


def _regions_shape(image: Tensor) -> Dims:
    return rank_is(image, 3)


@op("dtype -> components: int32", shape=_regions_shape, differentiable=False)
def ImageConnectedComponents(image, *, device):
    """For each pixel the number of its region: neighbours of one value; 0 where the value is 0."""
    values = image if isinstance(image, np.ndarray) else image.cpu().numpy()
    empty = values == (b"" if values.dtype == object else 0)
    labels = np.arange(1, values.size + 1).reshape(values.shape)
    labels[empty] = 0
    same = []
    for axis in (1, 2):
        low = tuple(slice(None, -1) if i == axis else slice(None) for i in range(3))
        high = tuple(slice(1, None) if i == axis else slice(None) for i in range(3))
        same.append((low, high, (values[low] == values[high]) & ~empty[low]))
    while True:
        before = labels.copy()
        for low, high, alike in same:
            least = np.minimum(labels[low], labels[high])
            labels[low] = np.where(alike, least, labels[low])
            labels[high] = np.where(alike, np.minimum(least, labels[high]), labels[high])
        # The least number that a region's pixels have found leads on to that pixel's own.
        flat = np.concatenate([[0], labels.reshape(-1)])
        labels = flat[labels]
        if np.array_equal(before, labels):
            break
    _, found = np.unique(np.concatenate([[0], labels.reshape(-1)]), return_inverse=True)
    return torch.from_numpy(found[1:].reshape(values.shape).astype(np.int32)).to(device)


def _match_shape(distance_mat: Tensor, num_valid_rows: Tensor) -> list[Dims]:
    rows, columns = rank_is(distance_mat, 2)  # type: ignore[misc]
    rank_is(num_valid_rows, 0)
    return [(rows,), (columns,)]


@op(
    "float32, float32 -> row_to_col_match_indices: int32, col_to_row_match_indices: int32",
    shape=_match_shape,
    differentiable=False,
)
def BipartiteMatch(distance_mat, num_valid_rows, *, top_k=-1):
    """Rows and columns matched one by one, the least distance first; -1 where there is none."""
    rows, columns = distance_mat.shape
    valid = int(num_valid_rows)
    valid = rows if valid < 0 else min(valid, rows)
    distances = distance_mat.cpu().numpy()[:valid].astype(np.float64)
    to_column, to_row = np.full(rows, -1, np.int32), np.full(columns, -1, np.int32)
    most = min(valid, columns)
    for _ in range(most if top_k < 0 else min(top_k, most)):
        row, column = np.unravel_index(np.argmin(distances), distances.shape)
        to_column[row], to_row[column] = column, row
        distances[row, :] = distances[:, column] = np.inf
    device = distance_mat.device
    return torch.from_numpy(to_column).to(device), torch.from_numpy(to_row).to(device)
