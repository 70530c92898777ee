"""Modules inside tf.contrib.tpu, for programs that bring a TPUEstimator of their own.

The errors' texts and the numbers are those of TensorFlow 1.15 with use_tpu=False.
"""

import sys

import pytest
from test_alias import holds

import scopeflow as tf
from scopeflow.alias.modules import (
    control_flow_ops,
    estimator_model_fn,
    tpu_context,
    tpu_error_handling,
    tpu_estimator,
    tpu_internals,
    tpu_session_support,
    tpu_tensor_tracer,
    tpu_util,
)

MODES = tf.estimator.ModeKeys


def test_paths():
    holds(
        """
        from tensorflow.contrib.tpu.python.tpu import error_handling, session_support, tpu
        from tensorflow.contrib.tpu.python.tpu import tensor_tracer, tpu_config, tpu_context
        from tensorflow.contrib.tpu.python.tpu import tpu_estimator, util as util_lib
        from tensorflow.python.tpu import tpu_context as later
        from tensorflow.python.estimator import estimator as estimator_lib, model_fn as model_fn_lib
        import tensorflow as tf

        assert later.TPUContext is tpu_context.TPUContext
        assert estimator_lib.Estimator is tf.estimator.Estimator
        assert model_fn_lib.EstimatorSpec is tf.estimator.EstimatorSpec
        assert tpu_config.RunConfig is tf.contrib.tpu.RunConfig
        assert tpu_estimator.TPUEstimator is tf.contrib.tpu.TPUEstimator
        assert issubclass(tf.contrib.tpu.TPUEstimatorSpec, model_fn_lib._TPUEstimatorSpec)
        """
    )


def test_positive_integers():
    tpu_util.check_positive_integer(1, "Train steps")
    with pytest.raises(TypeError, match="^Train steps must be int, got <class 'float'>$"):
        tpu_util.check_positive_integer(1.0, "Train steps")
    with pytest.raises(ValueError, match="^Train steps must be positive, got 0$"):
        tpu_util.check_positive_integer(0, "Train steps")


def test_datasets_are_initialized_with_the_session():
    with tf.Graph().as_default():
        iterator = tf.compat.v1.data.make_initializable_iterator(tf.data.Dataset.range(3))
        following = iterator.get_next()
        hook = tpu_util.MultiHostDatasetInitializerHook([iterator.initializer])
        with tf.train.MonitoredSession(hooks=[hook]) as session:
            assert session.run(following) == 0


def context(**changes):
    arguments = {
        "train_batch_size": 16, "eval_batch_size": 8, "predict_batch_size": 4, "use_tpu": False,
    }  # fmt: skip
    return tpu_context._get_tpu_context(tf.contrib.tpu.RunConfig(), **{**arguments, **changes})


@pytest.mark.parametrize("mode, size", [(MODES.TRAIN, 16), (MODES.EVAL, 8), (MODES.PREDICT, 4)])
def test_the_context_on_the_host(mode, size):
    with context().with_mode(mode) as found:
        assert found.mode == mode and found.is_running_on_cpu()
        assert found.global_batch_size == size
        assert found.batch_size_for_input_fn == found.batch_size_for_model_fn == size
        assert (found.num_cores, found.num_hosts, found.num_replicas) == (0, 0, 0)
        assert found.master_job is None and not found.model_parallelism_enabled
        assert found.tpu_host_placement_function(host_id=0) is None
        inside = tpu_context.TPUContext(found, "/device:CPU:0", invocation_index=0)
        assert inside.current_input_fn_deployment() == ("/device:CPU:0", 0, 1, 1)
        assert inside.current_host == 0
        with pytest.raises(RuntimeError, match="must not be called from input_fn"):
            _ = inside.device_assignment
        outside = tpu_context.TPUContext(found, call_from_input_fn=False)
        assert outside.device_assignment is None
        with pytest.raises(RuntimeError, match="must not be called from model_fn"):
            outside.current_input_fn_deployment()


def test_a_context_without_a_mode():
    with pytest.raises(RuntimeError, match="^`mode` needs to be set via contextmanager"):
        _ = context().num_hosts
    with pytest.raises(NotImplementedError, match="use_tpu=False"):
        context(use_tpu=True)


def failed(error):
    try:
        raise error
    except Exception:
        return sys.exc_info()


def test_the_error_that_tells_most_is_raised():
    gathered = tpu_error_handling.ErrorRendezvous(3)
    with gathered.catch_errors("infeed"):
        raise tf.errors.AbortedError(None, None, "closed")
    gathered.record_error("training", failed(ValueError("the cause")))
    gathered.record_done("outfeed")
    with pytest.raises(ValueError, match="the cause"):
        gathered.raise_errors(timeout_sec=5)


def test_an_error_closes_the_session_it_came_from():
    gathered = tpu_error_handling.ErrorRendezvous(1)
    session = tf.Session()
    with gathered.catch_errors("training", session):
        raise tf.errors.AbortedError(None, None, "closed")
    with pytest.raises(RuntimeError, match="closed"):
        session.run(tf.constant(1))
    with pytest.raises(tf.errors.AbortedError):
        gathered.raise_errors()


def test_no_errors():
    gathered = tpu_error_handling.ErrorRendezvous(1)
    with gathered.catch_errors("training"):
        pass
    gathered.record_done("training")
    gathered.raise_errors(1)


def test_computations_for_tpus_are_computations():
    x = tf.constant(3.0)
    (rewritten,) = tpu_internals.rewrite_for_inference(lambda a: a + 1.0, [x])
    compiled, (shard,) = tpu_internals.split_compile_and_shard(lambda a: a * 2.0, [x], 1)
    with tf.Session() as session:
        assert session.run([rewritten, shard, compiled]) == [4.0, 6.0, None]


def test_nothing_shuts_down(tmp_path):
    hook = tpu_session_support.GracefulShutdownHook(
        str(tmp_path), on_shutdown_hooks=[tpu_session_support.ResetComputation()]
    )
    with tf.Graph().as_default():
        variable = tf.get_variable("v", [])
        assert hook.saver() is None
        saver = tf.train.Saver()
        tf.add_to_collection(tf.GraphKeys.SAVERS, saver)
        assert hook.saver() is saver
        with tf.train.MonitoredSession(hooks=[hook]) as session:
            tpu_session_support.start_worker_watchdog(session)
            session.run(variable)


def test_tensors_are_not_traced(monkeypatch):
    assert not tpu_tensor_tracer.TensorTracer.is_enabled()
    x = tf.constant(1.0)
    assert tpu_tensor_tracer.tensor_tracepoint(x, "here") is x
    monkeypatch.setenv("TENSOR_TRACER_FLAGS", "--enable=1")
    with pytest.raises(NotImplementedError, match="Unset TENSOR_TRACER_FLAGS"):
        tpu_tensor_tracer.TensorTracer.is_enabled()


def test_batches_of_a_server():
    found = tpu_estimator.BatchConfig(1, 2, 3, [2])
    assert found.max_enqueued_batches == 10
    assert estimator_model_fn.LOSS_METRIC_KEY == "loss"


def test_contexts_of_users_are_refused():
    class Mine(control_flow_ops.ControlFlowContext):
        pass

    with pytest.raises(NotImplementedError, match="Mine: a graph takes no control flow contexts"):
        Mine()


def test_what_a_subclass_may_replace():
    class Other(tf.estimator.Estimator):
        def _call_model_fn(self, *args):
            return None

    class TPUEstimator(tf.estimator.Estimator):
        def _call_model_fn(self, features, labels, mode, config):
            return super()._call_model_fn(features, labels, mode, config)

    with pytest.raises(ValueError, match=r"does override \['_call_model_fn'\]"):
        Other(lambda features, labels, mode: None)
    TPUEstimator(lambda features, labels, mode: None)
