"""tf.keras.datasets: small files in Keras' folder, read as TensorFlow 1.15.5 reads them.

recorded_keras_datasets.json is what this file prints there:
`HOME=/an/empty/folder python tests/test_keras_datasets.py > tests/recorded_keras_datasets.json`.
"""

import gzip
import json
import os
import pickle
import shutil
import tarfile

import numpy as np
import pytest


def write_files(folder):
    """Small files in the data sets' formats."""
    os.makedirs(os.path.join(folder, "fashion-mnist"))
    random = np.random.RandomState(0)

    def path(*parts):
        return os.path.join(folder, *parts)

    digits = random.randint(0, 256, (5, 28, 28)).astype(np.uint8)
    labels = np.arange(5, dtype=np.uint8)
    np.savez(
        path("mnist.npz"), x_train=digits[:3], y_train=labels[:3], x_test=digits[3:],
        y_test=labels[3:],
    )  # fmt: skip
    for part, x, y in (("train", digits[:3], labels[:3]), ("t10k", digits[3:], labels[3:])):
        with gzip.open(path("fashion-mnist", part + "-images-idx3-ubyte.gz"), "wb") as file:
            file.write(b"\0" * 16 + x.tobytes())
        with gzip.open(path("fashion-mnist", part + "-labels-idx1-ubyte.gz"), "wb") as file:
            file.write(b"\0" * 8 + y.tobytes())
    np.savez(path("boston_housing.npz"), x=random.rand(10, 2), y=np.arange(10.0))
    texts = np.empty(8, object)
    texts[:] = [[int(w) for w in random.randint(1, 20, 3 + i)] for i in range(8)]
    np.savez(
        path("imdb.npz"), x_train=texts[:5], y_train=np.arange(5) % 2, x_test=texts[5:],
        y_test=np.arange(3) % 2,
    )  # fmt: skip
    np.savez(path("reuters.npz"), x=texts, y=np.arange(8))
    for name in ("imdb", "reuters"):
        with open(path(name + "_word_index.json"), "w") as file:
            json.dump({"good": 1, "bad": 2}, file)


def plain(value):
    if isinstance(value, np.ndarray) and value.dtype == object:
        return [list(map(int, text)) for text in value]
    weights = np.arange(1, value.size + 1) % 1009
    return [str(value.dtype), list(value.shape), round(float((value.ravel() * weights).sum()), 6)]


def read(datasets):
    """What the functions give, in short."""
    found = {}
    for name, kwargs in (
        ("mnist", {}),
        ("fashion_mnist", {}),
        ("boston_housing", {}),
        ("boston_housing", {"test_split": 0.5, "seed": 3}),
        ("imdb", {}),
        ("imdb", {"num_words": 12, "skip_top": 5}),
        ("imdb", {"oov_char": None, "num_words": 15, "start_char": None}),
        ("imdb", {"maxlen": 9, "seed": 5, "index_from": 0, "start_char": None}),
        ("reuters", {}),
        ("reuters", {"test_split": 0.5, "num_words": 10, "maxlen": 8}),
    ):
        pairs = getattr(datasets, name).load_data(**kwargs)
        key = name + " " + json.dumps(kwargs, sort_keys=True)
        found[key] = [plain(part) for pair in pairs for part in pair]
    found["words"] = [datasets.imdb.get_word_index(), datasets.reuters.get_word_index()]
    return found


def test_as_tensorflow_reads_them(tmp_path, monkeypatch):
    import scopeflow as tf

    monkeypatch.setenv("HOME", str(tmp_path))
    write_files(str(tmp_path / ".keras" / "datasets"))
    with open(os.path.join(os.path.dirname(__file__), "recorded_keras_datasets.json")) as file:
        expected = json.load(file)
    assert read(tf.keras.datasets) == expected


@pytest.mark.parametrize("packed", [False, True])
def test_cifar(packed, tmp_path, monkeypatch):
    import scopeflow as tf

    monkeypatch.setenv("HOME", str(tmp_path))
    folder = tmp_path / ".keras" / "datasets"
    pictures = np.random.RandomState(0).randint(0, 256, (8, 3072)).astype(np.uint8)
    for kind, names, keys in (
        (
            "cifar-10-batches-py",
            [*(f"data_batch_{i}" for i in range(1, 6)), "test_batch"],
            "labels",
        ),
        ("cifar-100-python", ["train", "test"], "fine_labels coarse_labels"),
    ):
        (folder / kind).mkdir(parents=True)
        for i, name in enumerate(names):
            part = {b"data": pictures[i : i + 2]}
            for k, key in enumerate(keys.split()):
                part[key.encode()] = [i + 10 * k, i + 10 * k + 1]
            (folder / kind / name).write_bytes(pickle.dumps(part, protocol=2))
        if packed:
            with tarfile.open(folder / f"{kind}.tar.gz", "w:gz") as tar:
                tar.add(folder / kind, kind)
            shutil.rmtree(folder / kind)
    (x, y), (x_test, y_test) = tf.keras.datasets.cifar10.load_data()
    assert x.shape == (10, 32, 32, 3) and x.dtype == np.uint8
    assert y.tolist() == [[0], [1], [1], [2], [2], [3], [3], [4], [4], [5]]
    np.testing.assert_array_equal(x[2], pictures[1].reshape(3, 32, 32).transpose(1, 2, 0))
    np.testing.assert_array_equal(x_test[0], pictures[5].reshape(3, 32, 32).transpose(1, 2, 0))
    assert y_test.tolist() == [[5], [6]]
    assert tf.keras.datasets.cifar100.load_data()[1][1].tolist() == [[1], [2]]
    assert tf.keras.datasets.cifar100.load_data("coarse")[1][1].tolist() == [[11], [12]]
    with pytest.raises(ValueError, match="label_mode"):
        tf.keras.datasets.cifar100.load_data("other")


def test_a_file_that_is_not_there(tmp_path, monkeypatch):
    import scopeflow as tf

    monkeypatch.setenv("HOME", str(tmp_path))
    with pytest.raises(FileNotFoundError, match=r"tf-keras-datasets/mnist\.npz and put it there"):
        tf.keras.datasets.mnist.load_data()
    with pytest.raises(FileNotFoundError, match=r"kriz/cifar-10-python\.tar\.gz"):
        tf.keras.datasets.cifar10.load_data()


def test_arguments_that_do_not_fit(tmp_path, monkeypatch):
    import scopeflow as tf

    monkeypatch.setenv("HOME", str(tmp_path))
    write_files(str(tmp_path / ".keras" / "datasets"))
    with pytest.raises(TypeError, match="Unrecognized keyword arguments"):
        tf.keras.datasets.imdb.load_data(words=3)
    with pytest.raises(ValueError, match="Increase maxlen"):
        tf.keras.datasets.imdb.load_data(maxlen=2)
    old = tf.keras.datasets.imdb.load_data(nb_words=12)
    assert list(old[0][0]) == list(tf.keras.datasets.imdb.load_data(num_words=12)[0][0])


def main():
    """Print what TensorFlow's own functions give."""
    import tensorflow
    from tensorflow.python.keras.utils import data_utils

    data_utils.validate_file = lambda *args, **kwargs: True  # (it knows the real files alone)
    write_files(os.path.expanduser("~/.keras/datasets"))
    print(json.dumps(read(tensorflow.keras.datasets), indent=1, sort_keys=True))


if __name__ == "__main__":
    main()
