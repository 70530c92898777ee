"""`tf.linalg`."""

from ..core.lazy_names import lazy_names as _lazy_names
from ..ops.clip import global_norm
from ..ops.decompositions import adjoint, cholesky, cholesky_solve, logdet, slogdet, svd
from ..ops.decompositions import matrix_determinant as det
from ..ops.decompositions import matrix_inverse as inv
from ..ops.decompositions import matrix_solve as solve
from ..ops.decompositions import matrix_triangular_solve as triangular_solve
from ..ops.decompositions import self_adjoint_eig as eigh
from ..ops.decompositions import self_adjoint_eigvals as eigvalsh
from ..ops.linalg import diag as tensor_diag
from ..ops.linalg import diag_part as tensor_diag_part
from ..ops.linalg import eye, matrix_transpose, qr
from ..ops.linalg import matrix_diag as diag
from ..ops.linalg import matrix_diag_part as diag_part
from ..ops.linalg import matrix_set_diag as set_diag
from ..ops.linalg import matrix_transpose as transpose
from ..ops.math import matmul
from ..ops.matmul import matvec
from ..ops.matrix_functions import expm, logm, lu, tridiagonal_matmul, tridiagonal_solve
from ..ops.matrix_functions import matrix_solve_ls as lstsq
from ..ops.matrix_functions import matrix_square_root as sqrtm
from ..ops.norm import norm, normalize
from ..ops.normalization import l2_normalize
from ..ops.products import cross, einsum, tensordot, trace
from ..ops.products import matrix_band_part as band_part

_OPERATORS = (
    "LinearOperator", "LinearOperatorAdjoint", "LinearOperatorDiag", "LinearOperatorFullMatrix",
    "LinearOperatorIdentity", "LinearOperatorInversion", "LinearOperatorLowerTriangular",
    "LinearOperatorScaledIdentity",
)  # fmt: skip
# Built on the public interface: imported at the first use.
__getattr__, __dir__ = _lazy_names(globals(), dict.fromkeys(_OPERATORS, "..linear_operators"))

__all__ = [name for name in __dir__() if not name.startswith("_")]
