"""SessionManager. What it does and says is TensorFlow 1.15.5's."""

import pytest

import scopeflow as tf


@pytest.fixture
def model(tmp_path):
    """(variables, initializer, saver, a manager, a folder with a checkpoint)."""
    with tf.Graph().as_default():
        v, w = tf.Variable(1.0, name="v"), tf.Variable(2.0, name="w")
        local = tf.Variable(
            3.0, name="l", collections=[tf.GraphKeys.LOCAL_VARIABLES], trainable=False
        )
        init, saver = tf.global_variables_initializer(), tf.train.Saver()
        missing = tf.report_uninitialized_variables(tf.global_variables())
        manager = tf.train.SessionManager(
            local_init_op=tf.local_variables_initializer(),
            ready_op=missing,
            ready_for_local_init_op=missing,
        )
        with tf.Session() as session:
            session.run(init)
            session.run(v.assign(9.0))
            saver.save(session, str(tmp_path / "m"), global_step=3)
        yield [v, w, local], init, saver, manager, tmp_path


def test_prepare(model):
    variables, init, saver, manager, folder = model
    prepare = manager.prepare_session
    assert prepare("", init_op=init).run(variables) == [1, 2, 3]
    assert prepare("", init_fn=lambda s: s.run(init)).run(variables) == [1, 2, 3]
    restored = prepare("", init_op=init, saver=saver, checkpoint_dir=str(folder))
    assert restored.run(variables) == [9, 2, 3]
    named = prepare("", saver=saver, checkpoint_filename_with_path=str(folder / "m-3"))
    assert named.run(variables) == [9, 2, 3]
    fed = tf.placeholder(tf.float32)
    op = tf.group(variables[0].assign(fed), variables[1].initializer)
    assert prepare("", init_op=op, init_feed_dict={fed: 5.0}).run(variables) == [5, 2, 3]


def test_recover(model):
    variables, _, saver, manager, folder = model
    session, ready = manager.recover_session("", saver=saver, checkpoint_dir=str(folder))
    assert ready
    assert session.run(variables) == [9, 2, 3]
    for options in ({}, {"saver": saver, "checkpoint_dir": str(folder / "none")}):
        session, ready = manager.recover_session("", **options)
        assert not ready
        with pytest.raises(tf.errors.FailedPreconditionError):
            session.run(variables[0])
    whole = tf.train.SessionManager(ready_op=tf.report_uninitialized_variables())
    assert not whole.recover_session("", saver=saver, checkpoint_dir=str(folder))[1]


def test_what_is_not_ready(model):
    variables, init, saver, manager, folder = model
    with pytest.raises(RuntimeError) as caught:
        manager.prepare_session("", init_op=variables[0].initializer)
    assert str(caught.value) == (
        "Init operations did not make model ready for local_init.  Init op: v/Assign, "
        "init fn: None, error: Variables not initialized: w"
    )
    whole = tf.train.SessionManager(
        tf.no_op(), tf.report_uninitialized_variables(), recovery_wait_secs=0.01
    )
    with pytest.raises(
        RuntimeError, match="did not make model ready.  Init op: init, init fn: None"
    ):
        whole.prepare_session("", init_op=init)
    with pytest.raises(RuntimeError, match="Model is not initialized and no init_op or init_fn"):
        tf.train.SessionManager().prepare_session("")
    with pytest.raises(ValueError, match="Can not provide both checkpoint_dir and checkpoint_fil"):
        manager.prepare_session("", checkpoint_dir="a", checkpoint_filename_with_path="b")
    with pytest.raises(ValueError, match="If you pass a ready_for_local_init_op you must also"):
        tf.train.SessionManager(ready_for_local_init_op=tf.no_op())
    with pytest.raises(tf.errors.DeadlineExceededError, match="not ready after waiting 0 secs."):
        whole.wait_for_session("", max_wait_secs=0.03)
    waited = whole.recover_session(
        "", saver, str(folder / "none"), wait_for_checkpoint=True, max_wait_secs=0.03
    )
    assert not waited[1]
    assert tf.train.SessionManager(local_init_op=init).wait_for_session("").run(variables[0]) == 1
