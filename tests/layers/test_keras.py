"""`tf.keras` beside layers and training: callbacks, the backend, text and sequences."""

import numpy as np
import pytest

import scopeflow as tf

K = tf.keras.backend
layers = tf.keras.layers


@pytest.fixture(autouse=True)
def _graph():
    with tf.Graph().as_default(), tf.Session().as_default():
        yield


def compiled(rate=0.1):
    model = tf.keras.Sequential([layers.Dense(1, input_shape=(3,))])
    model.compile(tf.keras.optimizers.SGD(rate), "mse")
    return model


X = np.linspace(-1, 1, 30).reshape(10, 3).astype(np.float32)
Y = X.sum(1, keepdims=True)


def test_early_stopping_restores_the_best_weights():
    model = compiled(3.0)  # diverges
    stop = tf.keras.callbacks.EarlyStopping("loss", patience=2, restore_best_weights=True)
    history = model.fit(X, Y, epochs=50, verbose=0, callbacks=[stop])
    assert len(history.epoch) < 10
    assert model.evaluate(X, Y, verbose=0) < max(history.history["loss"])


def test_the_learning_rate_changes():
    model = compiled()
    plateau = tf.keras.callbacks.ReduceLROnPlateau("loss", 0.5, patience=1, min_delta=1e6)
    halve = tf.keras.callbacks.LearningRateScheduler(lambda epoch: 0.4)
    model.fit(X, Y, epochs=1, verbose=0, callbacks=[halve])
    assert K.get_value(model.optimizer.lr) == np.float32(0.4)
    model.fit(X, Y, epochs=3, verbose=0, callbacks=[plateau])
    assert K.get_value(model.optimizer.lr) < 0.4
    K.set_value(model.optimizer.lr, 0.25)
    assert model.optimizer.get_config()["learning_rate"] == 0.25


def test_checkpoints_logs_and_summaries(tmp_path):
    model = compiled()
    callbacks = [
        tf.keras.callbacks.ModelCheckpoint(
            str(tmp_path / "w{epoch}"), "loss", save_best_only=True, save_weights_only=True
        ),
        tf.keras.callbacks.CSVLogger(str(tmp_path / "log.csv")),
        tf.keras.callbacks.TensorBoard(str(tmp_path / "board"), histogram_freq=1),
    ]
    model.fit(X, Y, epochs=2, verbose=0, callbacks=callbacks)
    before = model.get_weights()
    model.set_weights([np.zeros_like(w) for w in before])
    model.load_weights(str(tmp_path / "w2"))
    np.testing.assert_array_equal(model.get_weights()[0], before[0])
    assert (tmp_path / "log.csv").read_text().startswith("epoch,loss")
    assert list((tmp_path / "board").iterdir())
    with pytest.raises(NotImplementedError, match="HDF5"):
        model.save_weights(str(tmp_path / "w.h5"))


def test_generators():
    class Batches(tf.keras.utils.Sequence):
        def __len__(self):
            return 2

        def __getitem__(self, index):
            return X[index::2], Y[index::2]

    def endless():
        while True:
            yield X, Y

    model = compiled()
    first = model.fit(Batches(), epochs=1, verbose=0).history["loss"][0]
    last = model.fit_generator(
        endless(), steps_per_epoch=20, epochs=2, verbose=0, validation_data=(X, Y)
    )
    assert last.history["val_loss"][-1] < first
    assert model.evaluate_generator(Batches()) < first
    assert model.predict(X).shape == (10, 1)


def test_a_subclass_is_a_model():
    class Own(tf.keras.Model):
        def __init__(self):
            super().__init__()
            self.hidden = layers.Dense(4, activation="relu")
            self.parts = [layers.Dense(2), layers.Dense(1)]

        def call(self, inputs, training=None):
            outputs = self.hidden(inputs)
            for part in self.parts:
                outputs = part(outputs)
            return outputs

    model = Own()
    model.compile("adam", "mse")
    history = model.fit(X, Y, epochs=3, verbose=0)
    assert len(model.weights) == 6
    assert history.history["loss"][-1] < history.history["loss"][0]


def test_layers_with_weights_that_users_add():
    class Scale(layers.Layer):
        def build(self, input_shape):
            self.scale = self.add_weight("scale", shape=(), initializer="ones")
            super().build(input_shape)

        def call(self, inputs):
            self.add_loss(tf.reduce_sum(self.scale))
            return inputs * self.scale

    inputs = layers.Input((3,))
    layer = Scale()
    model = tf.keras.Model(inputs, layer(inputs))
    assert [w.name for w in model.trainable_weights] == ["scale/scale:0"]
    assert len(model.losses) == 1
    assert layer.output_shape == (None, 3)
    layer.trainable = False
    assert model.trainable_weights == []


def test_masks_go_through_layers():
    inputs = layers.Input((None,), dtype="int32")
    embedded = layers.Embedding(5, 2, mask_zero=True, embeddings_initializer="ones")(inputs)
    pooled = layers.GlobalAveragePooling1D()(layers.Dropout(0.5)(embedded))
    model = tf.keras.Model(inputs, pooled)
    assert model.predict(np.array([[1, 2, 0, 0]])).tolist() == [[1.0, 1.0]]


def test_sequential_by_and_by():
    model = tf.keras.Sequential()
    model.add(layers.Dense(4))
    model.add(layers.Dense(2))
    with pytest.raises(ValueError, match="has not yet been built"):
        model.summary()
    assert model(tf.ones([2, 3])).shape.as_list() == [2, 2]
    model.pop()
    assert len(model.layers) == 1
    made = tf.keras.Sequential([layers.Dense(4, activation="relu", input_shape=(3,))])
    again = tf.keras.Sequential.from_config(made.get_config())
    assert again.layers[0].activation is tf.keras.activations.relu


def test_the_backend():
    x = K.variable(np.arange(6).reshape(2, 3))
    assert K.int_shape(x) == (2, 3)
    assert K.eval(K.sum(x, axis=1)).tolist() == [3.0, 12.0]
    assert K.eval(K.std(x)) == pytest.approx(np.arange(6).std())
    assert K.eval(K.batch_dot(x, x, axes=1)).tolist() == [[5.0], [50.0]]
    assert K.eval(K.repeat_elements(x, 2, 1)).shape == (2, 6)
    assert K.eval(K.clip(x, 1, 2)).max() == 2.0
    p = K.placeholder((None, 3))
    double = K.function([p], [p * 2.0])
    assert double([np.ones([2, 3])])[0].tolist() == [[2.0] * 3] * 2
    sparse = K.ctc_label_dense_to_sparse(tf.constant([[1, 2, 0], [3, 0, 0]]), tf.constant([2, 1]))
    assert K.is_sparse(sparse)
    assert K.eval(K.to_dense(sparse)).tolist() == [[1, 2, 0], [3, 0, 0]]
    noise = K.in_train_phase(lambda: tf.constant(1.0), lambda: tf.constant(0.0))
    session = K.get_session()
    assert session.run(noise) == 0.0
    assert session.run(noise, {K.learning_phase(): True}) == 1.0


def test_text():
    tokenizer = tf.keras.preprocessing.text.Tokenizer(num_words=4, oov_token="<o>")
    tokenizer.fit_on_texts(["the cat sat", "The dog, the cat"])
    assert tokenizer.word_index == {"<o>": 1, "the": 2, "cat": 3, "sat": 4, "dog": 5}
    assert tokenizer.texts_to_sequences(["the dog sat"]) == [[2, 1, 1]]
    assert tokenizer.sequences_to_texts([[2, 3]]) == ["the cat"]
    assert tokenizer.texts_to_matrix(["the the cat"], "count")[0].tolist() == [0, 0, 2, 1]
    pad = tf.keras.preprocessing.sequence.pad_sequences
    assert pad([[1, 2, 3], [4]], 2).tolist() == [[2, 3], [0, 4]]
    assert pad([[1, 2, 3], [4]], padding="post", value=9).tolist() == [[1, 2, 3], [4, 9, 9]]
    assert tf.keras.utils.to_categorical([1, 0]).tolist() == [[0.0, 1.0], [1.0, 0.0]]


def test_wrong_data():
    model = compiled()
    with pytest.raises(ValueError, match="expected dense_input to have shape"):
        model.predict(np.ones([2, 4]))
    with pytest.raises(ValueError, match="same number of samples"):
        model.fit(X, Y[:5], verbose=0)
    with pytest.raises(RuntimeError, match="You must compile your model"):
        tf.keras.Sequential([layers.Dense(1)]).fit(X, Y)
    with pytest.raises(ValueError, match="must come from `tf.keras.Input`"):
        tf.keras.Model(tf.ones([1]), tf.ones([1]))
