"""`import tensorflow` means scopeflow. Each test runs in a process of its own, for it stays so."""

import os
import subprocess
import sys
from pathlib import Path
from textwrap import dedent

import pytest

ROOT = Path(__file__).resolve().parent.parent


def run(text, install=True, path=()):
    """The finished process of a program; scopeflow is installed as tensorflow before it starts."""
    start = "import scopeflow\nscopeflow.install_as_tensorflow()\n" if install else ""
    places = [str(ROOT), *map(str, path), os.environ.get("PYTHONPATH")]
    return subprocess.run(
        [sys.executable, "-W", "error", "-c", start + dedent(text)],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, places))},
        capture_output=True,
        encoding="utf-8",
        timeout=120,
    )


def holds(text, **options):
    """Asserts that the program ends well."""
    process = run(text, **options)
    assert process.returncode == 0, process.stderr


def test_the_module_forwards_to_scopeflow():
    holds(
        """
        import tensorflow as tf
        assert tf.Graph is scopeflow.Graph and tf.float32 is scopeflow.float32
        assert tf.Session is scopeflow.Session
        assert not hasattr(tf, "no_such_thing")
        assert "placeholder" in dir(tf)
        """
    )


def test_version_is_that_of_the_interface():
    holds(
        """
        import tensorflow as tf
        assert tf.__version__ == tf.VERSION == tf.compat.v1.__version__ == "1.15.5"
        assert scopeflow.__version__ != tf.__version__
        """
    )


def test_compat_v1_is_the_module_itself():
    holds(
        """
        import tensorflow.compat.v1 as tf
        import tensorflow
        assert tf is tensorflow and tf.compat.v1 is tf and tensorflow.compat.v1 is tf
        from tensorflow.compat import v1
        assert v1 is tf
        import tensorflow.compat.v1.nn as nn
        assert nn is tf.nn
        from tensorflow.compat.v1.train import AdamOptimizer
        assert AdamOptimizer is scopeflow.train.AdamOptimizer
        tf.disable_v2_behavior()
        assert scopeflow.compat.v1 is scopeflow
        """
    )


def test_namespaces_are_modules():
    holds(
        """
        import tensorflow.nn
        import tensorflow.train as train
        from tensorflow import nn, errors
        from tensorflow.nn import relu
        assert tensorflow.nn is nn and relu is nn.relu is scopeflow.nn.relu
        assert train.AdamOptimizer is scopeflow.train.AdamOptimizer
        assert errors.OpError is scopeflow.errors.OpError
        """
    )


def test_star_import():
    holds(
        """
        from tensorflow import *
        assert placeholder is scopeflow.placeholder and nn.relu is scopeflow.nn.relu
        """
    )


def test_what_a_program_sets_stays_in_the_alias():
    holds(
        """
        import tensorflow as tf
        import tensorflow.nn as nn
        tf.mine = nn.mine = 1
        assert tf.mine == tf.nn.mine == 1
        assert not hasattr(scopeflow, "mine") and not hasattr(scopeflow.nn, "mine")
        """
    )


@pytest.mark.parametrize(
    "statement",
    [
        "import tensorflow.no_such_part",
        "import tensorflow.no_such_part.below",
        "from tensorflow import no_such_part",
        "from tensorflow.nn import no_such_part",
        "import tensorflow.ops",
        "import tensorflow.python.no_such_part",
        "from tensorflow.python.ops.array_ops import no_such_name",
        "from tensorflow.contrib.layers.python.layers.initializers import no_such_name",
        "import tensorflow.compat.numpy",
        "import tensorflow.Graph",
    ],
)
def test_what_is_missing_is_said_in_plain_words(statement):
    process = run(statement)
    assert process.returncode == 1
    last = process.stderr.splitlines()[-1]
    assert last.startswith("ModuleNotFoundError: No module named 'tensorflow.")
    assert "scopeflow stands in for TensorFlow here, and does not have this part" in last


def test_scopeflows_own_packages_are_hidden():
    holds(
        """
        import tensorflow as tf
        import scopeflow.ops.array
        assert not hasattr(tf, "ops") and "ops" not in dir(tf) and "core" not in dir(tf)
        """
    )


def test_modules_of_similar_names_are_left_alone(tmp_path):
    (tmp_path / "tensorflow_other.py").write_text("name = 'other'\n", encoding="utf-8")
    holds("import tensorflow_other\nassert tensorflow_other.name == 'other'\n", path=[tmp_path])


def test_installing_twice_changes_nothing():
    holds(
        """
        import sys
        import tensorflow as first
        before = list(sys.meta_path)
        scopeflow.install_as_tensorflow()
        import tensorflow as second
        assert first is second and sys.meta_path == before
        """
    )


def test_the_real_tensorflow_is_not_replaced(tmp_path):
    (tmp_path / "tensorflow.py").write_text("", encoding="utf-8")
    process = run(
        "import tensorflow\nimport scopeflow\nscopeflow.install_as_tensorflow()\n",
        install=False,
        path=[tmp_path],
    )
    assert process.returncode == 1
    last = process.stderr.splitlines()[-1]
    assert last.startswith("RuntimeError: install_as_tensorflow(): TensorFlow itself is imported")
    assert str(tmp_path) in last
    assert "Call scopeflow.install_as_tensorflow() first" in last


def test_an_installed_tensorflow_is_passed_over(tmp_path):
    (tmp_path / "tensorflow.py").write_text("raise AssertionError\n", encoding="utf-8")
    holds("import tensorflow as tf\nassert tf.Graph is scopeflow.Graph\n", path=[tmp_path])


def test_neither_torch_nor_rich_is_imported():
    holds(
        """
        import sys
        import tensorflow.compat.v1 as tf
        from tensorflow import nn
        assert not {"torch", "rich"} & set(sys.modules)
        """
    )


# The switches between TensorFlow's versions.


@pytest.mark.parametrize(
    "name",
    ["v2_behavior", "eager_execution", "control_flow_v2", "v2_tensorshape", "tensor_equality"],
)
def test_version_2_can_be_disabled_and_not_enabled(name):
    import scopeflow as tf

    assert getattr(tf, f"disable_{name}")() is None
    with pytest.raises(NotImplementedError, match=f"enable_{name}.*Leave the call out"):
        getattr(tf, f"enable_{name}")()
    assert tf.executing_eagerly() is False
    assert tf.control_flow_v2_enabled() is False


def test_compat_converts_text(tmp_path):
    from scopeflow import compat

    assert [compat.as_bytes(v) for v in ("é", b"x", bytearray(b"y"))] == [b"\xc3\xa9", b"x", b"y"]
    assert [compat.as_text(v) for v in ("é", b"\xc3\xa9")] == ["é", "é"]
    assert [compat.as_str_any(v) for v in (3, b"x", "y")] == ["3", "x", "y"]
    assert [compat.path_to_str(v) for v in (tmp_path, 3)] == [str(tmp_path), 3]
    for function in (compat.as_bytes, compat.as_text):
        with pytest.raises(TypeError, match="Expected binary or unicode string, got 3"):
            function(3)


def test_a_modules_dict_has_all_names():
    """Programs look for classes in it."""
    holds(
        """
        import tensorflow as tf
        assert tf.contrib.rnn.__dict__["GRUCell"] is tf.contrib.rnn.GRUCell
        assert vars(tf.nn.rnn_cell)["RNNCell"] is tf.nn.rnn_cell.RNNCell
        cells = [x for x in vars(tf.contrib.rnn).values()
                 if isinstance(x, type) and issubclass(x, tf.nn.rnn_cell.RNNCell)]
        assert len(cells) > 20
        import tensorflow.nn
        tf.nn.mine = 3
        assert vars(tensorflow.nn)["mine"] == 3 and "relu" in vars(tensorflow.nn)
        """
    )


def test_a_module_inside_tensorflow_has_those_beside_it():
    holds(
        """
        from tensorflow.python.framework import ops
        from tensorflow.python.ops import nn_ops, gen_nn_ops
        assert nn_ops.gen_nn_ops is gen_nn_ops and ops.dtypes.float32 is scopeflow.float32
        assert not hasattr(nn_ops, "gen_no_ops")
        """
    )
