"""The SavedModel of an Estimator."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from typing import Any

import scopeflow as tf

from .export.export_outputs import signature_defs
from .mode_keys import ModeKeys


def export(
    estimator: Any,
    base: str,
    receivers: dict[str, Callable],
    assets_extra: Any,
    as_text: bool,
    checkpoint_path: Any,
) -> bytes:
    """Write the SavedModel; the path of its directory."""
    if set(receivers) != {ModeKeys.PREDICT}:
        raise NotImplementedError(
            f"tf.estimator: a model is exported for {ModeKeys.PREDICT!r} alone, not for "
            f"{sorted(receivers)}. Train and evaluate it from its checkpoints."
        )
    path = checkpoint_path or estimator.latest_checkpoint()
    if not path:
        raise ValueError(f"Couldn't find trained model at {estimator.model_dir}.")
    folder = timestamped(base)
    temporary = os.path.join(base, f"temp-{os.path.basename(folder)}")
    builder = tf.saved_model.builder.SavedModelBuilder(temporary)
    with estimator._graph():
        estimator._create_global_step(tf.get_default_graph())
        receiver = receivers[ModeKeys.PREDICT]()
        spec = estimator._call_model_fn(receiver.features, None, ModeKeys.PREDICT, estimator.config)
        signatures = signature_defs(
            receiver.receiver_tensors, spec.export_outputs, receiver.receiver_tensors_alternatives
        )
        scaffold = spec.scaffold
        with tf.Session(config=estimator._session_config) as session:
            saver = scaffold.saver or tf.train.Saver(sharded=True, allow_empty=True)
            local = scaffold.local_init_op or tf.train.Scaffold.default_local_init_op()
            saver.restore(session, path)
            builder.add_meta_graph_and_variables(
                session,
                [tf.saved_model.tag_constants.SERVING],
                signature_def_map=signatures,
                assets_collection=tf.get_collection(tf.GraphKeys.ASSET_FILEPATHS),
                main_op=local,
                saver=saver,
                strip_default_attrs=True,
            )
    builder.save(as_text)
    for target, source in (assets_extra or {}).items():
        where = os.path.join(temporary, "assets.extra", target)
        tf.gfile.MakeDirs(os.path.dirname(where))
        tf.gfile.Copy(source, where)
    tf.gfile.Rename(temporary, folder)
    tf.logging.info("SavedModel written to: %s", os.path.join(folder, "saved_model.pb"))
    return os.fsencode(folder)


def timestamped(base: str) -> str:
    """A new directory's name: the seconds since 1970."""
    seconds = int(time.time())
    while True:
        folder = os.path.join(os.fsdecode(base), str(seconds))
        if not tf.gfile.Exists(folder):
            return folder
        seconds += 1
