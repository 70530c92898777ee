"""scopeflow: TensorFlow 1's variable scopes, graphs and sessions on PyTorch.

import scopeflow as tf
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

from .api import (
    bitwise,
    compat,
    debugging,
    dtypes,
    errors,
    image,
    initializers,
    linalg,
    logging,
    lookup,
    manip,
    math,
    namespaces,
    nest,
    nn,
    quantization,
    random,
    raw_ops,
    sets,
    sparse,
    strings,
    version,
)
from .api.compat import (
    control_flow_v2_enabled,
    disable_control_flow_v2,
    disable_eager_execution,
    disable_tensor_equality,
    disable_v2_behavior,
    disable_v2_tensorshape,
    enable_control_flow_v2,
    enable_eager_execution,
    enable_tensor_equality,
    enable_v2_behavior,
    enable_v2_tensorshape,
    executing_eagerly,
)
from .api.version import (
    COMPILER_VERSION,
    GIT_VERSION,
    GRAPH_DEF_VERSION,
    GRAPH_DEF_VERSION_MIN_CONSUMER,
    GRAPH_DEF_VERSION_MIN_PRODUCER,
    VERSION,
)
from .core.context import get_default_graph, get_default_session, reset_default_graph
from .core.convert import convert_to_tensor, register_tensor_conversion_function
from .core.device import DeviceSpec
from .core.dtypes import (
    QUANTIZED_DTYPES,
    DType,
    as_dtype,
    bfloat16,
    bool,
    complex64,
    complex128,
    double,
    float16,
    float32,
    float64,
    half,
    int8,
    int16,
    int32,
    int64,
    qint8,
    qint16,
    qint32,
    quint8,
    quint16,
    resource,
    string,
    uint8,
    uint16,
    uint32,
    uint64,
    variant,
)
from .core.errors import (
    OpError,
)
from .core.graph import Graph, name_scope
from .core.graph_keys import GraphKeys
from .core.indexed_slices import (
    IndexedSlices,
    IndexedSlicesValue,
    convert_to_tensor_or_indexed_slices,
)
from .core.lazy_names import lazy_names
from .core.operation import Operation, Tensor
from .core.sparse_tensor import (
    SparseTensor,
    SparseTensorValue,
    convert_to_tensor_or_sparse_tensor,
)
from .core.tensor_shape import Dimension, TensorShape, dimension_at_index, dimension_value
from .core.tensor_spec import (
    SparseTensorSpec,
    TensorSpec,
    TypeSpec,
)
from .ops.array import (
    expand_dims,
    identity,
    is_tensor,
    no_op,
    placeholder,
    placeholder_with_default,
    rank,
    reshape,
    shape,
    shape_n,
    size,
    squeeze,
    stop_gradient,
    transpose,
)
from .ops.broadcasting import broadcast_to
from .ops.case import case, switch_case
from .ops.checks import (
    Assert,
    assert_equal,
    assert_greater,
    assert_greater_equal,
    assert_less,
    assert_less_equal,
    assert_near,
    assert_negative,
    assert_non_negative,
    assert_non_positive,
    assert_none_equal,
    assert_positive,
    is_non_decreasing,
    is_numeric_tensor,
    is_strictly_increasing,
)
from .ops.clip import (
    clip_by_average_norm,
    clip_by_global_norm,
    clip_by_norm,
    clip_by_value,
    global_norm,
)
from .ops.compare import (
    equal,
    greater,
    greater_equal,
    is_finite,
    is_inf,
    is_nan,
    less,
    less_equal,
    logical_and,
    logical_not,
    logical_or,
    logical_xor,
    not_equal,
)
from .ops.constant import constant
from .ops.control_flow import cond, control_dependencies, group
from .ops.control_flow import tuple_ as tuple
from .ops.conversions import (
    bitcast,
    saturate_cast,
    to_bfloat16,
    to_complex64,
    to_complex128,
    to_double,
    to_float,
    to_int32,
    to_int64,
)
from .ops.counting import (
    bincount,
    confusion_matrix,
    histogram_fixed_width,
    histogram_fixed_width_bins,
    searchsorted,
    setdiff1d,
    unique_with_counts,
)
from .ops.decode import decode_csv, decode_json_example, decode_raw
from .ops.decompositions import (
    cholesky,
    cholesky_solve,
    matrix_determinant,
    matrix_inverse,
    matrix_solve,
    matrix_triangular_solve,
    self_adjoint_eig,
    self_adjoint_eigvals,
    svd,
)
from .ops.edit_distance import edit_distance
from .ops.embedding import dynamic_partition, dynamic_stitch
from .ops.fake_quant import (
    fake_quant_with_min_max_args,
    fake_quant_with_min_max_vars,
    fake_quant_with_min_max_vars_per_channel,
)
from .ops.filling import fill, ones, ones_like, zeros, zeros_like
from .ops.fourier import fft, fft2d, fft3d, ifft, ifft2d, ifft3d
from .ops.functional import foldl, foldr, map_fn, scan, vectorized_map
from .ops.gathering import (
    boolean_mask,
    gather,
    gather_nd,
    one_hot,
    where,
    where_v2,
)
from .ops.gradient_override import (
    NotDifferentiable,
    RegisterGradient,
    custom_gradient,
    grad_pass_through,
    recompute_grad,
)
from .ops.gradient_override import NotDifferentiable as NoGradient
from .ops.gradient_override import NotDifferentiable as no_gradient
from .ops.gradients import AggregationMethod, UnconnectedGradients, gradients, hessians
from .ops.identities import guarantee_const, identity_n
from .ops.joining import concat, split, stack, tile, unstack
from .ops.linalg import (
    diag,
    diag_part,
    eye,
    matrix_diag,
    matrix_diag_part,
    matrix_set_diag,
    matrix_transpose,
    qr,
)
from .ops.lookup_tables import initialize_all_tables, tables_initializer
from .ops.math import (
    abs,
    acos,
    acosh,
    add,
    add_n,
    asin,
    asinh,
    atan,
    atan2,
    atanh,
    cast,
    ceil,
    conj,
    cos,
    cosh,
    digamma,
    div,
    div_no_nan,
    divide,
    erf,
    erfc,
    exp,
    expm1,
    floor,
    floor_div,
    floordiv,
    floormod,
    lgamma,
    log,
    log1p,
    matmul,
    maximum,
    minimum,
    mod,
    multiply,
    negative,
    pow,
    realdiv,
    reciprocal,
    rint,
    round,
    rsqrt,
    sigmoid,
    sign,
    sin,
    sinh,
    sqrt,
    square,
    squared_difference,
    subtract,
    tan,
    tanh,
    truediv,
    truncatediv,
    truncatemod,
)
from .ops.matrix_functions import (
    matrix_solve_ls,
    matrix_square_root,
)
from .ops.nn import log_sigmoid
from .ops.norm import norm
from .ops.odds import (
    broadcast_dynamic_shape,
    get_static_value,
    init_scope,
    op_scope,
    parallel_stack,
    timestamp,
)
from .ops.padding import pad
from .ops.parsing import (
    FixedLenFeature,
    FixedLenSequenceFeature,
    SparseFeature,
    VarLenFeature,
    parse_example,
    parse_single_example,
    parse_single_sequence_example,
)
from .ops.positions import arg_max, arg_min, argmax, argmin
from .ops.print_v2 import print_ as print
from .ops.printing import Print, add_check_numerics_ops, check_numerics, verify_tensor_all_finite
from .ops.products import (
    accumulate_n,
    angle,
    complex,
    cross,
    einsum,
    imag,
    matrix_band_part,
    real,
    scalar_mul,
    tensordot,
    trace,
)
from .ops.random import (
    get_seed,
    multinomial,
    random_crop,
    random_normal,
    random_shuffle,
    random_uniform,
    set_random_seed,
    truncated_normal,
)
from .ops.random_gamma import random_gamma, random_poisson
from .ops.ranges import lin_space, linspace, range, reverse, reverse_v2
from .ops.rearrange import (
    depth_to_space,
    extract_image_patches,
    meshgrid,
    reverse_sequence,
    sequence_mask,
    space_to_depth,
)
from .ops.reduce import (
    count_nonzero,
    reduce_all,
    reduce_any,
    reduce_logsumexp,
    reduce_max,
    reduce_mean,
    reduce_min,
    reduce_prod,
    reduce_sum,
)
from .ops.regex import regex_replace
from .ops.repeating import repeat
from .ops.running_totals import cumprod, cumsum
from .ops.scatter import (
    batch_gather,
    invert_permutation,
    scatter_nd,
    tensor_scatter_add,
    tensor_scatter_sub,
    tensor_scatter_update,
)
from .ops.scatter import tensor_scatter_add as tensor_scatter_nd_add
from .ops.scatter import tensor_scatter_sub as tensor_scatter_nd_sub
from .ops.scatter import tensor_scatter_update as tensor_scatter_nd_update
from .ops.script import numpy_function, py_func, py_function
from .ops.segment import (
    segment_max,
    segment_mean,
    segment_min,
    segment_prod,
    segment_sum,
    sparse_segment_mean,
    sparse_segment_sqrt_n,
    sparse_segment_sum,
    unsorted_segment_max,
    unsorted_segment_mean,
    unsorted_segment_min,
    unsorted_segment_prod,
    unsorted_segment_sqrt_n,
    unsorted_segment_sum,
)
from .ops.serializing import (
    decode_compressed,
    deserialize_many_sparse,
    parse_tensor,
    serialize_many_sparse,
    serialize_sparse,
    serialize_tensor,
)
from .ops.session_tensors import (
    delete_session_tensor,
    get_session_handle,
    get_session_tensor,
)
from .ops.slicing import broadcast_static_shape, newaxis, slice, strided_slice
from .ops.sorting import (
    argsort,
    roll,
    sort,
    unravel_index,
)
from .ops.space_batch import (
    batch_to_space,
    batch_to_space_nd,
    required_space_to_batch_paddings,
    space_to_batch,
    space_to_batch_nd,
)
from .ops.sparse_cross import fingerprint
from .ops.sparse_dense import (
    sparse_matmul,
    sparse_tensor_dense_matmul,
    sparse_tensor_to_dense,
    sparse_to_dense,
    sparse_to_indicator,
)
from .ops.sparse_join import (
    sparse_concat,
    sparse_fill_empty_rows,
    sparse_mask,
    sparse_merge,
    sparse_retain,
    sparse_slice,
    sparse_split,
)
from .ops.sparse_math import (
    sparse_add,
    sparse_maximum,
    sparse_minimum,
    sparse_reduce_max,
    sparse_reduce_max_sparse,
    sparse_reduce_sum,
    sparse_reduce_sum_sparse,
    sparse_softmax,
)
from .ops.sparse_shape import (
    sparse_placeholder,
    sparse_reorder,
    sparse_reset_shape,
    sparse_reshape,
    sparse_transpose,
)
from .ops.special import betainc, igamma, igammac, lbeta, polygamma, zeta
from .ops.state import assign, assign_add, assign_sub, count_up_to
from .ops.state_scatter import (
    batch_scatter_update,
    scatter_add,
    scatter_div,
    scatter_max,
    scatter_min,
    scatter_mul,
    scatter_nd_add,
    scatter_nd_sub,
    scatter_nd_update,
    scatter_sub,
    scatter_update,
)
from .ops.string_numbers import (
    as_string,
    decode_base64,
    encode_base64,
    string_to_hash_bucket,
    string_to_hash_bucket_fast,
    string_to_hash_bucket_strong,
    string_to_number,
)
from .ops.strings import reduce_join, string_join, string_split, string_strip, substr
from .ops.tensor_array import TensorArray
from .ops.type_checks import (
    assert_integer,
    assert_proper_iterable,
    assert_rank,
    assert_rank_at_least,
    assert_rank_in,
    assert_same_float_dtype,
    assert_scalar,
    assert_type,
    ensure_shape,
)
from .ops.unique import unique
from .ops.while_loop import while_loop
from .scopes.collections import (
    add_to_collection,
    add_to_collections,
    all_variables,
    assert_variables_initialized,
    get_collection,
    get_collection_ref,
    global_variables,
    global_variables_initializer,
    initialize_all_variables,
    initialize_local_variables,
    initialize_variables,
    local_variables,
    local_variables_initializer,
    model_variables,
    moving_average_variables,
    report_uninitialized_variables,
    trainable_variables,
    variables_initializer,
)
from .scopes.initializers import (
    constant_initializer,
    glorot_normal_initializer,
    glorot_uniform_initializer,
    ones_initializer,
    orthogonal_initializer,
    random_normal_initializer,
    random_uniform_initializer,
    truncated_normal_initializer,
    uniform_unit_scaling_initializer,
    variance_scaling_initializer,
    zeros_initializer,
)
from .scopes.partitioners import (
    fixed_size_partitioner,
    min_max_variable_partitioner,
    variable_axis_size_partitioner,
)
from .scopes.resource_variable import (
    disable_resource_variables,
    enable_resource_variables,
    resource_variables_enabled,
)
from .scopes.store import AUTO_REUSE
from .scopes.variable import (
    Variable,
    VariableAggregation,
    VariableSynchronization,
    is_variable_initialized,
    variable_creator_scope,
)
from .scopes.variable_scope import (
    VariableScope,
    get_local_variable,
    get_variable,
    get_variable_scope,
    no_regularizer,
    variable_op_scope,
    variable_scope,
)

if TYPE_CHECKING:
    from . import (
        contrib,
        data,
        distributions,
        keras,
        layers,
        losses,
        metrics,
        profiler,
        saved_model,
        summary,
        test,
        train,
    )
    from .alias import install_as_tensorflow
    from .api import audio, io
    from .api.logging import get_logger
    from .core.tensor_proto import make_ndarray, make_tensor_proto
    from .platform import app, config, flags, gfile, resource_loader, sysconfig
    from .runtime.function_module import module
    from .runtime.module import GraphModule, to_module
    from .runtime.session import InteractiveSession, Session
    from .scopes.partitioned import create_partitioned_variables
    from .scopes.sharing import sharing_report
    from .scopes.template import make_template
    from .scopes.tree import variable_tree
    from .train.module import Module

__version__ = "0.1.0"

namespaces.attach_all(sys.modules[__name__])


def _nowhere(name: str) -> Any:
    from .api.missing import found

    return found(sys.modules[__name__], "tf", name)


__getattr__, __dir__ = lazy_names(
    globals(),
    {
        # These import torch.
        "Session": ".runtime.session",
        "InteractiveSession": ".runtime.session",
        "GraphModule": ".runtime.module",
        "module": ".runtime.function_module",
        "to_module": ".runtime.module",
        "options": ".runtime.options",
        # The guests, which use the names above.
        "contrib": ".contrib:",
        "data": ".data:",
        "distribute": ".distribute:",
        "distributions": ".distributions:",
        "estimator": ".estimator:",
        "feature_column": ".feature_column:",
        "keras": ".keras:",
        "layers": ".layers:",
        "losses": ".losses:",
        "metrics": ".metrics:",
        "python_io": ".api.python_io:",
        "profiler": ".profiler:",
        "saved_model": ".saved_model:",
        "signal": ".signal:",
        "spectral": ".api.spectral:",
        "summary": ".summary:",
        "train": ".train:",
        "test": ".test:",
        "tpu": ".api.tpu:",
        # What stands around a program.
        "app": ".platform.app:",
        "audio": ".api.audio:",
        "config": ".platform.config:",
        "flags": ".platform.flags:",
        "get_logger": ".api.logging",
        "gfile": ".platform.gfile:",
        "io": ".api.io:",
        "resource_loader": ".platform.resource_loader:",
        "sysconfig": ".platform.sysconfig:",
        "install_as_tensorflow": ".alias",
        # Protocol buffer messages.
        "AttrValue": ".api.protos",
        "ConfigProto": ".api.protos",
        "Event": ".api.protos",
        "GPUOptions": ".api.protos",
        "GraphDef": ".api.protos",
        "GraphOptions": ".api.protos",
        "HistogramProto": ".api.protos",
        "LogMessage": ".api.protos",
        "MetaGraphDef": ".api.protos",
        "NameAttrList": ".api.protos",
        "NodeDef": ".api.protos",
        "OptimizerOptions": ".api.protos",
        "RunMetadata": ".api.protos",
        "RunOptions": ".api.protos",
        "SessionLog": ".api.protos",
        "Summary": ".api.protos",
        "SummaryMetadata": ".api.protos",
        "TensorInfo": ".api.protos",
        # Graphs as messages.
        "graph_util": ".graphdef.graph_util:",
        "import_graph_def": ".graphdef.importing",
        # Queues, accumulators, critical sections and readers.
        "CriticalSection": ".ops.critical_section",
        "extract_volume_patches": ".ops.volume_patches",
        "ConditionalAccumulator": ".ops.accumulators",
        "ConditionalAccumulatorBase": ".ops.accumulators",
        "SparseConditionalAccumulator": ".ops.accumulators",
        "FIFOQueue": ".ops.queues",
        "PaddingFIFOQueue": ".ops.queues",
        "PriorityQueue": ".ops.queues",
        "QueueBase": ".ops.queues",
        "RandomShuffleQueue": ".ops.queues",
        "queue": ".api.queue:",
        "FixedLengthRecordReader": ".ops.readers",
        "IdentityReader": ".ops.readers",
        "LMDBReader": ".ops.readers",
        "ReaderBase": ".ops.readers",
        "TFRecordReader": ".ops.readers",
        "TextLineReader": ".ops.readers",
        "WholeFileReader": ".ops.readers",
        "matching_files": ".ops.files",
        "read_file": ".ops.files",
        "write_file": ".ops.files",
        # Needed by few programs.
        "make_ndarray": ".core.tensor_proto",
        "make_tensor_proto": ".core.tensor_proto",
        "create_partitioned_variables": ".scopes.partitioned",
        "make_template": ".scopes.template",
        "Module": ".train.module",
        "sharing_report": ".scopes.sharing",
        "variable_tree": ".scopes.tree",
    },
    otherwise=_nowhere,
    loaded=lambda name, module: namespaces.attach(module, f"tf.{name}"),
)

_INTERNAL = {
    "Any",
    "TYPE_CHECKING",
    "alias",
    "annotations",
    "api",
    "checkpoint",
    "core",
    "lazy_names",
    "namespaces",
    "ops",
    "platform",
    "records",
    "scopes",
    "sys",
}


def device(device_name_or_function: Any) -> Any:
    """A `with` block whose ops ask for a device. Recorded; a session runs on one device.

    That is the GPU where torch sees one, else the CPU.
    """
    return get_default_graph().device(device_name_or_function)


def colocate_with(op: Any, ignore_existing: Any = False) -> Any:
    """A `with` block whose ops stand with `op`. Recorded: a session runs all on one device."""
    return get_default_graph().colocate_with(op, ignore_existing)


def container(container_name: str) -> Any:
    """A `with` block: queues, tables, … made in it are others than those of another container."""
    return get_default_graph().container(container_name)


__all__ = [name for name in __dir__() if not name.startswith("_") and name not in _INTERNAL]
