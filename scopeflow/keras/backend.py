"""`tf.keras.backend`."""

from __future__ import annotations

import inspect
import weakref
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np

import scopeflow as tf

from . import activations
from .engine import choices
from .engine.naming import reset_uids, uses

builtin_range = range
_epsilon = 1e-7
_manual = False
_floatx = "float32"
_image_data_format = "channels_last"
_phases: weakref.WeakKeyDictionary = weakref.WeakKeyDictionary()  # graph -> learning phase
_own_variables: weakref.WeakKeyDictionary = weakref.WeakKeyDictionary()  # graph -> variables
_session: Any = None


def floatx() -> str:
    """The name of the default floating-point dtype."""
    return _floatx


def image_data_format() -> str:
    """Where layers expect the channels of images: `channels_last` or `channels_first`."""
    return _image_data_format


def learning_phase() -> Any:
    """The condition whether the model is being trained: 0, 1 or a placeholder that is False."""
    graph = tf.get_default_graph()
    if graph not in _phases:
        with tf.name_scope(""):
            _phases[graph] = tf.placeholder_with_default(False, [], name="keras_learning_phase")
    return _phases[graph]


def track_variable(variable: Any) -> None:
    """Have `get_session` initialize it."""
    _own_variables.setdefault(tf.get_default_graph(), []).append(variable)


def get_session(op_input_list: Any = ()) -> Any:
    """The default session, else one of Keras's own, with the layers' variables initialized.

    Variables that have a value keep it.
    """
    global _session
    session = tf.get_default_session()
    if session is None:
        if _session is None or _session.graph is not tf.get_default_graph():
            _session = tf.Session()
        session = _session
    if not _manual:
        _initialize(session)
    return session


def _initialize(session: Any) -> None:
    with session.graph.as_default():
        pending = [
            piece
            for variable in _own_variables.get(session.graph, ())
            for piece in getattr(variable, "_get_variable_list", lambda v=variable: [v])()
            if session not in piece.__dict__.setdefault("_keras_ready", weakref.WeakSet())
        ]
        if not pending:
            return
        ready = session.run([tf.is_variable_initialized(variable) for variable in pending])
        missing = [v for v, has in zip(pending, ready, strict=True) if not has]
        if missing:
            session.run(tf.variables_initializer(missing))
        for variable in pending:
            variable._keras_ready.add(session)


def batch_get_value(tensors: list) -> list:
    """The values of several variables, as arrays."""
    return get_session().run(tensors) if tensors else []


def batch_set_value(tuples: list) -> None:
    """Assign values to variables: a list of pairs."""
    session = get_session()
    with session.graph.as_default():
        ops, feeds = [], {}
        for variable, value in tuples:
            value = np.asarray(value, dtype=variable.dtype.base_dtype.as_numpy_dtype)
            if not hasattr(variable, "_assign_placeholder"):
                variable._assign_placeholder = tf.placeholder(
                    variable.dtype.base_dtype, value.shape
                )
                variable._assign_op = variable.assign(variable._assign_placeholder)
            ops.append(variable._assign_op)
            feeds[variable._assign_placeholder] = value
        session.run([op.op if hasattr(op, "op") else op for op in ops], feeds)


def epsilon() -> float:
    """The small number that divisions and logarithms are kept away from 0 by."""
    return _epsilon


def set_epsilon(value: float) -> None:
    """Set what `epsilon` returns."""
    global _epsilon
    _epsilon = value


def set_floatx(value: str) -> None:
    """Set the default floating-point dtype."""
    global _floatx
    if value not in ("float16", "float32", "float64"):
        raise ValueError("Unknown floatx type: " + str(value))
    _floatx = value


def set_image_data_format(data_format: str) -> None:
    """Set where layers expect the channels of images."""
    global _image_data_format
    if data_format not in ("channels_last", "channels_first"):
        raise ValueError("Unknown data_format: " + str(data_format))
    _image_data_format = data_format


def set_learning_phase(value: Any) -> None:
    """Fix the learning phase: 0 (test) or 1 (train)."""
    if value not in (0, 1):
        raise ValueError("Expected learning phase to be 0 or 1.")
    _phases[tf.get_default_graph()] = int(value)


@contextmanager
def learning_phase_scope(value: Any) -> Iterator[None]:
    """A `with` block with a learning phase, 0 or 1."""
    graph = tf.get_default_graph()
    before = _phases.get(graph)
    set_learning_phase(value)
    try:
        yield
    finally:
        if before is None:
            del _phases[graph]
        else:
            _phases[graph] = before


def backend() -> str:
    """The name of what computes, for programs that ask."""
    return "tensorflow"


def set_session(session: Any) -> None:
    """Have `get_session` return a session."""
    global _session
    _session = session


def clear_session() -> None:
    """A new default graph; the session of the old one is closed."""
    global _session
    tf.reset_default_graph()
    reset_uids()
    if _session is not None:
        _session.close()
    _session = None


def get_uid(prefix: str = "") -> int:
    """1, 2, … for each prefix, in each graph."""
    return uses(prefix, "uid")


def manual_variable_initialization(value: bool) -> None:
    """Whether `get_session` leaves variables alone."""
    global _manual
    _manual = bool(value)


def get_value(x: Any) -> Any:
    """A variable's value."""
    return get_session().run(x)


def set_value(x: Any, value: Any) -> None:
    """Give a variable a value."""
    batch_set_value([(x, value)])


def eval(x: Any) -> Any:
    """A tensor's value."""
    return get_session().run(x)


def count_params(x: Any) -> int:
    """The number of elements."""
    return int(np.prod(x.shape.as_list()))


def int_shape(x: Any) -> Any:
    """The static shape as a tuple; None for an unknown rank."""
    return None if x.shape.ndims is None else tuple(x.shape.as_list())


def ndim(x: Any) -> Any:
    """The rank."""
    return x.shape.ndims


def dtype(x: Any) -> str:
    """The dtype's name."""
    return x.dtype.base_dtype.name


def is_sparse(tensor: Any) -> bool:
    """Whether it is a sparse tensor."""
    return isinstance(tensor, tf.SparseTensor)


def to_dense(tensor: Any) -> Any:
    """A sparse tensor as a dense one; others as they are."""
    return tf.sparse.to_dense(tensor) if is_sparse(tensor) else tensor


def variable(value: Any, dtype: Any = None, name: str | None = None, constraint: Any = None) -> Any:
    """A variable with a first value."""
    kind = tf.as_dtype(dtype or floatx())
    found = tf.Variable(value, dtype=kind, name=name, constraint=constraint, use_resource=True)
    track_variable(found)
    return found


def constant(value: Any, dtype: Any = None, shape: Any = None, name: str | None = None) -> Any:
    """A constant."""
    return tf.constant(value, dtype=dtype or floatx(), shape=shape, name=name or "Const")


def placeholder(
    shape: Any = None, ndim: int | None = None, dtype: Any = None, sparse: bool = False,
    name: str | None = None, ragged: bool = False,
) -> Any:  # fmt: skip
    """A placeholder of a shape or a rank."""
    if shape is None and ndim:
        shape = (None,) * ndim
    if ragged:
        raise NotImplementedError("placeholder(ragged=True): feed a padded tensor and lengths.")
    make = tf.sparse_placeholder if sparse else tf.placeholder
    return make(tf.as_dtype(dtype or floatx()), shape=shape, name=name)


def zeros(shape: Any, dtype: Any = None, name: str | None = None) -> Any:
    """A variable of zeros."""
    return variable(np.zeros(shape), dtype, name)


def ones(shape: Any, dtype: Any = None, name: str | None = None) -> Any:
    """A variable of ones."""
    return variable(np.ones(shape), dtype, name)


def eye(size: int, dtype: Any = None, name: str | None = None) -> Any:
    """A variable: the identity matrix."""
    return variable(np.eye(size), dtype, name)


def zeros_like(x: Any, dtype: Any = None, name: str | None = None) -> Any:
    """Zeros of x's shape."""
    return tf.zeros_like(x, dtype=dtype, name=name)


def ones_like(x: Any, dtype: Any = None, name: str | None = None) -> Any:
    """Ones of x's shape."""
    return tf.ones_like(x, dtype=dtype, name=name)


def cast(x: Any, dtype: Any) -> Any:
    """x with another dtype."""
    return tf.cast(x, dtype)


def cast_to_floatx(x: Any) -> Any:
    """A tensor or array with the default floating-point dtype."""
    return (
        tf.cast(x, floatx()) if isinstance(x, tf.Tensor | tf.Variable) else np.asarray(x, floatx())
    )


def update(x: Any, new_x: Any) -> Any:
    """Assign."""
    return tf.assign(x, new_x)


def update_add(x: Any, increment: Any) -> Any:
    """Add to a variable."""
    return tf.assign_add(x, increment)


def update_sub(x: Any, decrement: Any) -> Any:
    """Subtract from a variable."""
    return tf.assign_sub(x, decrement)


def in_train_phase(x: Any, alt: Any, training: Any = None) -> Any:
    """x while training, else alt; both may be functions."""
    training = learning_phase() if training is None else training
    first, second = (each if callable(each) else (lambda each=each: each) for each in (x, alt))
    return choices.choose(training, first, second)


def in_test_phase(x: Any, alt: Any, training: Any = None) -> Any:
    """alt while training, else x; both may be functions."""
    return in_train_phase(alt, x, training)


def switch(condition: Any, then_expression: Any, else_expression: Any) -> Any:
    """One of two expressions (or functions) by a scalar, or element by element."""
    if condition.shape.ndims == 0:
        first, second = (
            each if callable(each) else (lambda each=each: each)
            for each in (then_expression, else_expression)
        )
        return tf.cond(tf.cast(condition, tf.bool), first, second)
    first, second = (
        each() if callable(each) else each for each in (then_expression, else_expression)
    )
    return tf.where(tf.cast(condition, tf.bool), first, second)


def function(
    inputs: Any, outputs: Any, updates: Any = None, name: Any = None, **kwargs: Any
) -> Any:
    """A Python function that runs the outputs (and updates) for values of the inputs."""
    if kwargs:
        raise ValueError(f"Invalid arguments: {sorted(kwargs)}")
    one = not isinstance(outputs, list | tuple)
    wanted = [outputs] if one else list(outputs)
    with tf.control_dependencies(wanted):
        ops = [tf.assign(*each) if isinstance(each, tuple) else each for each in updates or ()]

    def run(values: Any) -> Any:
        feeds = dict(zip(inputs, values, strict=True))
        phase = _phases.get(tf.get_default_graph())
        if phase in feeds:
            feeds[phase] = bool(feeds[phase])
        found, _ = get_session().run([wanted, ops], feeds)
        return found[0] if one else found

    return run


def dot(x: Any, y: Any) -> Any:
    """The matrix product; the last dimension of x with the last but one of y."""
    if (ndim(x) or 2) > 2 or (ndim(y) or 2) > 2:
        return tf.tensordot(x, y, [[ndim(x) - 1], [max(ndim(y) - 2, 0)]])
    return tf.matmul(x, y)


def batch_dot(x: Any, y: Any, axes: Any = None) -> Any:
    """The products of the examples of x and y along an axis of each."""
    first, second = ndim(x), ndim(y)
    axes = [axes, axes] if isinstance(axes, int) else axes
    a, b = axes if axes is not None else (first - 1, max(second - 2, 1))
    a, b = a + first if a < 0 else a, b + second if b < 0 else b
    letters = "bcdefghijk"
    left = "a" + letters[: first - 1]
    right = "a" + letters[first - 1 : first + second - 2]
    right = right[:b] + left[a] + right[b + 1 :]
    kept = left.replace(left[a], "") + right[1:].replace(left[a], "")
    found = tf.einsum(f"{left},{right}->{kept}", x, y)
    return tf.expand_dims(found, 1) if len(kept) == 1 else found


def repeat_elements(x: Any, rep: int, axis: int) -> Any:
    """Each slice along the axis, `rep` times."""
    rank = ndim(x)
    axis = axis + rank if axis < 0 else axis
    dims = tf.shape(x)
    wide = tf.tile(
        tf.expand_dims(x, axis + 1), [rep if i == axis + 1 else 1 for i in builtin_range(rank + 1)]
    )
    found = tf.reshape(wide, [dims[i] * rep if i == axis else dims[i] for i in builtin_range(rank)])
    static = x.shape.as_list()
    found.set_shape([s * rep if s is not None and i == axis else s for i, s in enumerate(static)])
    return found


def repeat(x: Any, n: int) -> Any:
    """A matrix [batch, size] as [batch, n, size]."""
    return tf.tile(tf.expand_dims(x, 1), [1, n, 1])


def spatial_2d_padding(x: Any, padding: Any = ((1, 1), (1, 1)), data_format: Any = None) -> Any:
    """Zeros around images."""
    rows, columns = (list(each) for each in padding)
    if (data_format or image_data_format()) == "channels_first":
        return tf.pad(x, [[0, 0], [0, 0], rows, columns])
    return tf.pad(x, [[0, 0], rows, columns, [0, 0]])


def temporal_padding(x: Any, padding: Any = (1, 1)) -> Any:
    """Zeros before and after sequences."""
    return tf.pad(x, [[0, 0], list(padding), [0, 0]])


def one_hot(indices: Any, num_classes: int) -> Any:
    """`tf.one_hot`."""
    return tf.one_hot(indices, num_classes)


def random_normal(
    shape: Any, mean: float = 0.0, stddev: float = 1.0, dtype: Any = None, seed: Any = None
) -> Any:
    """Values of the normal distribution."""
    return tf.random_normal(shape, mean, stddev, dtype or floatx(), seed)


def random_uniform(
    shape: Any, minval: float = 0.0, maxval: float = 1.0, dtype: Any = None, seed: Any = None
) -> Any:
    """Values of the uniform distribution."""
    return tf.random_uniform(shape, minval, maxval, dtype or floatx(), seed)


def truncated_normal(
    shape: Any, mean: float = 0.0, stddev: float = 1.0, dtype: Any = None, seed: Any = None
) -> Any:
    """Values of the truncated normal distribution."""
    return tf.truncated_normal(shape, mean, stddev, dtype or floatx(), seed)


def dropout(x: Any, level: float, noise_shape: Any = None, seed: Any = None) -> Any:
    """`tf.nn.dropout` with a share `level` dropped."""
    return tf.nn.dropout(x, noise_shape=noise_shape, seed=seed, rate=level)


def gradients(loss: Any, variables: Any) -> list:
    """`tf.gradients`."""
    return tf.gradients(loss, variables)


def stop_gradient(variables: Any) -> Any:
    """`tf.stop_gradient`, of one or a list."""
    if isinstance(variables, list | tuple):
        return [tf.stop_gradient(each) for each in variables]
    return tf.stop_gradient(variables)


def batch_flatten(x: Any) -> Any:
    """Each example as a vector."""
    dims = x.shape.as_list()
    size = -1 if None in dims[1:] else int(np.prod(dims[1:]))
    return tf.reshape(x, [-1, size] if size != -1 else tf.stack([tf.shape(x)[0], -1]))


def flatten(x: Any) -> Any:
    """A vector of all elements."""
    return tf.reshape(x, [-1])


def clip(x: Any, min_value: Any, max_value: Any) -> Any:
    """Each element, cut at two values."""
    if max_value is not None and max_value < min_value:
        max_value = min_value
    return tf.clip_by_value(x, min_value, np.inf if max_value is None else max_value)


def var(x: Any, axis: Any = None, keepdims: bool = False) -> Any:
    """The variance."""
    mean_ = tf.reduce_mean(x, axis=axis, keepdims=True)
    return tf.reduce_mean(tf.square(x - mean_), axis=axis, keepdims=keepdims)


def std(x: Any, axis: Any = None, keepdims: bool = False) -> Any:
    """The standard deviation."""
    return tf.sqrt(var(x, axis, keepdims))


def l2_normalize(x: Any, axis: Any = None) -> Any:
    """x, scaled to a norm of 1."""
    return tf.nn.l2_normalize(x, axis=axis)


def concatenate(tensors: Any, axis: int = -1) -> Any:
    """`tf.concat`."""
    return tf.concat(tensors, axis)


def permute_dimensions(x: Any, pattern: Any) -> Any:
    """`tf.transpose` with an order."""
    return tf.transpose(x, perm=pattern)


def gather(reference: Any, indices: Any) -> Any:
    """`tf.gather`."""
    return tf.gather(reference, indices)


def transpose(x: Any) -> Any:
    """`tf.transpose`."""
    return tf.transpose(x)


def print_tensor(x: Any, message: str = "") -> Any:
    """x; its value is printed when it is computed."""
    return tf.Print(x, [x], message)


def ctc_label_dense_to_sparse(labels: Any, label_lengths: Any) -> Any:
    """Padded labels [batch, steps] as a sparse tensor of those that count."""
    kept = tf.sequence_mask(label_lengths, tf.shape(labels)[1])
    indices = tf.where(kept)
    return tf.SparseTensor(
        indices, tf.gather_nd(labels, indices), tf.shape(labels, out_type=tf.int64)
    )


def categorical_crossentropy(
    target: Any, output: Any, from_logits: bool = False, axis: int = -1
) -> Any:
    """The cross entropy of one-hot labels and probabilities (or logits)."""
    from . import losses

    return losses.categorical_crossentropy(target, output, from_logits)


def sparse_categorical_crossentropy(
    target: Any, output: Any, from_logits: bool = False, axis: int = -1
) -> Any:
    """The cross entropy of class numbers and probabilities (or logits)."""
    from . import losses

    return losses.sparse_categorical_crossentropy(target, output, from_logits, axis)


def binary_crossentropy(target: Any, output: Any, from_logits: bool = False) -> Any:
    """The cross entropy of labels 0 and 1 and probabilities (or logits), of each element."""
    from .losses import _logits_of

    logits = output if from_logits else _logits_of(output, "Sigmoid")
    if logits is not None:
        return tf.nn.sigmoid_cross_entropy_with_logits(labels=target, logits=logits)
    output = tf.clip_by_value(output, epsilon(), 1.0 - epsilon())
    return -(target * tf.log(output + epsilon()) + (1 - target) * tf.log(1 - output + epsilon()))


name_scope = tf.name_scope


def _renamed(name: str, arguments: list, function: Callable) -> Callable:
    """A function of TensorFlow under Keras's name and argument names."""
    kind = inspect.Parameter.POSITIONAL_OR_KEYWORD
    parameters = [
        inspect.Parameter(each[0], kind, default=each[1])
        if isinstance(each, tuple)
        else inspect.Parameter(each, kind)
        for each in arguments
    ]
    signature = inspect.Signature(parameters)

    def call(*args: Any, **kwargs: Any) -> Any:
        bound = signature.bind(*args, **kwargs)
        bound.apply_defaults()
        return function(*bound.args)

    call.__name__ = call.__qualname__ = name
    call.__doc__ = f"`tf`'s function, as `{name}` of Keras."
    call.__signature__ = signature  # type: ignore[attr-defined]
    return call


_reduced = ["x", ("axis", None), ("keepdims", False)]
sum = _renamed("sum", _reduced, tf.reduce_sum)
mean = _renamed("mean", _reduced, tf.reduce_mean)
max = _renamed("max", _reduced, tf.reduce_max)
min = _renamed("min", _reduced, tf.reduce_min)
prod = _renamed("prod", _reduced, tf.reduce_prod)
any = _renamed("any", _reduced, tf.reduce_any)
all = _renamed("all", _reduced, tf.reduce_all)
abs = _renamed("abs", ["x"], tf.abs)
exp = _renamed("exp", ["x"], tf.exp)
log = _renamed("log", ["x"], tf.log)
sqrt = _renamed("sqrt", ["x"], tf.sqrt)
square = _renamed("square", ["x"], tf.square)
sign = _renamed("sign", ["x"], tf.sign)
round = _renamed("round", ["x"], tf.round)
sin = _renamed("sin", ["x"], tf.sin)
cos = _renamed("cos", ["x"], tf.cos)
sigmoid = _renamed("sigmoid", ["x"], tf.sigmoid)
tanh = _renamed("tanh", ["x"], tf.tanh)
shape = _renamed("shape", ["x"], tf.shape)
softplus = _renamed("softplus", ["x"], tf.nn.softplus)
softsign = _renamed("softsign", ["x"], tf.nn.softsign)
equal = _renamed("equal", ["x", "y"], tf.equal)
not_equal = _renamed("not_equal", ["x", "y"], tf.not_equal)
greater = _renamed("greater", ["x", "y"], tf.greater)
greater_equal = _renamed("greater_equal", ["x", "y"], tf.greater_equal)
less = _renamed("less", ["x", "y"], tf.less)
less_equal = _renamed("less_equal", ["x", "y"], tf.less_equal)
maximum = _renamed("maximum", ["x", "y"], tf.maximum)
minimum = _renamed("minimum", ["x", "y"], tf.minimum)
pow = _renamed("pow", ["x", "a"], tf.pow)
argmax = _renamed("argmax", ["x", ("axis", -1)], tf.argmax)
argmin = _renamed("argmin", ["x", ("axis", -1)], tf.argmin)
cumsum = _renamed("cumsum", ["x", ("axis", 0)], tf.cumsum)
cumprod = _renamed("cumprod", ["x", ("axis", 0)], tf.cumprod)
expand_dims = _renamed("expand_dims", ["x", ("axis", -1)], tf.expand_dims)
squeeze = _renamed("squeeze", ["x", "axis"], tf.squeeze)
reshape = _renamed("reshape", ["x", "shape"], tf.reshape)
reverse = _renamed("reverse", ["x", "axes"], lambda x, axes: tf.reverse(x, np.atleast_1d(axes)))
stack = _renamed("stack", ["x", ("axis", 0)], lambda x, axis: tf.stack(x, axis=axis))
tile = _renamed("tile", ["x", "n"], tf.tile)
in_top_k = _renamed("in_top_k", ["predictions", "targets", "k"], tf.nn.in_top_k)
relu = activations.relu
elu = activations.elu
softmax = activations.softmax
hard_sigmoid = activations.hard_sigmoid

_OWN = (
    "Any", "Callable", "Iterator", "TYPE_CHECKING", "activations", "annotations", "builtin_range",
    "choices", "contextmanager", "inspect", "np", "tf", "track_variable", "uses", "weakref",
)  # fmt: skip
__all__ = [each for each in list(globals()) if each[0] != "_" and each not in _OWN]
