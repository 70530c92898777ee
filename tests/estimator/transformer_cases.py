"""A classifier of sentences with self-attention, trained by TPUEstimator: as many were written.

The same for TensorFlow and scopeflow: it reads TFRecords, starts from a checkpoint, trains with an
optimizer of its own, evaluates and predicts.
"""

import math
import os
import re
import sys

import numpy as np

TESTS = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
sys.path.insert(0, os.path.join(TESTS, "train"))
import session_cases as lines_of  # noqa: E402

WORDS, LENGTH, HIDDEN, HEADS, LAYERS, CLASSES = 23, 6, 8, 2, 2, 3


def write_records(tf, path, count):
    random = np.random.RandomState(5)
    with tf.python_io.TFRecordWriter(path) as writer:
        for _ in range(count):
            used = random.randint(3, LENGTH + 1)
            ids = np.zeros(LENGTH, np.int64)
            ids[:used] = random.randint(1, WORDS, used)
            feature = {
                "input_ids": ids,
                "input_mask": (ids > 0).astype(np.int64),
                "label_ids": [int(ids.sum()) % CLASSES],
            }
            example = tf.train.Example()
            for key, values in feature.items():
                example.features.feature[key].int64_list.value.extend(int(v) for v in values)
            writer.write(example.SerializeToString())


def input_fn_builder(tf, path, is_training, drop_remainder):
    features = {
        "input_ids": tf.FixedLenFeature([LENGTH], tf.int64),
        "input_mask": tf.FixedLenFeature([LENGTH], tf.int64),
        "label_ids": tf.FixedLenFeature([], tf.int64),
    }

    def decode(record):
        example = tf.parse_single_example(record, features)
        for name in list(example):
            if example[name].dtype == tf.int64:
                example[name] = tf.to_int32(example[name])
        return example

    def input_fn(params):
        data = tf.data.TFRecordDataset(path)
        if is_training:
            data = data.repeat()
        return data.apply(
            tf.contrib.data.map_and_batch(
                decode, batch_size=params["batch_size"], drop_remainder=drop_remainder
            )
        )

    return input_fn


def initializer(tf):
    return tf.truncated_normal_initializer(stddev=0.02)


def gelu(tf, x):
    return x * 0.5 * (1.0 + tf.tanh(math.sqrt(2 / math.pi) * (x + 0.044715 * tf.pow(x, 3))))


def layer_norm(tf, tensor):
    return tf.contrib.layers.layer_norm(
        inputs=tensor, begin_norm_axis=-1, begin_params_axis=-1, scope=None
    )


def attention(tf, tensor, mask):
    size = HIDDEN // HEADS

    def heads(name):
        made = tf.layers.dense(tensor, HIDDEN, name=name, kernel_initializer=initializer(tf))
        return tf.transpose(tf.reshape(made, [-1, LENGTH, HEADS, size]), [0, 2, 1, 3])

    query, key, value = heads("query"), heads("key"), heads("value")
    scores = tf.multiply(tf.matmul(query, key, transpose_b=True), 1.0 / math.sqrt(size))
    scores += (1.0 - tf.cast(mask, tf.float32))[:, None, None, :] * -10000.0
    context = tf.matmul(tf.nn.softmax(scores), value)
    return tf.reshape(tf.transpose(context, [0, 2, 1, 3]), [-1, LENGTH, HIDDEN])


def model(tf, ids, mask):
    with tf.variable_scope("bert"):
        with tf.variable_scope("embeddings"):
            table = tf.get_variable("word_embeddings", [WORDS, HIDDEN], initializer=initializer(tf))
            embedded = tf.reshape(
                tf.gather(table, tf.reshape(tf.expand_dims(ids, -1), [-1])), [-1, LENGTH, HIDDEN]
            )
            with tf.control_dependencies([tf.assert_less_equal(LENGTH, 16)]):
                positions = tf.get_variable(
                    "position_embeddings", [16, HIDDEN], initializer=initializer(tf)
                )
                embedded += tf.slice(positions, [0, 0], [LENGTH, -1])[None]
            output = layer_norm(tf, embedded)
        with tf.variable_scope("encoder"):
            for i in range(LAYERS):
                with tf.variable_scope("layer_" + str(i)):
                    with tf.variable_scope("attention"):
                        with tf.variable_scope("self"):
                            found = attention(tf, output, mask)
                        with tf.variable_scope("output"):
                            found = tf.layers.dense(
                                found, HIDDEN, kernel_initializer=initializer(tf)
                            )
                            found = layer_norm(tf, found + output)
                    with tf.variable_scope("intermediate"):
                        wide = tf.layers.dense(
                            found, 16, activation=lambda x: gelu(tf, x),
                            kernel_initializer=initializer(tf),
                        )  # fmt: skip
                    with tf.variable_scope("output"):
                        narrow = tf.layers.dense(wide, HIDDEN, kernel_initializer=initializer(tf))
                        output = layer_norm(tf, narrow + found)
        with tf.variable_scope("pooler"):
            first = tf.squeeze(output[:, 0:1, :], axis=1)
            return tf.layers.dense(
                first, HIDDEN, activation=tf.tanh, kernel_initializer=initializer(tf)
            )


def optimizer_class(tf):
    class AdamWeightDecayOptimizer(tf.train.Optimizer):
        def __init__(self, learning_rate, weight_decay_rate, exclude):
            super().__init__(False, "AdamWeightDecayOptimizer")
            self.learning_rate = learning_rate
            self.weight_decay_rate = weight_decay_rate
            self.exclude = exclude

        def apply_gradients(self, grads_and_vars, global_step=None, name=None):
            assignments = []
            for grad, param in grads_and_vars:
                if grad is None or param is None:
                    continue
                param_name = re.match("^(.*):\\d+$", param.name).group(1)
                m, v = (
                    tf.get_variable(
                        name=param_name + ending,
                        shape=param.shape.as_list(),
                        dtype=tf.float32,
                        trainable=False,
                        initializer=tf.zeros_initializer(),
                    )
                    for ending in ("/adam_m", "/adam_v")
                )
                next_m = tf.multiply(0.9, m) + tf.multiply(1.0 - 0.9, grad)
                next_v = tf.multiply(0.999, v) + tf.multiply(1.0 - 0.999, tf.square(grad))
                update = next_m / (tf.sqrt(next_v) + 1e-6)
                if not any(re.search(pattern, param_name) for pattern in self.exclude):
                    update += self.weight_decay_rate * param
                assignments.extend(
                    [
                        param.assign(param - self.learning_rate * update),
                        m.assign(next_m),
                        v.assign(next_v),
                    ]
                )
            return tf.group(*assignments, name=name)

    return AdamWeightDecayOptimizer


def create_optimizer(tf, loss, init_lr, num_train_steps, num_warmup_steps, use_tpu):
    global_step = tf.train.get_or_create_global_step()
    rate = tf.constant(value=init_lr, shape=[], dtype=tf.float32)
    rate = tf.train.polynomial_decay(
        rate, global_step, num_train_steps, end_learning_rate=0.0, power=1.0, cycle=False
    )
    steps = tf.cast(global_step, tf.int32)
    warmup = tf.constant(num_warmup_steps, dtype=tf.int32)
    done = tf.cast(steps, tf.float32) / tf.cast(warmup, tf.float32)
    is_warmup = tf.cast(steps < warmup, tf.float32)
    rate = (1.0 - is_warmup) * rate + is_warmup * init_lr * done
    optimizer = optimizer_class(tf)(rate, 0.01, ["LayerNorm", "layer_norm", "bias"])
    if use_tpu:
        optimizer = tf.contrib.tpu.CrossShardOptimizer(optimizer)
    variables = tf.trainable_variables()
    gradients = tf.gradients(loss, variables)
    gradients, _ = tf.clip_by_global_norm(gradients, clip_norm=1.0)
    train_op = optimizer.apply_gradients(zip(gradients, variables), global_step=global_step)
    with tf.control_dependencies([train_op]):  # else TensorFlow's rate may be the next step's
        return tf.group(global_step.assign_add(1))


def assignment_map_from_checkpoint(tf, variables, checkpoint):
    names = {re.match("^(.*):\\d+$", v.name).group(1): v for v in variables}
    return {name: name for name, _ in tf.train.list_variables(checkpoint) if name in names}


def model_fn_builder(tf, lines, checkpoint):
    def model_fn(features, labels, mode, params):
        lines(mode, sorted(features), params["batch_size"])
        pooled = model(tf, features["input_ids"], features["input_mask"])
        weights = tf.get_variable("output_weights", [CLASSES, HIDDEN], initializer=initializer(tf))
        bias = tf.get_variable("output_bias", [CLASSES], initializer=tf.zeros_initializer())
        with tf.variable_scope("loss"):
            if mode == tf.estimator.ModeKeys.TRAIN:
                pooled = tf.nn.dropout(pooled, keep_prob=1.0)
            logits = tf.nn.bias_add(tf.matmul(pooled, weights, transpose_b=True), bias)
            probabilities = tf.nn.softmax(logits, axis=-1)
            log_probs = tf.nn.log_softmax(logits, axis=-1)
            one_hot = tf.one_hot(features["label_ids"], depth=CLASSES, dtype=tf.float32)
            per_example_loss = -tf.reduce_sum(one_hot * log_probs, axis=-1)
            loss = tf.reduce_mean(per_example_loss)
        variables = tf.trainable_variables()
        mapping = assignment_map_from_checkpoint(tf, variables, checkpoint)
        tf.train.init_from_checkpoint(checkpoint, mapping)

        def scaffold_fn():
            return tf.train.Scaffold()

        if mode == tf.estimator.ModeKeys.TRAIN:
            train_op = create_optimizer(tf, loss, 0.05, 20, 3, False)
            return tf.contrib.tpu.TPUEstimatorSpec(
                mode=mode, loss=loss, train_op=train_op, scaffold_fn=scaffold_fn
            )
        if mode == tf.estimator.ModeKeys.EVAL:

            def metric_fn(per_example_loss, label_ids, logits):
                predictions = tf.argmax(logits, axis=-1, output_type=tf.int32)
                return {
                    "eval_accuracy": tf.metrics.accuracy(label_ids, predictions),
                    "eval_loss": tf.metrics.mean(per_example_loss),
                }

            metrics = (metric_fn, [per_example_loss, features["label_ids"], logits])
            return tf.contrib.tpu.TPUEstimatorSpec(
                mode=mode, loss=loss, eval_metrics=metrics, scaffold_fn=scaffold_fn
            )
        return tf.contrib.tpu.TPUEstimatorSpec(
            mode=mode, predictions={"probabilities": probabilities}, scaffold_fn=scaffold_fn
        )

    return model_fn


def write_checkpoint(tf, path):
    """Fixed values for all variables of the model."""
    with tf.Graph().as_default():
        ids = tf.zeros([1, LENGTH], tf.int32)
        model(tf, ids, ids)
        tf.get_variable("output_weights", [CLASSES, HIDDEN])
        random = np.random.RandomState(1)
        values = {}
        for variable in tf.trainable_variables():
            shape = variable.shape.as_list()
            values[variable] = random.normal(scale=0.3, size=shape).astype(np.float32)
        with tf.Session() as session:
            for variable, value in values.items():
                variable.load(value, session)
            return tf.train.Saver().save(session, path)


class LossHook:
    """Made by `hook(tf, lines)`: notes the losses."""

    @staticmethod
    def hook(tf, found):
        class Hook(tf.train.SessionRunHook):
            def begin(self):
                graph = tf.get_default_graph()
                self.loss = graph.get_tensor_by_name("loss/Mean:0")

            def before_run(self, run_context):
                return tf.train.SessionRunArgs(self.loss)

            def after_run(self, run_context, run_values):
                found.append(round(float(run_values.results), 5))

        return Hook()


def program(tf, lines):
    folder = lines.folder
    write_records(tf, os.path.join(folder, "train.tf_record"), 40)
    checkpoint = write_checkpoint(tf, os.path.join(folder, "start", "bert_model.ckpt"))
    run_config = tf.contrib.tpu.RunConfig(
        cluster=None,
        master=None,
        model_dir=os.path.join(folder, "out"),
        save_checkpoints_steps=10,
        tpu_config=tf.contrib.tpu.TPUConfig(
            iterations_per_loop=10,
            num_shards=8,
            per_host_input_for_training=tf.contrib.tpu.InputPipelineConfig.PER_HOST_V2,
        ),
    )
    estimator = tf.contrib.tpu.TPUEstimator(
        use_tpu=False,
        model_fn=model_fn_builder(tf, lines, checkpoint),
        config=run_config,
        train_batch_size=8,
        eval_batch_size=7,
        predict_batch_size=3,
    )
    path = os.path.join(folder, "train.tf_record")
    found = []
    estimator.train(
        input_fn_builder(tf, path, True, True), max_steps=12, hooks=[LossHook.hook(tf, found)]
    )
    result = estimator.evaluate(input_fn_builder(tf, path, False, False))
    predictions = list(estimator.predict(input_fn_builder(tf, path, False, False)))
    return {
        "losses": found,
        "result": {key: round(float(value), 5) for key, value in sorted(result.items())},
        "predictions": [
            [round(float(v), 5) for v in item["probabilities"]] for item in predictions[:5]
        ],
        "count": len(predictions),
        "names": estimator.get_variable_names(),
        "lines": [line for line in lines if line.startswith(("train", "eval", "infer"))],
    }


def cases():
    return [("transformer",)]


def run(tf, name):
    with lines_of.told(tf) as lines:
        return program(tf, lines)
