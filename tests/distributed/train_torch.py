"""DDP and FSDP2 of a TensorFlow program's module, started by torchrun on two processes.

Each process takes its half of the batch; process 0 writes what the parameters became.
"""

import sys

import numpy as np
import torch
import torch.distributed as dist
from torch.distributed.fsdp import MixedPrecisionPolicy, fully_shard
from torch.nn.parallel import DistributedDataParallel

import scopeflow as tf

STEPS, ROWS = 3, 8


def layers(x):
    """Two dense layers."""
    with tf.variable_scope("body"):
        hidden = tf.layers.dense(x, 8, tf.nn.tanh, name="fc1")
    return tf.layers.dense(hidden * tf.constant(np.ones(8, np.float32)), 4, name="fc2")


def network():
    """They as a module; every process makes the same."""
    with tf.Graph().as_default():
        tf.set_random_seed(5)
        x = tf.placeholder(tf.float32, [None, 6], name="x")
        return tf.to_module(layers(x), x)


def batch():
    """The global batch."""
    random = np.random.RandomState(0)
    return torch.tensor(random.randn(ROWS, 6), dtype=torch.float32)


def train(module, mine, model=None):
    """Some steps of momentum; the loss is a mean over the rows."""
    model = model or module
    optimizer = torch.optim.SGD(module.parameters(), 0.1, momentum=0.9)
    for _ in range(STEPS):
        optimizer.zero_grad()
        model(mine).square().mean().backward()
        optimizer.step()
    return module


def whole(value):
    """A sharded parameter put together."""
    return value.full_tensor() if hasattr(value, "full_tensor") else value


def main(target):
    """Both ways, one after the other."""
    torch.set_num_threads(1)
    dist.init_process_group("gloo")
    rank, size = dist.get_rank(), dist.get_world_size()
    mine = batch().chunk(size)[rank]
    found = {}
    module = network()
    train(module, mine, DistributedDataParallel(module))
    found |= {f"ddp.{key}": value.detach() for key, value in module.state_dict().items()}
    module = network()
    fully_shard(module)
    train(module, mine)
    found |= {f"fsdp.{key}": whole(value).detach() for key, value in module.state_dict().items()}
    for kind, mixed in (("graph", network()), ("function", tf.module(layers))):
        mixed(batch())
        mixed.load_state_dict(network().state_dict())
        policy = MixedPrecisionPolicy(torch.bfloat16, torch.float32, torch.float32)
        fully_shard(mixed, mp_policy=policy)
        train(mixed.train(), mine)
        state = mixed.state_dict().items()
        found |= {f"{kind}.{key}": whole(value).detach() for key, value in state}
    shard = next(module.parameters()).to_local()
    assert shard.numel() * size == next(module.parameters()).numel()
    if rank == 0:
        torch.save(found, target)
    dist.barrier()  # nobody leaves while another one still works
    dist.destroy_process_group()


if __name__ == "__main__":
    main(sys.argv[1])
