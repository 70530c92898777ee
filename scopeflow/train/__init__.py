"""`tf.train`: optimizers, schedules, averages, the global step, checkpoints."""

from types import ModuleType as _ModuleType

from ..api import protos as _protos
from ..core.lazy_names import lazy_names as _lazy_names
from .adagrad import AdagradDAOptimizer, AdagradOptimizer, ProximalAdagradOptimizer
from .ftrl import FtrlOptimizer
from .global_step import (
    assert_global_step,
    create_global_step,
    get_global_step,
    get_or_create_global_step,
    global_step,
)
from .moving_averages import ExponentialMovingAverage
from .optimizer import Optimizer
from .optimizers import (
    AdamOptimizer,
    GradientDescentOptimizer,
    MomentumOptimizer,
    ProximalGradientDescentOptimizer,
)
from .rmsprop import AdadeltaOptimizer, RMSPropOptimizer
from .schedules import (
    cosine_decay,
    cosine_decay_restarts,
    exponential_decay,
    inverse_time_decay,
    linear_cosine_decay,
    natural_exp_decay,
    noisy_linear_cosine_decay,
    piecewise_constant,
    polynomial_decay,
)
from .schedules import piecewise_constant as piecewise_constant_decay
from .sync_replicas import SyncReplicasOptimizer

__getattr__, __dir__ = _lazy_names(
    globals(),
    {
        # Threads and queues.
        "batch": ".batching",
        "batch_join": ".batching",
        "maybe_batch": ".batching",
        "maybe_batch_join": ".batching",
        "maybe_shuffle_batch": ".batching",
        "maybe_shuffle_batch_join": ".batching",
        "shuffle_batch": ".batching",
        "shuffle_batch_join": ".batching",
        "Coordinator": ".coordinator",
        "LooperThread": ".coordinator",
        "input_producer": ".producers",
        "limit_epochs": ".producers",
        "match_filenames_once": ".producers",
        "range_input_producer": ".producers",
        "slice_input_producer": ".producers",
        "string_input_producer": ".producers",
        "QueueRunner": ".queue_runner",
        "add_queue_runner": ".queue_runner",
        "start_queue_runners": ".queue_runner",
        # Clusters.
        "ClusterSpec": "..platform.cluster",
        "Server": "..platform.cluster",
        "ServerDef": "..platform.cluster",
        "replica_device_setter": ".device_setter",
        "SessionManager": ".session_manager",
        # Sessions that initialize, save and stop by themselves.
        "SessionRunHook": ".session_run_hook",
        "SessionRunArgs": ".session_run_hook",
        "SessionRunContext": ".session_run_hook",
        "SessionRunValues": ".session_run_hook",
        "FeedFnHook": ".hooks",
        "FinalOpsHook": ".hooks",
        "GlobalStepWaiterHook": ".hooks",
        "LoggingTensorHook": ".hooks",
        "NanLossDuringTrainingError": ".hooks",
        "NanTensorHook": ".hooks",
        "SecondOrStepTimer": ".hooks",
        "StopAtStepHook": ".hooks",
        "CheckpointSaverHook": ".saving_hooks",
        "CheckpointSaverListener": ".saving_hooks",
        "ProfilerHook": ".saving_hooks",
        "StepCounterHook": ".saving_hooks",
        "SummarySaverHook": ".saving_hooks",
        "Scaffold": ".scaffold",
        "ChiefSessionCreator": ".session_creators",
        "SessionCreator": ".session_creators",
        "WorkerSessionCreator": ".session_creators",
        "MonitoredSession": ".monitored_session",
        "MonitoredTrainingSession": ".monitored_session",
        "SingularMonitoredSession": ".monitored_session",
        "Supervisor": ".supervisor",
        "basic_train_loop": ".basic_loops",
        # The rest.
        "experimental": ".experimental:",
        "BytesList": "..records.examples",
        "Example": "..records.examples",
        "Feature": "..records.examples",
        "FeatureList": "..records.examples",
        "FeatureLists": "..records.examples",
        "Features": "..records.examples",
        "FloatList": "..records.examples",
        "Int64List": "..records.examples",
        "Checkpoint": ".checkpoint",
        "CheckpointManager": ".checkpoint_manager",
        "NewCheckpointReader": "..checkpoint.reader",
        "Saver": ".saver",
        "SaverDef": "tensorboard.compat.proto.saver_pb2",
        "SequenceExample": "..records.examples",
        "VocabInfo": "..checkpoint.warm_start",
        "checkpoint_exists": "..checkpoint.state",
        "checkpoints_iterator": "..checkpoint.management",
        "generate_checkpoint_state_proto": "..checkpoint.management",
        "get_checkpoint_mtimes": "..checkpoint.management",
        "export_meta_graph": "..graphdef.meta_graph",
        "get_checkpoint_state": "..checkpoint.state",
        "import_meta_graph": "..graphdef.meta_graph",
        "init_from_checkpoint": "..checkpoint.initial_values",
        "latest_checkpoint": "..checkpoint.state",
        "list_variables": "..checkpoint.reader",
        "load_checkpoint": "..checkpoint.reader",
        "load_variable": "..checkpoint.reader",
        "remove_checkpoint": "..checkpoint.management",
        "update_checkpoint_state": "..checkpoint.management",
        "warm_start": "..checkpoint.warm_start",
        "summary_iterator": "..records.events",
        "write_graph": "..graphdef.files",
        "ClusterDef": "..api.protos",
        "JobDef": "..api.protos",
    },
)

__all__ = [
    name
    for name in __dir__()
    if not name.startswith("_") and not isinstance(globals().get(name), _ModuleType)
]
