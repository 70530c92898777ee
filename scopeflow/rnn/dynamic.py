"""`tf.nn.dynamic_rnn`, `tf.nn.bidirectional_dynamic_rnn`: loops over time."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import scopeflow as tf

from .cells import RNNCell, Whole
from .wrappers import check_cell, runs_whole


def dynamic_rnn(
    cell: Any,
    inputs: Any,
    sequence_length: Any = None,
    initial_state: Any = None,
    dtype: Any = None,
    parallel_iterations: int | None = None,
    swap_memory: bool = False,
    time_major: bool = False,
    scope: Any = None,
) -> Any:
    """Run a cell over sequences: the outputs of all steps, and the last state.

    `inputs` is [batch, time, depth] ([time, batch, depth] with `time_major`), or a structure of
    such tensors. Behind an example's `sequence_length` its outputs are zeros and its state stays.
    Without `initial_state` a `dtype` must be given; the state then begins with zeros. The cell's
    variables are made below the variable scope `rnn` (or `scope`). Cells of the usual kinds are run
    over the whole sequence at once; the numbers are the same. `parallel_iterations` and
    `swap_memory` are accepted, as by tf.while_loop.

    Raises TypeError for what is no cell, ValueError for shapes that do not fit.
    """
    check_cell("cell", cell)
    with tf.variable_scope(scope or "rnn"):
        flat = [tf.convert_to_tensor(t) for t in tf.nest.flatten(inputs)]
        if not time_major:
            flat = [swapped(t) for t in flat]
        if sequence_length is not None:
            sequence_length = _lengths(sequence_length)
        batch = batch_size_of(flat)
        if initial_state is None:
            if not dtype:
                raise ValueError("If there is no initial_state, you must give a dtype.")
            initial_state = initial_state_of(cell, batch, dtype)
        if sequence_length is not None:
            sequence_length = _checked_lengths(sequence_length, batch)
        packed = tf.nest.pack_sequence_as(inputs, flat)
        if _goes_whole(cell, flat, initial_state):
            outputs, state = _whole(cell, flat[0], sequence_length, initial_state)
        else:
            outputs, state = _steps(
                cell, packed, sequence_length, initial_state, dtype,
                {"parallel_iterations": parallel_iterations or 32, "swap_memory": swap_memory},
            )  # fmt: skip
        if not time_major:
            outputs = tf.nest.map_structure(swapped, outputs)
        return outputs, state


def swapped(tensor: Any) -> Any:
    """A tensor with its first two dimensions swapped; what has fewer stays as it is."""
    rank = tensor.shape.ndims
    if rank is not None and rank < 2:
        return tensor
    if rank is not None:
        result = tf.transpose(tensor, [1, 0, *range(2, rank)])
    else:
        result = tf.transpose(tensor, tf.concat([[1, 0], tf.range(2, tf.rank(tensor))], 0))
    return result


def _lengths(sequence_length: Any) -> Any:
    lengths = tf.cast(sequence_length, tf.int32)
    if lengths.shape.ndims not in (None, 1):
        raise ValueError(
            f"sequence_length must be a vector of length batch_size, but saw shape: {lengths.shape}"
        )
    return tf.identity(lengths, name="sequence_length")


def _checked_lengths(lengths: Any, batch: Any) -> Any:
    """The lengths, behind a check that there is one for each example."""
    static = lengths.shape.dims and lengths.shape[0].value
    if isinstance(batch, int) and static is not None:
        if batch != static:
            raise ValueError(
                f"sequence_length has {static} elements for a batch of {batch} sequences."
            )
        return tf.identity(lengths, name="CheckSeqLen")
    check = tf.Assert(
        tf.reduce_all(tf.equal(tf.shape(lengths), tf.stack([batch]))),
        ["Expected shape for Tensor sequence_length is ", tf.stack([batch]), " but saw shape: ",
         tf.shape(lengths)],
    )  # fmt: skip
    with tf.control_dependencies([check]):
        return tf.identity(lengths, name="CheckSeqLen")


def batch_size_of(flat: list) -> Any:
    """The size of the second dimension: an int where it is known, else a tensor."""
    for tensor in flat:
        if tensor.shape.ndims is None:
            raise ValueError(
                f"Expected tensor {tensor.name} to have at least rank 2, "
                f"but saw shape: {tensor.shape}"
            )
        if tensor.shape.ndims < 2:
            raise ValueError(
                f"Expected tensor {tensor.name} to have at least rank 2, but saw rank "
                f"{tensor.shape.ndims}"
            )
        if tensor.shape[1].value is not None:
            return tensor.shape[1].value
    return tf.shape(flat[0])[1]


def initial_state_of(cell: Any, batch: Any, dtype: Any) -> Any:
    """The state that a cell begins with."""
    if getattr(cell, "get_initial_state", None) is not None:
        return cell.get_initial_state(inputs=None, batch_size=batch, dtype=dtype)
    return cell.zero_state(batch, dtype)


def _goes_whole(cell: Any, flat: list, state: Any) -> bool:
    """Whether the sequence can be handed to the cell as a whole."""
    rank3 = len(flat) == 1 and flat[0].shape.ndims == 3 and flat[0].shape[2].value is not None
    if not rank3 or not runs_whole(cell):
        return False
    if flat[0].dtype.base_dtype not in (tf.float32, tf.float64):
        return False
    return all(
        isinstance(s, tf.Tensor) and s.dtype.base_dtype == flat[0].dtype.base_dtype
        and s.shape.ndims == 2
        for s in tf.nest.flatten(state)
    )  # fmt: skip


@contextmanager
def _taking_whole(cell: Any, lengths: list) -> Iterator[None]:
    """Within the block the cell, and the cells inside it, take whole sequences."""
    cells = [cell]
    for each in cells:
        cells += [inner for inner in each._inner_cells() if isinstance(inner, RNNCell)]
    specs = [each.input_spec for each in cells]  # of steps: a cell may have run some before
    for each in cells:
        each._whole = Whole(lengths)
        each.input_spec = None
    try:
        yield
    finally:
        for each, spec in zip(cells, specs, strict=True):
            each._whole = None
            each.input_spec = each.input_spec if spec is None else spec
            if each.input_spec is None and not each._inner_cells():
                each._takes_steps()


def _whole(cell: Any, inputs: Any, lengths: Any, state: Any) -> Any:
    counts = [] if lengths is None else [lengths]
    with tf.name_scope("while"):
        with _taking_whole(cell, counts):
            outputs, state = cell(inputs, state)
        # The names of the loop's results: behind the round counter, the time and the outputs.
        results = [
            tf.identity(part, name=f"Exit_{i}") for i, part in enumerate(tf.nest.flatten(state), 3)
        ]
    if lengths is not None and cell._inner_cells():
        times = tf.range(tf.shape(inputs)[0])[:, None, None]
        outputs *= tf.cast(times < lengths[None, :, None], outputs.dtype)
    outputs = tf.identity(outputs, name="TensorArrayStack/TensorArrayGatherV3")
    return outputs, tf.nest.pack_sequence_as(state, results)


def _steps(
    cell: Any, inputs: Any, lengths: Any, state: Any, given: Any, limits: dict[str, Any]
) -> Any:
    """A loop whose body is a step of the cell."""
    flat = tf.nest.flatten(inputs)
    batch = batch_size_of(flat)
    for tensor in flat:
        if tensor.shape.ndims is not None and any(d is None for d in tensor.shape.as_list()[2:]):
            raise ValueError(
                "Input size (depth of inputs) must be accessible via shape inference, but saw "
                f"value None: {tensor.name} has shape {tensor.shape}."
            )
    static_steps = flat[0].shape[0].value
    steps = tf.shape(flat[0])[0] if static_steps is None else static_steps
    for tensor in flat:
        if tensor.shape[0].value not in (None, static_steps):
            raise ValueError(
                "Time steps is not the same for all the elements in the input in a batch: "
                f"{[t.shape.as_list() for t in flat]}"
            )
    output_sizes = tf.nest.flatten(tf.nest.map_structure(tf.TensorShape, cell.output_size))
    dtype = next((s.dtype for s in tf.nest.flatten(state) if hasattr(s, "dtype")), flat[0].dtype)
    zeros = [
        tf.zeros([batch, *known_size(size)], given or _output_dtype(state, dtype))
        for size in output_sizes
    ]
    time = tf.constant(0, dtype=tf.int32, name="time")
    static_batch = batch if isinstance(batch, int) else None

    def array(name: str, kind: Any, shape: Any) -> tf.TensorArray:
        return tf.TensorArray(
            kind, size=steps, element_shape=shape, tensor_array_name=f"dynamic_rnn/{name}"
        )

    output_arrays = [
        array(f"output_{i}", z.dtype, [static_batch, *size.as_list()])
        for i, (z, size) in enumerate(zip(zeros, output_sizes, strict=True))
    ]
    input_arrays = [
        array(f"input_{i}", t.dtype, t.shape[1:]).unstack(t) for i, t in enumerate(flat)
    ]
    longest = None if lengths is None else tf.reduce_max(lengths)

    def step(time: Any, outputs: Any, state: Any) -> Any:
        now = []
        for a, tensor in zip(input_arrays, flat, strict=True):
            read = a.read(time)
            read.set_shape(tensor.shape[1:])
            now.append(read)
        output, new = cell(tf.nest.pack_sequence_as(inputs, now), state)
        tf.nest.assert_same_structure(state, new)
        flat_outputs, flat_new = tf.nest.flatten(output), tf.nest.flatten(new)
        if lengths is not None:
            done = time >= lengths
            flat_outputs = [chosen(done, z, o) for z, o in zip(zeros, flat_outputs, strict=True)]
            flat_new = [
                chosen(done, s, n) for s, n in zip(tf.nest.flatten(state), flat_new, strict=True)
            ]
        written = tuple(a.write(time, o) for a, o in zip(outputs, flat_outputs, strict=True))
        return time + 1, written, tf.nest.pack_sequence_as(state, flat_new)

    bound = tf.convert_to_tensor(steps)
    if longest is not None:
        bound = tf.minimum(bound, tf.maximum(1, longest))
    _, arrays, final = tf.while_loop(
        cond=lambda time, *_: time < bound,
        body=step,
        loop_vars=(time, tuple(output_arrays), state),
        maximum_iterations=steps,
        **limits,
    )
    outputs = [a.stack() for a in arrays]
    for tensor, size in zip(outputs, output_sizes, strict=True):
        tensor.set_shape([static_steps, static_batch, *size.as_list()])
    return tf.nest.pack_sequence_as(cell.output_size, outputs), final


def known_size(size: Any) -> list:
    if size.ndims is None or None in size.as_list():
        raise ValueError(f"The cell's output_size must be known, but is {size}.")
    return size.as_list()


def _output_dtype(state: Any, dtype: Any) -> Any:
    flat = [s.dtype for s in tf.nest.flatten(state) if hasattr(s, "dtype")]
    if any(kind != flat[0] for kind in flat):
        raise ValueError(
            "State has tensors of different inferred_dtypes. Unable to infer a single "
            f"representative dtype: {[kind.name for kind in flat]}"
        )
    return dtype


def chosen(done: Any, old: Any, new: Any) -> Any:
    """The old value for the examples that are done; scalars and arrays take the new one."""
    if isinstance(new, tf.TensorArray) or new.shape.ndims == 0:
        return new
    result = tf.where(done, tf.convert_to_tensor(old), new)
    result.set_shape(new.shape)
    return result


def bidirectional_dynamic_rnn(
    cell_fw: Any,
    cell_bw: Any,
    inputs: Any,
    sequence_length: Any = None,
    initial_state_fw: Any = None,
    initial_state_bw: Any = None,
    dtype: Any = None,
    parallel_iterations: int | None = None,
    swap_memory: bool = False,
    time_major: bool = False,
    scope: Any = None,
) -> Any:
    """Run one cell forwards and one backwards over sequences.

    ((outputs forwards, outputs backwards), (last state forwards, last state backwards)); the
    outputs backwards stand in the order of the inputs. Sequences are reversed within their
    `sequence_length`. The variables are below `bidirectional_rnn/fw` and `/bw`. Arguments and
    errors as tf.nn.dynamic_rnn.
    """
    check_cell("cell_fw", cell_fw)
    check_cell("cell_bw", cell_bw)
    shared = {
        "sequence_length": sequence_length,
        "dtype": dtype,
        "parallel_iterations": parallel_iterations,
        "swap_memory": swap_memory,
        "time_major": time_major,
    }
    with tf.variable_scope(scope or "bidirectional_rnn"):
        with tf.variable_scope("fw") as scope_fw:
            forwards, state_fw = dynamic_rnn(
                cell_fw, inputs, initial_state=initial_state_fw, scope=scope_fw, **shared
            )
        time_axis, batch_axis = (0, 1) if time_major else (1, 0)

        def reversed_in_time(tensor: Any) -> Any:
            if sequence_length is not None:
                return tf.reverse_sequence(
                    input=tensor, seq_lengths=sequence_length, seq_axis=time_axis,
                    batch_axis=batch_axis,
                )  # fmt: skip
            return tf.reverse(tensor, axis=[time_axis])

        with tf.variable_scope("bw") as scope_bw:
            turned = tf.nest.map_structure(
                lambda t: reversed_in_time(tf.convert_to_tensor(t)), inputs
            )
            backwards, state_bw = dynamic_rnn(
                cell_bw, turned, initial_state=initial_state_bw, scope=scope_bw, **shared
            )
    output_bw = tf.nest.map_structure(reversed_in_time, backwards)
    return (forwards, output_bw), (state_fw, state_bw)
