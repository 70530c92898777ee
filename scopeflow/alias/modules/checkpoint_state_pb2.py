"""tensorflow.python.training.checkpoint_state_pb2: the message in a `checkpoint` file."""

from scopeflow.checkpoint.protos import messages

CheckpointState = messages().CheckpointState
