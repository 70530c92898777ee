"""`tf.contrib.distributions.bijectors`: invertible maps with their log-determinants."""

from .affine import Affine, AffineLinearOperator
from .bijector import Bijector, ConditionalBijector
from .composed import Chain, Inline, Invert, TransformDiagonal
from .matrices import CholeskyOuterProduct, FillTriangular, MatrixInverseTriL, ScaleTriL
from .scalar import (
    AbsoluteValue,
    AffineScalar,
    Exp,
    Gumbel,
    Identity,
    Kumaraswamy,
    PowerTransform,
    Sigmoid,
    SinhArcsinh,
    Softplus,
    Softsign,
    Square,
)
from .vectors import Ordered, Permute, Reshape, SoftmaxCentered

__all__ = [
    "AbsoluteValue", "Affine", "AffineLinearOperator", "AffineScalar", "Bijector", "Chain",
    "CholeskyOuterProduct", "ConditionalBijector", "Exp", "FillTriangular", "Gumbel", "Identity",
    "Inline", "Invert", "Kumaraswamy", "MatrixInverseTriL", "Ordered", "Permute",
    "PowerTransform", "Reshape", "ScaleTriL", "Sigmoid", "SinhArcsinh", "SoftmaxCentered",
    "Softplus", "Softsign", "Square", "TransformDiagonal",
]  # fmt: skip
