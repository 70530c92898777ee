"""`tf.contrib.framework`: default arguments, variables and checkpoints of models."""

from __future__ import annotations

import scopeflow as tf

from . import nest
from .arguments import (
    add_arg_scope,
    arg_scope,
    arg_scoped_arguments,
    current_arg_scope,
    has_arg_scope,
)
from .checkpoints import (
    assign_from_checkpoint,
    assign_from_checkpoint_fn,
    assign_from_values,
    assign_from_values_fn,
    init_from_checkpoint,
    list_variables,
    load_checkpoint,
    load_variable,
)
from .convolutional_initializers import (
    ConvolutionDeltaOrthogonal as convolutional_delta_orthogonal,
)
from .convolutional_initializers import (
    ConvolutionOrthogonal1D as convolutional_orthogonal_1d,
)
from .convolutional_initializers import (
    ConvolutionOrthogonal2D as convolutional_orthogonal_2d,
)
from .convolutional_initializers import (
    ConvolutionOrthogonal3D as convolutional_orthogonal_3d,
)
from .deprecation import deprecated, deprecated_arg_values, deprecated_args
from .steps import (
    assert_global_step,
    assert_or_get_global_step,
    create_global_step,
    get_global_step,
    get_or_create_global_step,
)
from .tensors import (
    assert_scalar,
    assert_scalar_int,
    get_graph_from_inputs,
    get_name_scope,
    get_placeholders,
    is_tensor,
    prepend_name_scope,
    reduce_sum_n,
    smart_cond,
    smart_constant_value,
    strip_name_scope,
    with_same_shape,
    with_shape,
)
from .variables import (
    VariableDeviceChooser,
    add_model_variable,
    filter_variables,
    get_local_variables,
    get_model_variables,
    get_trainable_variables,
    get_unique_variable,
    get_variable_full_name,
    get_variables,
    get_variables_by_name,
    get_variables_by_suffix,
    get_variables_to_restore,
    global_variable,
    local_variable,
    model_variable,
    variable,
    zero_initializer,
)

TensorSpec = tf.TensorSpec
argsort = tf.argsort
assert_same_float_dtype = tf.assert_same_float_dtype
convert_to_tensor_or_sparse_tensor = tf.convert_to_tensor_or_sparse_tensor
sort = tf.sort

# `nest` is there, too: a module, like the files that are not named.
_FILES = (
    "annotations",
    "arguments",
    "checkpoints",
    "convolutional_initializers",
    "deprecation",
    "nest",
    "steps",
    "tensors",
    "tf",
)
__all__ = [name for name in dir() if name[0] != "_" and name not in (*_FILES, "variables")]
