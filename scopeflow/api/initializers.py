"""`tf.initializers`."""

from ..ops.lookup_tables import tables_initializer
from ..scopes.collections import global_variables_initializer as global_variables
from ..scopes.collections import local_variables_initializer as local_variables
from ..scopes.collections import variables_initializer as variables
from ..scopes.initializers import Constant as constant
from ..scopes.initializers import GlorotNormal as glorot_normal
from ..scopes.initializers import GlorotUniform as glorot_uniform
from ..scopes.initializers import Identity as identity
from ..scopes.initializers import Ones as ones
from ..scopes.initializers import Orthogonal as orthogonal
from ..scopes.initializers import RandomNormal as random_normal
from ..scopes.initializers import RandomUniform as random_uniform
from ..scopes.initializers import TruncatedNormal as truncated_normal
from ..scopes.initializers import UniformUnitScaling as uniform_unit_scaling
from ..scopes.initializers import VarianceScaling as variance_scaling
from ..scopes.initializers import Zeros as zeros
from ..scopes.initializers import he_normal, he_uniform, lecun_normal, lecun_uniform

__all__ = [name for name in dir() if not name.startswith("_")]
