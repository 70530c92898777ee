"""`horovod.keras` and `horovod.tensorflow.keras`: data-parallel training of Keras models."""

from __future__ import annotations

from typing import Any

import scopeflow as tf

from . import horovod, horovod_callbacks
from .horovod import (
    Adasum,
    Average,
    Compression,
    Sum,
    broadcast_object,
    cross_rank,
    cross_size,
    gloo_built,
    gloo_enabled,
    init,
    is_initialized,
    local_rank,
    local_size,
    mpi_built,
    mpi_enabled,
    mpi_threads_supported,
    nccl_built,
    rank,
    shutdown,
    size,
)

callbacks = horovod_callbacks


class _Distributed:
    """Over a Keras optimizer: its gradients are the means over all processes."""

    _exchange: tuple = (Compression.none, Average)

    def get_gradients(self, loss: Any, params: Any) -> list:
        """The means of the gradients."""
        gradients = super().get_gradients(loss, params)  # type: ignore[misc]
        if size() == 1:
            return gradients
        compression, op = self._exchange
        with tf.name_scope(f"{self._name}_Allreduce"):  # type: ignore[attr-defined]
            return horovod.grouped_allreduce(gradients, compression=compression, op=op)


def DistributedOptimizer(
    optimizer: Any,
    name: str | None = None,
    device_dense: str = "",
    device_sparse: str = "",
    compression: Any = Compression.none,
    sparse_as_dense: bool = False,
    gradient_predivide_factor: float = 1.0,
    op: Any = Average,
) -> Any:
    """A Keras optimizer like this one that applies the mean of the gradients of all processes.

    The devices are accepted, and `sparse_as_dense`: Keras optimizers make gradients dense. A saved
    model has the name of the optimizer's own class. ValueError for what is no Keras optimizer,
    NotImplementedError for another `gradient_predivide_factor`.
    """
    if not isinstance(optimizer, tf.keras.optimizers.Optimizer):
        raise ValueError(
            f"{type(optimizer).__name__} is no Keras optimizer. One of tf.train is wrapped by the "
            "DistributedOptimizer of horovod.tensorflow."
        )
    if gradient_predivide_factor != 1.0:
        raise NotImplementedError(
            "hvd.DistributedOptimizer: gradient_predivide_factor changes nothing but rounding; "
            "leave it out."
        )
    horovod._averages(None, op)
    own = type(optimizer)
    members = {"_exchange": (compression, op), "__module__": own.__module__}
    distributed: Any = type(own.__name__, (_Distributed, own), members)
    config = optimizer.get_config()
    return distributed.from_config({**config, "name": name or f"Distributed{own.__name__}"})


def broadcast_global_variables(root_rank: int) -> None:
    """Give all variables the values that they have in the process `root_rank`, now."""
    tf.keras.backend.get_session().run(horovod.broadcast_global_variables(root_rank))


def _run(value: Any) -> Any:
    return tf.keras.backend.get_session().run(value)


def allreduce(
    value: Any, name: str | None = None, average: bool | None = None,
    prescale_factor: float = 1.0, postscale_factor: float = 1.0, op: Any = None,
    compression: Any = Compression.none,
) -> Any:  # fmt: skip
    """The mean (or sum) of a number or an array over all processes, now."""
    value = tf.constant(value, name=name) if name else tf.constant(value)
    return _run(
        horovod.allreduce(
            value, average, compression=compression, op=op,
            prescale_factor=prescale_factor, postscale_factor=postscale_factor,
        )
    )  # fmt: skip


def allgather(value: Any, name: str | None = None) -> Any:
    """The arrays of all processes, one behind the other, now."""
    return _run(horovod.allgather(tf.constant(value), name))


def broadcast(value: Any, root_rank: int, name: str | None = None) -> Any:
    """The array of the process `root_rank`, now."""
    return _run(horovod.broadcast(tf.constant(value), root_rank, name))


def load_model(
    filepath: Any, custom_optimizers: Any = None, custom_objects: Any = None,
    compression: Any = Compression.none,
) -> Any:  # fmt: skip
    """NotImplementedError: models are not loaded as a whole."""
    raise NotImplementedError(
        "hvd.load_model: scopeflow's tf.keras loads weights alone. Build the model, "
        "model.load_weights(path), and compile it with hvd.DistributedOptimizer."
    )


__all__ = [
    "Adasum", "Average", "Compression", "DistributedOptimizer", "Sum", "allgather", "allreduce",
    "broadcast", "broadcast_global_variables", "broadcast_object", "callbacks", "cross_rank",
    "cross_size", "gloo_built", "gloo_enabled", "init", "is_initialized", "load_model",
    "local_rank", "local_size", "mpi_built", "mpi_enabled", "mpi_threads_supported", "nccl_built",
    "rank", "shutdown", "size",
]  # fmt: skip
