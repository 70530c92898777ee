"""`tf.estimator`: models that are trained, evaluated, asked and exported."""

from ..core.lazy_names import lazy_names as _lazy_names

_WHERE = {
    "experimental": ".experimental:",
    "export": ".export:",
    "inputs": ".inputs:",
    "tpu": ".tpu:",
    "ModeKeys": ".mode_keys",
    "RunConfig": ".run_config",
    "EstimatorSpec": ".model_fn",
    "Estimator": ".estimator",
    "WarmStartSettings": ".warm_start",
    "BestExporter": ".exporter",
    "Exporter": ".exporter",
    "FinalExporter": ".exporter",
    "LatestExporter": ".exporter",
    "EvalSpec": ".training",
    "TrainSpec": ".training",
    "train_and_evaluate": ".training",
    "add_metrics": ".extending",
    # Models that are there already.
    "BoostedTreesClassifier": ".canned.boosted_trees",
    "BoostedTreesRegressor": ".canned.boosted_trees",
    "DNNClassifier": ".canned.dnn",
    "DNNRegressor": ".canned.dnn",
    "DNNLinearCombinedClassifier": ".canned.combined",
    "DNNLinearCombinedRegressor": ".canned.combined",
    "LinearClassifier": ".canned.linear",
    "LinearRegressor": ".canned.linear",
    # The hooks of tf.train.
    "CheckpointSaverHook": "..train",
    "CheckpointSaverListener": "..train",
    "FeedFnHook": "..train",
    "FinalOpsHook": "..train",
    "GlobalStepWaiterHook": "..train",
    "LoggingTensorHook": "..train",
    "NanLossDuringTrainingError": "..train",
    "NanTensorHook": "..train",
    "ProfilerHook": "..train",
    "SecondOrStepTimer": "..train",
    "SessionRunArgs": "..train",
    "SessionRunContext": "..train",
    "SessionRunHook": "..train",
    "SessionRunValues": "..train",
    "StepCounterHook": "..train",
    "StopAtStepHook": "..train",
    "SummarySaverHook": "..train",
    "VocabInfo": "..train",
}

__all__ = list(_WHERE)

__getattr__, __dir__ = _lazy_names(globals(), _WHERE)
