"""github.com/aymericdamien/TensorFlow-Examples: every TF1 script, with fewer steps."""

import zipfile

import numpy as np
import pytest
from programs.common import copy_of, digits_as_mnist, elsewhere, falls, numbers, run, settings

URL = "https://github.com/aymericdamien/TensorFlow-Examples"


@pytest.fixture(scope="module")
def examples(tmp_path_factory):
    folder = tmp_path_factory.mktemp("examples")
    scripts = copy_of("TensorFlow-Examples", folder, URL) / "tensorflow_v1" / "examples"
    data = digits_as_mnist(folder / "mnist")
    logs = folder / "logs"
    for script in scripts.glob("*/*.py"):
        text = script.read_text()
        for folder_of_data in ("/tmp/data/", 'MNIST_data/'):
            text = text.replace(folder_of_data, f"{data}/").replace(
                "/tmp/tensorflow_logs", str(logs)
            )
        text = text.replace("plt.waitforbuttonpress()", "pass")
        script.write_text(text.replace("/tmp/model.ckpt", str(folder / "model.ckpt")))
    return scripts


LOSS = r"(?:Minibatch Loss=|[Ll]oss:|cost=|Minibatch Loss:|Loss=|Avg Distance:)"
# script, what is set, what is printed and falls, the least accuracy at the end
TRAINED = [
    ("2_BasicModels/linear_regression", {"training_epochs": 101}, r"Epoch: \d+ cost=", None),
    ("2_BasicModels/logistic_regression", {"training_epochs": 3}, "cost=", 0.4),
    ("2_BasicModels/random_forest", {"num_steps": 100}, "Loss:", 0.6),
    ("2_BasicModels/gradient_boosted_decision_tree", {"max_steps": 12, "max_depth": 6}, None, 0.4),
    ("3_NeuralNetworks/autoencoder", {"num_steps": 80, "display_step": 8}, "Loss:", None),
    ("3_NeuralNetworks/bidirectional_rnn", {"training_steps": 60, "display_step": 4}, "Loss=", 0.1),
    ("3_NeuralNetworks/convolutional_network", {"num_steps": 20}, None, 0.5),
    ("3_NeuralNetworks/convolutional_network_raw", {"num_steps": 20}, "Loss=", 0.2),
    ("3_NeuralNetworks/dcgan", {"num_steps": 2}, None, None),
    ("3_NeuralNetworks/dynamic_rnn", {"training_steps": 60, "display_step": 6}, "Loss=", None),
    ("3_NeuralNetworks/gan", {"num_steps": 10}, None, None),
    ("3_NeuralNetworks/multilayer_perceptron", {"training_epochs": 2}, "cost=", 0.15),
    ("3_NeuralNetworks/neural_network", {"num_steps": 60}, None, 0.6),
    ("3_NeuralNetworks/neural_network_raw", {"num_steps": 60, "display_step": 6}, "Loss=", 0.4),
    ("3_NeuralNetworks/recurrent_network", {"training_steps": 60, "display_step": 4}, "Loss=", 0.1),
    ("3_NeuralNetworks/variational_autoencoder", {"num_steps": 10}, None, None),
    ("4_Utils/save_restore_model", {}, "cost=", 0.4),
    ("4_Utils/tensorboard_advanced", {"training_epochs": 2}, "cost=", 0.4),
    ("4_Utils/tensorboard_basic", {"training_epochs": 2}, "cost=", 0.3),
    (
        "5_DataManagement/tensorflow_dataset_api",
        {"num_steps": 12, "display_step": 1},
        "Loss=",
        None,
    ),
    (
        "6_MultiGPU/multigpu_cnn",
        {"num_steps": 3, "display_step": 1, "batch_size": 32},
        "Loss=",
        None,
    ),
]


@pytest.mark.parametrize("name", ["helloworld", "basic_operations"])
def test_introduction(examples, name):
    assert run(examples / "1_Introduction", f"{name}.py")


@pytest.mark.parametrize("name, values, loss, accuracy", TRAINED, ids=[row[0] for row in TRAINED])
def test_trained(examples, name, values, loss, accuracy):
    script = examples / f"{name}.py"
    if "matplotlib" in script.read_text():
        pytest.importorskip("matplotlib")
    settings(script, **values)
    text = run(script.parent, script.name)
    if loss is not None:
        assert falls(numbers(text, loss)), text
    if accuracy is not None:
        assert numbers(text, r"Accuracy:")[-1] >= accuracy, text
    print(text)


def test_nearest_neighbor(examples):
    script = examples / "2_BasicModels" / "nearest_neighbor.py"
    assert numbers(run(script.parent, script.name), "Accuracy:")[-1] > 0.8


def test_word2vec(examples):
    script = examples / "2_BasicModels" / "word2vec.py"
    random = np.random.RandomState(0)
    words = "five of going hardware american britain the a river runs to sea".split()
    words += [f"word{number}" for number in range(200)]  # more than are sampled at once
    with zipfile.ZipFile(script.parent / "text8.zip", "w") as file:
        file.writestr("text8", " ".join(random.choice(words, 20000)))
    settings(script, num_steps=60, display_step=6, eval_step=60)
    # a script for Python 2: it has `xrange`, and words that it reads are bytes in Python 3
    elsewhere(script, "xrange", "range")
    elsewhere(script, "word2id[w]", "word2id[w.encode()]")
    assert falls(numbers(run(script.parent, script.name), "Average Loss="))


def test_image_dataset(examples):
    from PIL import Image

    script = examples / "5_DataManagement" / "build_an_image_dataset.py"
    random = np.random.RandomState(0)
    for label in range(2):
        folder = script.parent / "images" / str(label)
        folder.mkdir(parents=True)
        for number in range(40):
            pixels = random.randint(0, 128, [80, 70, 3]) + 120 * label
            Image.fromarray(pixels.astype(np.uint8)).save(folder / f"{number}.jpg")
    elsewhere(script, "/path/to/dataset/", script.parent / "images")
    settings(script, num_steps=10, display_step=1, batch_size=16)
    text = run(script.parent, script.name)
    assert falls(numbers(text, "Loss="))
    assert (script.parent / "my_tf_model.index").exists()


def test_multigpu_basics(examples):
    script = examples / "6_MultiGPU" / "multigpu_basics.py"
    elsewhere(script, "10000", 100)
    elsewhere(script, "ConfigProto(", "ConfigProto(allow_soft_placement=True, ")
    assert "Multi GPU computation time" in run(script.parent, script.name)


def test_kmeans(examples):
    script = examples / "2_BasicModels" / "kmeans.py"
    text = run(script.parent, script.name)
    distances = numbers(text, "Avg Distance:")
    assert distances[0] > distances[-1] and numbers(text, "Test Accuracy:")[-1] > 0.4


def test_eager_mode_is_refused(examples):
    script = examples / "1_Introduction" / "basic_eager_api.py"
    text = run(script.parent, script.name, check=False)
    assert "NotImplementedError: tf.contrib.eager.enable_eager_execution" in text
    assert "there is no eager execution" in text
