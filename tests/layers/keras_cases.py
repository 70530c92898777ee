"""Keras models that are trained, for test_keras_models.py and tests/oracle/record_layers.py."""

import numpy as np
from observing import filler

OPTIMIZERS = {
    "sgd": ("SGD", {"lr": 0.1}),
    "momentum": ("SGD", {"lr": 0.1, "momentum": 0.9}),
    "nesterov": ("SGD", {"lr": 0.1, "momentum": 0.9, "nesterov": True, "decay": 0.1}),
    "adam": ("Adam", {"lr": 0.05}),
    "amsgrad": ("Adam", {"lr": 0.05, "amsgrad": True}),
    "rmsprop": ("RMSprop", {"lr": 0.05}),
    "centered": ("RMSprop", {"lr": 0.05, "centered": True, "momentum": 0.5}),
    "adagrad": ("Adagrad", {"lr": 0.1}),
    "adadelta": ("Adadelta", {"lr": 1.0}),
    "adamax": ("Adamax", {"lr": 0.05}),
    "clipnorm": ("SGD", {"lr": 0.5, "clipnorm": 0.1}),
    "clipvalue": ("SGD", {"lr": 0.5, "clipvalue": 0.01}),
}

LOSSES = {
    "mse": ("linear", "values"),
    "mae": ("linear", "values"),
    "mape": ("linear", "values"),
    "msle": ("sigmoid", "values"),
    "hinge": ("tanh", "signs"),
    "squared_hinge": ("tanh", "signs"),
    "categorical_hinge": ("sigmoid", "onehot"),
    "logcosh": ("linear", "values"),
    "binary_crossentropy": ("sigmoid", "onehot"),
    "categorical_crossentropy": ("softmax", "onehot"),
    "sparse_categorical_crossentropy": ("softmax", "classes"),
    "kullback_leibler_divergence": ("softmax", "onehot"),
    "poisson": ("exponential", "values"),
    "cosine_proximity": ("linear", "values"),
}


def cases():
    """(what, name)."""
    return [
        *(("optimizer", name) for name in sorted(OPTIMIZERS)),
        *(("loss", name) for name in sorted(LOSSES)),
        *(("model", name) for name in sorted(MODELS)),
    ]


def run(tf, what, name):
    """The losses and metrics of some training steps, and what is left after them."""
    tf.keras.backend.clear_session()
    with tf.Graph().as_default(), tf.Session().as_default():
        if what == "optimizer":
            kind, arguments = OPTIMIZERS[name]
            model = _dense(tf, "softmax")
            optimizer = getattr(tf.keras.optimizers, kind)(**arguments)
            return _trained(model, optimizer, "categorical_crossentropy", ["accuracy"], "onehot")
        if what == "loss":
            activation, labels = LOSSES[name]
            model = _dense(tf, activation)
            return _trained(model, "sgd", name, ["mae"] if labels != "classes" else ["acc"], labels)
        return MODELS[name](tf)


def _dense(tf, activation):
    layers = tf.keras.layers
    return tf.keras.Sequential(
        [
            layers.Dense(5, activation="tanh", input_shape=(4,)),
            layers.Dense(3, activation=activation),
        ]
    )


def _labels(kind, count=12):
    classes = np.arange(count) % 3
    values = np.abs(filler((count, 3), 3)).astype(np.float32)
    onehot = np.eye(3, dtype=np.float32)[classes]
    return {"values": values, "onehot": onehot, "signs": onehot * 2 - 1, "classes": classes}[kind]


def _fill(model):
    model.set_weights(
        [
            filler(w.shape, i, "variance" in v.name)
            for i, (w, v) in enumerate(zip(model.get_weights(), model.weights))
        ]
    )


def _numbers(values):
    return [float(v) for v in (values if isinstance(values, list) else [values])]


def _trained(model, optimizer, loss, metrics, labels, x=None, y=None):
    model.compile(optimizer, loss, metrics=metrics)
    _fill(model)
    x = filler((12, 4), 2).astype(np.float32) if x is None else x
    y = _labels(labels) if y is None else y
    steps = [_numbers(model.train_on_batch(x, y)) for _ in range(4)]
    history = model.fit(
        x, y, batch_size=5, epochs=2, shuffle=False, verbose=0, validation_split=0.25
    )
    return {
        "names": [w.name for w in model.weights],
        "metrics": list(model.metrics_names),
        "steps": steps,
        "history": {k: _numbers(v) for k, v in sorted(history.history.items())},
        "evaluated": _numbers(model.evaluate(x, y, batch_size=5, verbose=0)),
        "predicted": [float(v) for v in np.ravel(model.predict(x, batch_size=5))[:8]],
        "weights": [float(np.sum(w)) for w in model.get_weights()],
    }


def functional(tf):
    layers = tf.keras.layers
    a = layers.Input((4,), name="first")
    b = layers.Dense(3, activation="relu")(a)
    c = layers.Dense(3)(a)
    d = layers.concatenate([b, layers.add([c, b]), layers.multiply([b, c])])
    e = layers.BatchNormalization()(d)
    model = tf.keras.Model(a, layers.Dense(3, kernel_regularizer="l2")(e))
    return _trained(model, "sgd", "mse", ["mae", "mse"], "values")


def images(tf):
    layers = tf.keras.layers
    model = tf.keras.Sequential()
    model.add(layers.Conv2D(3, (3, 3), activation="relu", input_shape=(6, 6, 2)))
    model.add(layers.BatchNormalization())
    model.add(layers.MaxPooling2D((2, 2)))
    model.add(layers.ZeroPadding2D(1))
    model.add(layers.SeparableConv2D(4, 2, depth_multiplier=2))
    model.add(layers.LeakyReLU(0.2))
    model.add(layers.GlobalAveragePooling2D())
    model.add(layers.Dense(3))
    model.add(layers.Activation("softmax"))
    x = filler((12, 6, 6, 2), 2).astype(np.float32)
    return _trained(model, "adam", "sparse_categorical_crossentropy", ["accuracy"], "classes", x)


def words(tf):
    layers = tf.keras.layers
    model = tf.keras.Sequential()
    model.add(layers.Embedding(7, 4, input_length=5))
    model.add(layers.Conv1D(3, 2, activation="relu"))
    model.add(layers.GlobalMaxPooling1D())
    model.add(layers.Dense(1, activation="sigmoid"))
    x = (np.arange(60).reshape(12, 5) * 3) % 7
    y = np.arange(12) % 2
    return _trained(model, "rmsprop", "binary_crossentropy", ["acc"], None, x, y)


def two_outputs(tf):
    layers = tf.keras.layers
    a = layers.Input((4,))
    b = layers.Dense(3, activation="tanh", name="shared")(a)
    outputs = [layers.Dense(3, name="one")(b), layers.Dense(3, activation="softmax", name="two")(b)]
    model = tf.keras.Model(inputs=a, outputs=outputs)
    model.compile(
        "sgd", {"one": "mse", "two": "categorical_crossentropy"}, loss_weights=[0.5, 2.0],
        metrics={"two": "accuracy"},
    )  # fmt: skip
    _fill(model)
    x = filler((12, 4), 2).astype(np.float32)
    y = [_labels("values"), _labels("onehot")]
    return {
        "metrics": list(model.metrics_names),
        "steps": [_numbers(model.train_on_batch(x, y)) for _ in range(3)],
        "weighted": _numbers(
            model.train_on_batch(x, y, sample_weight=[np.linspace(0, 1, 12), np.ones(12)])
        ),
        "evaluated": _numbers(model.evaluate(x, y, batch_size=5, verbose=0)),
    }


def class_weight(tf):
    model = _dense(tf, "softmax")
    model.compile("sgd", "categorical_crossentropy")
    _fill(model)
    x, y = filler((12, 4), 2).astype(np.float32), _labels("onehot")
    weights = {0: 1.0, 1: 2.0, 2: 0.5}
    return {"steps": [_numbers(model.train_on_batch(x, y, class_weight=weights)) for _ in range(3)]}


def _recurrent(tf, *middle):
    layers = tf.keras.layers
    model = tf.keras.Sequential([layers.InputLayer((5, 4)), *middle, layers.Dense(3)])
    x = filler((12, 5, 4), 2).astype(np.float32)
    return _trained(model, "sgd", "mse", ["mae"], "values", x)


def lstm(tf):
    layers = tf.keras.layers
    return _recurrent(tf, layers.LSTM(3, return_sequences=True), layers.LSTM(2))


def gru(tf):
    layers = tf.keras.layers
    return _recurrent(
        tf, layers.GRU(3, return_sequences=True, go_backwards=True), layers.GRU(2, reset_after=True)
    )


def rnn_wrapped(tf):
    layers = tf.keras.layers
    return _recurrent(
        tf,
        layers.TimeDistributed(layers.Dense(3)),
        layers.Bidirectional(layers.SimpleRNN(3, return_sequences=True)),
        layers.Bidirectional(layers.LSTM(2), merge_mode="sum"),
    )


def masked(tf):
    layers = tf.keras.layers
    model = tf.keras.Sequential()
    model.add(layers.Embedding(7, 4, mask_zero=True))
    model.add(layers.LSTM(3, return_sequences=True))
    model.add(layers.GRU(3))
    model.add(layers.Dense(1, activation="sigmoid"))
    x = (np.arange(60).reshape(12, 5) * 3) % 7
    return _trained(model, "sgd", "binary_crossentropy", ["acc"], None, x, np.arange(12) % 2)


MODELS = {
    f.__name__: f
    for f in (functional, images, words, two_outputs, class_weight, lstm, gru, rnn_wrapped, masked)
}
