"""Where the modules of TensorFlow stand in scopeflow: a table of paths.

A row is one or more paths below `tensorflow` and the places whose names such a module has, looked
up one after another when a name is asked for. So a path whose target is not there yet resolves by
itself once it is. A place is a namespace of scopeflow's interface (`tf`, `tf.nn`), `raw` (an op
type under its name in small letters: `raw`.mat_mul is tf.raw_ops.MatMul), a module of
`alias/modules` (`.nest`), or any other module by its full name.
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

OPS = ("tf", "tf.nn", "tf.math", "tf.linalg", "raw")
"""Whatever stands in TensorFlow's files of ops."""

PROTOS = ("tf", "tf.train", "tf.summary")

TABLE: dict[str, tuple[str, ...]] = {
    "horovod": (".horovod",),
    "horovod.tensorflow": (".horovod",),
    "horovod.tensorflow.compression": (".horovod",),
    "horovod.tensorflow.functions": (".horovod",),
    "horovod.tensorflow.mpi_ops": (".horovod",),
    "horovod.keras": (".horovod_keras",),
    "horovod.keras.callbacks": (".horovod_callbacks",),
    "horovod.tensorflow.keras": (".horovod_keras",),
    "horovod.tensorflow.keras.callbacks": (".horovod_callbacks",),
    # tensorflow.python.framework
    "python.framework.ops": (".ops", "tf"),
    "python.framework.dtypes": (".dtypes", "tf", "tf.dtypes"),
    "python.framework.constant_op": ("tf",),
    "python.framework.tensor_shape": (".tensor_shape", "tf"),
    "python.framework.tensor_spec": (".tensor_spec", "tf"),
    "python.framework.tensor_util": (".tensor_util", "tf", "tf.contrib.util"),
    "python.framework.errors": ("tf.errors", "tf"),
    "python.framework.errors_impl": (".errors_impl", "tf.errors", "tf"),
    "python.framework.function": (".function",),
    "python.framework.graph_util": ("tf.graph_util",),
    "python.framework.graph_util_impl": ("tf.graph_util",),
    "python.framework.graph_io": ("tf.train", "tf.io"),
    "python.framework.importer": ("tf",),
    "python.framework.indexed_slices": (".indexed_slices", "tf"),
    "python.framework.load_library": ("tf",),
    "python.framework.meta_graph": (".meta_graph", "tf.train"),
    "python.framework.random_seed": ("tf", "tf.random"),
    "python.framework.registry": (".registry",),
    "python.framework.smart_cond": (".smart_cond",),
    "python.framework.sparse_tensor": (".sparse_tensor", "tf"),
    "python.framework.common_shapes": (".common_shapes",),
    "python.framework.test_util": (".test_util", "tf.test"),
    "python.framework.combinations": (".combinations",),
    "python.framework.test_combinations": (".combinations",),
    "python.framework.device": (".device", "tf"),
    "python.framework.config": ("tf.config", "tf.config.experimental", "tf.config.threading"),
    "python.framework.versions": ("tf", "tf.version"),
    "python.framework.device_spec": (".device", "tf"),
    "python.framework.type_spec": ("tf",),
    "python.framework.composite_tensor": ("scopeflow.core.composite",),
    "python.framework.framework_lib": ("tf",),
    # tensorflow.python.ops
    **{
        f"python.ops.{name}": OPS
        for name in """
            batch_ops clip_ops
            gradients gradients_impl
            gradients_util histogram_ops io_ops linalg_ops list_ops manip_ops map_fn
            numerics script_ops session_ops special_math_ops
            standard_ops template tensor_array_ops sort_ops
            partitioned_variables unconnected_gradients cond_v2 while_v2
            """.split()
    },
    "python.ops.array_ops": (".array_ops", *OPS, "scopeflow.ops.scatter"),
    "python.ops.critical_section_ops": ("tf", "scopeflow.ops.critical_section"),
    "python.ops.check_ops": (*OPS, "tf.debugging"),
    "python.ops.math_ops": (".math_ops", *OPS),
    "python.ops.random_ops": (".random_ops", *OPS),
    "python.ops.confusion_matrix": (*OPS, "scopeflow.ops.counting"),
    "python.ops.parsing_ops": (".parsing_ops", "tf.io", *OPS),
    "python.ops.weights_broadcast_ops": (".weights_broadcast_ops",),
    "python.ops.variables": (".variables", *OPS),
    "python.ops.variable_scope": (".variable_scope", ".variables", *OPS),
    "python.ops.state_ops": (".state_ops", *OPS),
    "python.ops.gen_state_ops": ("raw", ".state_ops", *OPS),
    "python.ops.control_flow_ops": (".control_flow_ops", *OPS),
    "python.ops.functional_ops": (".functional_ops", *OPS),
    "python.ops.init_ops": (".init_ops", "tf", "tf.initializers", "tf.keras.initializers"),
    "python.ops.init_ops_v2": ("tf.keras.initializers", "tf.initializers"),
    "python.ops.initializers_ns": ("tf.initializers", "tf"),
    "contrib.framework.python.ops.audio_ops": ("tf.audio", "raw"),
    "python.ops.bitwise_ops": ("tf.bitwise", *OPS),
    "python.ops.candidate_sampling_ops": ("tf.nn", *OPS),
    "python.ops.ctc_ops": (".ctc_ops", "tf.nn", *OPS),
    "python.ops.cudnn_rnn_grad": ("raw",),
    "python.ops.control_flow_util": (".control_flow_util",),
    "python.ops.control_flow_v2_toggles": ("tf",),
    "python.ops.data_flow_ops": (
        *OPS, "tf.contrib.staging", "scopeflow.contrib.staging.map_area",
    ),
    "core.kernels.boosted_trees.boosted_trees_pb2": (".boosted_trees_pb2",),
    "python.ops.boosted_trees_ops": (".boosted_trees_ops",),
    "python.ops.embedding_ops": (".embedding_ops", "tf.nn", *OPS),
    "python.ops.gradient_checker": ("tf.test",),
    "python.ops.gradient_checker_v2": (".gradient_checker_v2",),
    "python.ops.image_ops": (".image_ops", "tf.image", *OPS),
    "python.ops.image_ops_impl": (".image_ops", "tf.image", *OPS),
    "python.ops.inplace_ops": (".inplace_ops",),
    "python.ops.linalg.linear_operator_util": (".linear_operator_util", "tf.linalg", "tf"),
    "python.ops.linalg.linalg": (".linalg_impl", "tf.linalg", "tf"),
    "python.ops.linalg.linalg_impl": (".linalg_impl", "tf.linalg", "tf"),
    "python.ops.lookup_ops": (
        ".lookup_ops", "tf.lookup", "tf.contrib.lookup", "tf.lookup.experimental", *OPS,
    ),
    "python.ops.losses.losses": ("tf.losses",),
    "python.ops.losses.losses_impl": ("tf.losses",),
    "python.ops.losses.util": ("tf.losses",),
    "python.ops.metrics": ("tf.metrics",),
    "python.ops.metrics_impl": (".metrics_impl", "tf.metrics"),
    "python.ops.logging_ops": (".logging_ops", *OPS),
    "python.ops.custom_gradient": (".custom_gradient", *OPS),
    "python.ops.nccl_ops": (".nccl_ops",),
    "python.ops.nn": ("tf.nn", *OPS),
    "python.ops.nn_impl": (".nn_impl", "tf.nn", *OPS),
    "python.ops.nn_ops": (".nn_ops", "tf.nn", *OPS),
    "python.ops.op_selector": (".op_selector",),
    "python.ops.resource_variable_ops": (".resource_variable_ops", *OPS),
    "python.ops.resources": (".resources", "tf"),
    "python.ops.rnn": (".rnn", "tf.nn", "tf"),
    "python.ops.rnn_cell": (".rnn_cell_impl", "tf.nn.rnn_cell", "tf.contrib.rnn"),
    "python.ops.rnn_cell_impl": (".rnn_cell_impl", "tf.nn.rnn_cell", "tf.contrib.rnn"),
    "python.ops.rnn.rnn_cell_impl": (".rnn_cell_impl", "tf.nn.rnn_cell", "tf.contrib.rnn"),
    "python.ops.seq2seq": ("tf.contrib.legacy_seq2seq",),
    "models.rnn.rnn": (".rnn", "tf.nn", "tf"),  # before TensorFlow 0.9
    "models.rnn.rnn_cell": (".rnn_cell_impl", "tf.nn.rnn_cell", "tf.contrib.rnn"),
    "models.rnn.seq2seq": ("tf.contrib.legacy_seq2seq",),
    "python.ops.sets": ("tf.sets",),
    "python.ops.sets_impl": ("tf.sets",),
    "python.ops.signal": ("tf.signal", "tf"),
    "python.ops.sparse_ops": (".sparse_ops", "tf.sparse", *OPS),
    "python.ops.spectral_ops_test_util": (".spectral_ops_test_util",),
    "python.ops.spectral_ops": ("tf.spectral", "tf.signal", *OPS),
    "python.ops.stateful_random_ops": ("tf.random.experimental",),
    "python.ops.stateless_random_ops": ("scopeflow.ops.stateless_random", "tf.random", "tf"),
    "python.ops.string_ops": (".string_ops", "tf.strings", *OPS),
    "python.ops.summary_op_util": (".summary_op_util",),
    "python.ops.summary_ops_v2": ("tf.contrib.summary", "tf.summary"),
    "python.ops.distributions": ("tf.distributions", "tf.contrib.distributions"),
    "python.ops.distributions.util": (".distribution_util", "tf.contrib.distributions"),
    "python.ops.distributions.bijector": ("tf.contrib.distributions.bijectors",),
    "python.ops.distributions.identity_bijector": ("tf.contrib.distributions.bijectors",),
    "python.ops.distributions.bijector_test_util": (".distribution_test_util",),
    "python.ops.ragged": ("tf.ragged", "tf"),
    # tensorflow.python.training
    "python.training": ("tf.train",),
    "python.training.training": ("tf.train", "tf.io"),
    "python.training.training_ops": ("raw",),
    "python.training.gen_training_ops": ("raw",),
    "python.training.moving_averages": (".moving_averages", "tf.train"),
    "python.training.basic_session_run_hooks": ("tf.train", "tf.summary"),
    "python.training.monitored_session": (".monitored_session", "tf.train"),
    "python.training.checkpoint_management": (".checkpoint_management", "tf.train", "tf"),
    "python.training.checkpoint_state_pb2": (".checkpoint_state_pb2",),
    "python.training.saver_test_utils": (".saver_test_utils",),
    "python.training.tracking.base": (".trackable",),
    "python.training.tracking.tracking": (".trackable",),
    "python.training.tracking.data_structures": (".trackable",),
    "python.training.tracking.util": (".tracking_util",),
    "python.training.evaluation": ("tf.contrib.training", "tf.train"),
    "python.training.saving": ("tf.train",),
    "python.training.slot_creator": ("scopeflow.train.slot_creator",),
    "python.training.training_util": (".training_util", "tf.train", "tf"),
    "python.training.saver": (".saver", "tf.train", "tf"),
    "python.training.saveable_object": ("scopeflow.train.saveable",),
    "python.training.saving.saveable_object_util": ("tf.train",),
    "python.training.saving.saveable_object": ("scopeflow.train.saveable",),
    "python.training.summary_io": ("tf.summary", "tf.train"),
    "python.training.queue_runner_impl": ("tf.train",),
    "python.training.experimental": ("tf.train.experimental",),
    "python.training.experimental.loss_scale": (".loss_scale", "tf.train.experimental"),
    "python.training.experimental.loss_scale_optimizer": ("tf.train.experimental",),
    "python.training.experimental.mixed_precision": (".loss_scale", "tf.train.experimental"),
    **{
        f"python.training.{name}": ("tf.train", "tf")
        for name in """
            adadelta adagrad adagrad_da adam basic_loops
            checkpoint_utils checkpoint_ops coordinator device_setter
            device_util distribute distribution_strategy_context ftrl gradient_descent input
            learning_rate_decay momentum optimizer proximal_adagrad proximal_gradient_descent
            queue_runner rmsprop server_lib session_manager session_run_hook
            supervisor sync_replicas_optimizer warm_starting_util
            """.split()
    },
    # tensorflow.python.layers, keras, estimator, data
    **{
        f"python.layers.{name}": (".layers", "tf.layers")
        for name in "base core convolutional layers normalization pooling".split()
    },
    "python.layers.utils": (".layers_utils",),
    "python.keras.engine.network": (".keras_network", "tf.keras.models", "tf.keras"),
    "python.data": ("tf.data",),
    "python.data.util.nest": (".nest", "tf.nest"),
    "python.data.kernel_tests.test_base": (".dataset_test_base",),
    "python.data.util": (),
    "python.data.ops": (),
    "python.data.ops.readers": ("tf.data",),
    "python.data.ops.dataset_ops": (".dataset_ops", "tf.data", "tf.data.experimental"),
    "python.data.ops.optional_ops": ("tf.data.experimental",),
    "python.data.util.structure": (".data_structure", "tf.data", "tf.data.experimental"),
    "python.data.ops.iterator_ops": ("tf.data", "tf.data.experimental"),
    "python.data.experimental": ("tf.data.experimental",),
    "python.data.experimental.ops": ("tf.data.experimental",),
    "python.estimator": ("tf.estimator",),
    "python.estimator.estimator_lib": ("tf.estimator",),
    "python.feature_column": ("tf.feature_column",),
    "python.feature_column.feature_column": (".feature_column", "tf.feature_column"),
    "python.feature_column.feature_column_v2": (".feature_column", "tf.feature_column"),
    "python.feature_column.feature_column_lib": (".feature_column", "tf.feature_column"),
    "python.feature_column.dense_features": ("scopeflow.feature_column.layers",),
    "python.feature_column.sequence_feature_column": (
        "tf.feature_column", "scopeflow.feature_column.layers",
        "scopeflow.feature_column.sequences",
    ),
    # tensorflow.python.platform, lib, util
    "python.platform.app": ("tf.app",),
    "python.platform.benchmark": ("tf.test",),
    "python.platform.build_info": (".build_info",),
    "python.platform.flags": ("tf.flags",),
    "python.platform.gfile": ("tf.gfile",),
    "python.platform.googletest": ("tf.test",),
    "python.platform.resource_loader": ("tf.resource_loader",),
    "python.platform.sysconfig": ("tf.sysconfig",),
    "python.platform.test": ("tf.test",),
    "python.platform.tf_logging": ("tf.logging", "tf"),
    "python.lib.io.file_io": (".file_io", "tf.io.gfile"),
    "python.lib.io.python_io": ("tf.python_io", "tf.io"),
    "python.lib.io.tf_record": ("tf.python_io", "tf.io"),
    "python.util.compat": ("tf.compat",),
    "python.util.compat_internal": ("tf.compat",),
    "python.util.deprecation": (".deprecation",),
    "python.util.deprecation_wrapper": (".deprecation",),
    "python.util.function_utils": (".function_utils",),
    "python.util.nest": (".nest", "tf.nest"),
    "python.util.tf_contextlib": (".tf_contextlib",),
    "python.util.tf_decorator": (".tf_decorator",),
    "python.util.tf_export": (".tf_export",),
    "python.util.tf_inspect": (".tf_inspect",),
    "python.util.tf_should_use": (".tf_export",),
    "python.module.module": ("tf",),
    # the rest of tensorflow.python
    "python": ("tf",),
    "python.client.device_lib": ("scopeflow.platform.devices",),
    "python.client.session": ("tf", "scopeflow.runtime.conversions"),
    "python.client.client_lib": ("tf",),
    "python.client.timeline": (".timeline",),
    "python.debug": ("tf.debugging",),
    "python.distribute": ("tf.distribute",),
    "python.distribute.cluster_resolver": ("tf.contrib.cluster_resolver",),
    "python.distribute.summary_op_util": (".summary_op_util",),
    "python.compat.compat": ("tf.compat",),
    "python.tf2": (".tf2",),
    "python.eager.context": (".eager_context", "tf"),
    "python.eager.test": (".test_util", "tf.test"),
    "python.eager.backprop": ("tf",),
    "python.eager.def_function": (".eager_function", "tf"),
    "python.eager.function": (".eager_function", "tf"),
    "python.profiler": ("tf.profiler",),
    "python.pywrap_tensorflow": (".pywrap_tensorflow", "tf.train", "tf"),
    "python.pywrap_tensorflow_internal": (".pywrap_tensorflow", "tf.train", "tf"),
    "python.saved_model": ("tf.saved_model",),
    "python.saved_model.tag_constants": (".tag_constants",),
    "python.saved_model.signature_constants": ("tf.saved_model.signature_constants",),
    "python.saved_model.builder": (
        ".saved_model_builder", "tf.saved_model.builder", "tf.saved_model",
    ),
    "python.saved_model.loader": ("tf.saved_model.loader", "tf.saved_model"),
    "python.saved_model.main_op": ("tf.saved_model.main_op", "tf.saved_model"),
    "python.saved_model.utils": (
        "tf.saved_model.utils", "scopeflow.saved_model.op_signatures", "tf.saved_model",
    ),
    "python.saved_model.signature_def_utils": (
        "tf.saved_model.signature_def_utils", "tf.saved_model",
    ),
    "python.saved_model.signature_def_utils_impl": (
        "tf.saved_model.signature_def_utils", "scopeflow.saved_model.op_signatures",
    ),
    "python.saved_model.constants": (".saved_model_constants", "tf.saved_model"),
    "python.saved_model.loader_impl": (".saved_model_loader", "tf.saved_model"),
    "python.saved_model.simple_save": ("tf.saved_model",),
    "python.saved_model.utils_impl": ("tf.saved_model.utils", "tf.saved_model"),
    "python.saved_model.builder_impl": (
        ".saved_model_builder", "tf.saved_model.builder", "tf.saved_model",
    ),
    "python.summary": ("tf.summary",),
    "python.summary.summary": ("tf.summary", "tf"),
    "python.summary.summary_iterator": ("tf.train",),
    "python.tools": (),
    "python.tools.freeze_graph": (".freeze_graph",),
    "python.tools.inspect_checkpoint": (".inspect_checkpoint",),
    # beside tensorflow.python
    "core.example": PROTOS,
    "core.framework": PROTOS,
    "core.protobuf": PROTOS,
    "core.protobuf.queue_runner_pb2": ("scopeflow.api.protos",),
    "core.util": PROTOS,
    "core.profiler": PROTOS,
    "tools.tfprof.tfprof_log_pb2": ("tensorboard.compat.proto.tfprof_log_pb2",),
    "examples.tutorials.mnist": (".mnist",),
    "examples.tutorials.mnist.input_data": (".mnist",),
    "contrib.framework.python.framework.tensor_util": (
        "tf.contrib.framework", "scopeflow.ops.counting", "tf",
    ),
    "contrib.layers.python.layers.layers": (
        "tf.contrib.layers", "scopeflow.contrib.layers.pooling", "tf",
    ),
    "contrib.testing": (".fake_summary_writer", ".summary_util_test"),
    "contrib.testing.python.framework.fake_summary_writer": (".fake_summary_writer",),
    "contrib.testing.python.framework.util_test": (".summary_util_test",),
    "contrib.tensorboard.plugins.projector.projector_config_pb2": (
        "tensorboard.plugins.projector.projector_config_pb2",
    ),
    "contrib.eager.python.tfe": ("tf.contrib.eager",),
    "contrib.eager.python.tfe.metrics": ("tf.contrib.eager.metrics",),
    "contrib.eager.python.metrics": ("tf.contrib.eager.metrics",),
    "contrib.eager.python.metrics_impl": ("tf.contrib.eager.metrics",),
    "contrib.tpu.python.tpu.util": (".tpu_util", "tf.contrib.tpu"),
    "python.tpu.util": (".tpu_util", "tf.contrib.tpu"),
    "contrib.tpu.python.tpu.error_handling": (".tpu_error_handling", "tf.contrib.tpu"),
    "python.tpu.error_handling": (".tpu_error_handling", "tf.contrib.tpu"),
    "contrib.tpu.python.tpu.session_support": (".tpu_session_support", "tf.contrib.tpu"),
    "python.tpu.session_support": (".tpu_session_support", "tf.contrib.tpu"),
    "contrib.tpu.python.tpu.tensor_tracer": (".tpu_tensor_tracer", "tf.contrib.tpu"),
    "python.tpu.tensor_tracer": (".tpu_tensor_tracer", "tf.contrib.tpu"),
    "contrib.tpu.python.tpu.tpu": (".tpu_internals", "tf.contrib.tpu"),
    "python.tpu.tpu": (".tpu_internals", "tf.contrib.tpu"),
    "contrib.tpu.python.tpu.tpu_estimator": (".tpu_estimator", "tf.contrib.tpu"),
    "python.tpu.tpu_estimator": (".tpu_estimator", "tf.contrib.tpu"),
    "contrib.tpu.python.tpu.tpu_context": (".tpu_context", "tf.contrib.tpu"),
    "python.tpu.tpu_context": (".tpu_context", "tf.contrib.tpu"),
    "python.estimator.estimator": (".estimator", "tf.estimator", "tf.train"),
    "python.estimator.model_fn": (".estimator_model_fn", "tf.estimator", "tf.train"),
    "contrib.boosted_trees.proto": (),
    "contrib.boosted_trees.proto.learner_pb2": (".learner_pb2",),
    "contrib.boosted_trees.estimator_batch": (),
    "contrib.boosted_trees.estimator_batch.estimator": (
        "scopeflow.contrib.boosted_trees.estimator",
    ),
    "contrib.boosted_trees.estimator_batch.custom_loss_head": (
        "scopeflow.contrib.boosted_trees.heads",
    ),
    "contrib.boosted_trees": (),
    "contrib.decision_trees": (),
    "contrib.decision_trees.proto": (),
    "contrib.decision_trees.proto.generic_tree_model_pb2": (".generic_tree_model_pb2",),
    "contrib.tensor_forest": (),
    "contrib.tensor_forest.python": (),
    "contrib.tensor_forest.python.tensor_forest": (
        "scopeflow.contrib.tensor_forest.graphs", "scopeflow.contrib.tensor_forest.params",
    ),
    "contrib.boosted_trees.python.utils.losses": ("scopeflow.contrib.boosted_trees.losses",),
    "contrib.factorization.python.ops.clustering_ops": (
        "scopeflow.contrib.factorization.clustering",
        "scopeflow.contrib.factorization.seeding",
    ),
    "contrib.factorization.python.ops.kmeans": ("tf.contrib.factorization",),
    "contrib.factorization.python.ops": ("tf.contrib.factorization",),
    "contrib.factorization.python": ("tf.contrib.factorization",),
    "contrib.rnn.python.ops.core_rnn": ("tf.contrib.rnn", "tf.nn"),
    "contrib.rnn.python.ops.core_rnn_cell": (".rnn_cell_impl", "tf.contrib.rnn"),
    "contrib.rnn.python.ops.core_rnn_cell_impl": (".rnn_cell_impl", "tf.contrib.rnn"),
    "contrib.distributions.python.ops.bernoulli": ("tf.distributions",),
    "contrib.distributions.python.ops.categorical": ("tf.distributions",),
    "contrib.distributions.python.ops.normal": ("tf.distributions",),
    "contrib.distributions.python.ops.distribution_util": (
        ".distribution_util", "tf.contrib.distributions",
    ),
    "contrib.distributions.python.ops.test_util": (".distribution_test_util",),
    "contrib.learn": ("tf.contrib.learn",),
    "contrib.learn.datasets": (".learn_datasets",),
    "contrib.learn.python": ("tf.contrib.learn",),
    "contrib.learn.python.learn": ("tf.contrib.learn",),
    "contrib.learn.python.learn.learn_runner": ("tf.contrib.learn.learn_runner",),
    "contrib.learn.python.learn.monitors": ("tf.contrib.learn.monitors",),
    "contrib.learn.python.learn.basic_session_run_hooks": ("tf.train",),
    "contrib.learn.python.learn.monitored_session": ("tf.train",),
    "contrib.learn.python.learn.session_run_hook": ("tf.train",),
    "contrib.learn.python.learn.metric_spec": ("tf.contrib.learn",),
    "contrib.learn.python.learn.experiment": ("tf.contrib.learn",),
    "contrib.learn.python.learn.export_strategy": ("tf.contrib.learn",),
    "contrib.learn.python.learn.estimators": ("tf.contrib.learn",),
    "contrib.learn.python.learn.estimators.estimator": ("tf.contrib.learn",),
    "contrib.learn.python.learn.estimators.model_fn": ("tf.contrib.learn",),
    "contrib.learn.python.learn.estimators.run_config": ("tf.contrib.learn",),
    "contrib.learn.python.learn.estimators.constants": ("tf.contrib.learn",),
    "contrib.learn.python.learn.preprocessing": ("tf.contrib.learn.preprocessing",),
    "contrib.learn.python.learn.preprocessing.text": ("tf.contrib.learn.preprocessing",),
    "contrib.learn.python.learn.preprocessing.categorical_vocabulary": (
        "tf.contrib.learn.preprocessing",
    ),
    "contrib.learn.datasets.base": (".learn_datasets",),
    "contrib.learn.datasets.mnist": (".mnist",),
    "contrib.learn.python.learn.datasets": (".learn_datasets",),
    "contrib.learn.python.learn.datasets.base": (".learn_datasets",),
    "contrib.learn.python.learn.datasets.mnist": (".mnist",),
    "examples.tutorials.mnist.mnist": (".mnist_model",),
}  # fmt: skip

PATTERNS: tuple[tuple[str, tuple[str, ...]], ...] = (
    (r"python\.(ops|user_ops)\.gen_\w+", ("raw", ".nn_ops", *OPS)),
    (r"python\.keras(?P<rest>(\.\w+)*)\.(engine|utils|layers)\.\w+", (
        "tf.keras{rest}", "tf.keras.layers", "tf.keras.models", "tf.keras.utils", "tf.keras",
    )),
    (r"python\.keras(?P<rest>(\.\w+)*)", ("tf.keras{rest}",)),
    (r"python\.feature_column\.\w+", ("tf.feature_column",)),
    (r"python\.estimator(\.\w+)*\.export_output", ("tf.estimator.export", "tf.estimator")),
    (r"python\.estimator(\.\w+)*", ("tf.estimator", "tf.estimator.export", "tf.train")),
    (r"python\.data\.experimental\.ops\.\w+", ("tf.data.experimental", "tf.data")),
    (r"python\.ops\.distributions\.\w+", ("tf.distributions", "tf.contrib.distributions")),
    (r"contrib\.distributions\.python\.ops\.bijectors(\.\w+)?", (
        "tf.contrib.distributions.bijectors", "scopeflow.contrib.distributions.bijectors.scalar",
    )),
    (r"python\.ops\.(ragged|signal|linalg)\.\w+", ("tf.{1}", "tf")),
    (r"python\.summary\.writer(\.\w+)?", ("tf.summary",)),
    (r"python\.profiler\.\w+", ("tf.profiler",)),
    (r"python\.debug(\.\w+)+", ("tf.debugging",)),
    (r"python\.distribute\.\w+", ("tf.distribute", "tf.distribute.experimental")),
    (r"python\.distribute\.cluster_resolver\.\w+", ("tf.contrib.cluster_resolver",)),
    (r"python\.tpu(\.\w+)*", ("tf.contrib.tpu",)),
    (r"(core|tools)(\.\w+)*\.(?P<file>\w+_pb2)", ("tensorboard.compat.proto.{file}", *PROTOS)),
    (r"contrib\.slim\.python\.slim\.nets\.(\w+)", ("tf.contrib.slim.nets.{1}",)),
    (r"contrib\.(\w+)\.python(\.\w+)*?\.(?P<last>\w+)", (
        "tf.contrib.{1}.{last}", "tf.contrib.{1}", "tf",
    )),
    (r"contrib\.(\w+)\.python", ("tf.contrib.{1}",)),
    (r"contrib\.slim\.nets\.(\w+)", ("tf.contrib.slim.nets.{1}",)),
    (r"contrib\.tpu\.proto\.(\w+)", ("tf.contrib.tpu",)),
)  # fmt: skip
"""Regular expressions of whole paths, of modules that TensorFlow has (known_paths.txt).

In a place, {1} and {name} stand for the groups' texts.
"""

WRITTEN_THROUGH = {"python.platform.tf_logging": "tf.logging", "logging": "tf.logging"}
"""Modules whose names scopeflow's own code looks up when it needs them: what a program sets there
(a function of its own instead of `warning`, say) takes effect, as it does in TensorFlow."""

OTHER_ROOTS = {
    "tf_slim": "contrib.slim",
    "tensorflow_estimator": "",
    "keras": "python.keras",
    "horovod": "horovod",
}
"""Packages of other names that programs import beside `tensorflow`: where their modules stand."""


@cache
def known() -> frozenset[str]:
    """The modules that TensorFlow 1.15 has inside: all but the namespaces of its interface."""
    found = set()
    for line in Path(__file__).with_name("known_paths.txt").read_text().splitlines():
        package, _, modules = line.partition(": ")
        found |= {package, *(f"{package}.{module}" for module in modules.split())}
    return frozenset(found)


@cache
def packages() -> frozenset[str]:
    """The paths that have others below them."""
    parts = [path.split(".") for path in {*TABLE, *known()}]
    return frozenset(".".join(p[:n]) for p in parts for n in range(1, len(p)))


@cache
def places(path: str) -> tuple[str, ...] | None:
    """The places of the module at a path below `tensorflow`; None if the table has no such path.

    A package that only holds others has no places: (). Neither has a module of TensorFlow's own
    inside of which nothing is here: it can be imported, its names are missing.
    """
    if path in TABLE:
        return TABLE[path]
    if path not in known():
        return () if any(row.startswith(path + ".") for row in TABLE) else None
    for pattern, found in PATTERNS:
        match = re.fullmatch(pattern, path)
        if match:
            groups = [match.group(0), *match.groups("")]
            return tuple(place.format(*groups, **match.groupdict("")) for place in found)
    if path.startswith("python."):
        return ()  # programs import modules that they never use, or use for their effect
    is_inside = not path.startswith("contrib") or ".python" in path or ".ops" in path
    return () if is_inside and path in packages() else None
