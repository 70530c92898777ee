"""Linear operators: `tf.linalg.LinearOperator` and the kinds of it that programs use."""

from .base import LinearOperator as LinearOperator
from .derived import LinearOperatorAdjoint as LinearOperatorAdjoint
from .derived import LinearOperatorInversion as LinearOperatorInversion
from .diagonal import LinearOperatorDiag as LinearOperatorDiag
from .diagonal import LinearOperatorIdentity as LinearOperatorIdentity
from .diagonal import LinearOperatorScaledIdentity as LinearOperatorScaledIdentity
from .matrices import LinearOperatorFullMatrix as LinearOperatorFullMatrix
from .matrices import LinearOperatorLowerTriangular as LinearOperatorLowerTriangular

__all__ = [
    "LinearOperator", "LinearOperatorAdjoint", "LinearOperatorDiag", "LinearOperatorFullMatrix",
    "LinearOperatorIdentity", "LinearOperatorInversion", "LinearOperatorLowerTriangular",
    "LinearOperatorScaledIdentity",
]  # fmt: skip
