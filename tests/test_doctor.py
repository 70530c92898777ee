"""`scopeflow doctor` reads a program and tells what of it scopeflow supports."""

import csv
import json
from pathlib import Path
from textwrap import dedent

import pytest
from test_alias import holds

from scopeflow import cli
from scopeflow.doctor import support
from scopeflow.doctor.report import examine

TESTS = Path(__file__).parent

PROGRAM = """
    import tensorflow as tf
    import tensorflow.contrib.layers as layers_lib
    from tensorflow.python.ops import array_ops
    from tensorflow.python.framework.ops import GraphKeys

    FLAGS = tf.app.flags.FLAGS
    contrib = tf.contrib

    def model(x, size=tf.float32.size):
        y = tf.nn.relu(x, name="y")
        z = array_ops.concat([x, y], axis=0)
        init = contrib.layers.xavier_initializer(uniform=True)
        return z, FLAGS.width, GraphKeys.LOSSES, layers_lib.xavier_initializer(seed=1), init

    class Mine(tf.train.Optimizer):
        pass
    """


@pytest.fixture
def doctor(tmp_path, monkeypatch):
    """Examines a program."""
    monkeypatch.chdir(tmp_path)

    def run(text, name="program.py"):
        (tmp_path / name).write_text(dedent(text), encoding="utf-8")
        return examine(tmp_path)

    return run


def missing(report):
    return {symbol: (reason, places) for (symbol, reason), places in report.missing.items()}


def test_uses_are_followed(doctor):
    report = doctor(PROGRAM)
    assert not report.missing and report.percent == 100
    assert report.supported == {
        "tf.app.flags.FLAGS": 2,
        "tf.contrib": 1,
        "tf.contrib.layers": 1,
        "tf.contrib.layers.xavier_initializer": 2,
        "tf.float32": 1,
        "tf.nn.relu": 1,
        "tf.train.Optimizer": 1,
        "tensorflow.python.framework.ops.GraphKeys": 1,
        "tensorflow.python.framework.ops.GraphKeys.LOSSES": 1,
        "tensorflow.python.ops.array_ops": 1,
        "tensorflow.python.ops.array_ops.concat": 1,
    }


@pytest.mark.parametrize(
    "line, symbol, reason",
    [
        ("tf.nn.rely(1)", "tf.nn.rely", "TensorFlow 1.15 has no such name in tf.nn"),
        ("tf.placeholder(tf.float32, nam='x')", "tf.placeholder(nam=)", "did you mean name?"),
        ("tf.GradientTape()", "tf.GradientTape", "use tf.gradients"),
        ("tf.test.create_local_cluster(1, 1)", "tf.test.create_local_cluster", "no servers"),
        ("tf.Graph.no_such_method", "tf.Graph.no_such_method", "tf.Graph has no no_such"),
        ("tf.compat.v1.no_such", "tf.no_such", "no such name in tf"),
        ("tf.sysconfig.get_include()", "tf.sysconfig.get_include", "no C++ headers"),
        ("import tensorflow.compat.v2", "tf.compat.v2", "TensorFlow 1's interface alone"),
        (
            "from tensorflow.python.ops.array_ops import nothing",
            "tensorflow.python.ops.array_ops.nothing",
            "scopeflow looked in tf, tf.nn",
        ),
    ],
)
def test_what_is_missing_is_named_with_the_reason(doctor, line, symbol, reason):
    found = missing(doctor(f"import tensorflow as tf\n\n{line}\n"))
    assert list(found) == [symbol]
    assert reason in found[symbol][0] and found[symbol][1] == ["program.py:3"]


def test_names_of_the_program_are_none_of_tensorflows(doctor):
    report = doctor(
        """
        import tensorflow as tf
        import numpy as np

        def of_argument(tf):
            return tf.no_such

        def of_local():
            tf = np
            return tf.other

        def later():
            return nets.no_such

        nets = tf.no_such_nets
        class A:
            tf = 3
        """
    )
    assert list(missing(report)) == ["tf.no_such_nets"]
    assert len(missing(report)["tf.no_such_nets"][1]) == 2


def test_what_the_program_adds_to_tensorflow_is_its_own(doctor):
    report = doctor(
        """
        import tensorflow as tf

        tf.GraphKeys.OUR_LAYERS = "our_layers"
        tf.add_to_collection(tf.GraphKeys.OUR_LAYERS, tf.GraphKeys.OTHER_LAYERS)
        """
    )
    assert list(missing(report)) == ["tf.GraphKeys.OTHER_LAYERS"]
    assert set(report.supported) == {"tf.add_to_collection"}


def test_star_imports(doctor):
    report = doctor("from tensorflow.nn import *\nrelu(1)\nprint(relu)\nopen('x')\n")
    assert report.supported == {"tf.nn": 1, "tf.nn.relu": 2}


def test_notebooks(doctor):
    cells = [
        {"cell_type": "markdown", "source": ["tf.no_such"]},
        {"cell_type": "code", "source": ["%matplotlib inline\n", "import tensorflow as tf\n"]},
        {"cell_type": "code", "source": "import tensorflow as tf\n!ls\ntf.no_such(1)"},
        {"cell_type": "code", "source": "%%bash\ntf.no_such"},
    ]
    report = doctor(json.dumps({"cells": cells, "metadata": {}}), "book.ipynb")
    assert missing(report)["tf.no_such"][1] == ["book.ipynb cell 3:3"]
    assert report.files == 1


def test_python_2_is_read_as_well_as_can_be(doctor):
    report = doctor(
        """
        import tensorflow as tf
        try:
            print "value", tf.no_such
        except ValueError, error:
            print error
        """
    )
    assert missing(report)["tf.no_such"][1] == ["program.py:4"]
    assert "Python 2: convert it" in report.notes[0][1]


def test_text_json_and_exit_status(tmp_path, capsys, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "good.py").write_text("import tensorflow as tf\ntf.nn.relu(1)\ntf.constant(1)\n")
    assert cli.main(["doctor", "."]) == 0
    assert "100.0 % of 2 uses of 2 names in 1 files" in capsys.readouterr().out
    (tmp_path / "bad.py").write_text("import tensorflow as tf\n" + "tf.no_such\n" * 7)
    assert cli.main(["doctor", "."]) == 1
    out = capsys.readouterr().out
    assert "tf.no_such, 7 times: TensorFlow 1.15 has no such name" in out
    assert "    bad.py:2\n" in out and "and 2 more" in out and "22.2 % of 9 uses" in out
    assert cli.main(["doctor", "--at-least", "20", "."]) == 0
    capsys.readouterr()
    assert cli.main(["doctor", "--json", "."]) == 1
    data = json.loads(capsys.readouterr().out)
    assert (data["uses"], data["supported_uses"], data["percent"]) == (9, 2, 22.22)
    assert data["missing"][0]["symbol"] == "tf.no_such"
    assert data["missing"][0]["places"][0] == "bad.py:2"
    (tmp_path / "broken.py").write_text("import (\n")
    assert cli.main(["doctor", "broken.py"]) == 1
    assert "broken.py: line 1: " in capsys.readouterr().out
    assert cli.main(["doctor", "nowhere"]) == 2
    (tmp_path / "empty").mkdir()
    assert cli.main(["doctor", "empty"]) == 2


def rows():
    with open(TESTS / "tf1_usage.csv", newline="") as file:
        return list(csv.reader(file))[1:]


def test_what_is_called_supported_is_there():
    """Of the names that real programs use: under the alias, a program gets a value for each."""
    symbols = [row[0].replace("tf.", "tensorflow.", 1) for row in rows()[::5]]
    supported = [s for s in symbols if not support.verdict(s, ()).reason]
    assert len(supported) > 100
    holds(
        f"""
        import importlib, warnings
        warnings.simplefilter("ignore")
        for symbol in {supported!r}:
            module, _, names = symbol.partition(".")
            value = importlib.import_module(module)
            for name in names.split("."):
                try:
                    value = getattr(value, name)
                except AttributeError:
                    # a module that no other one has imported
                    value = importlib.import_module(f"{{value.__name__}}.{{name}}")
        """
    )


def test_nearly_all_uses_of_real_programs_are_supported():
    def share(wanted):
        found = [(symbol, int(uses)) for symbol, uses, _ in rows() if wanted(symbol)]
        verdicts = {
            symbol: support.verdict(symbol.replace("tf.", "tensorflow.", 1), ()).reason
            for symbol, _ in found
        }
        return sum(uses for s, uses in found if not verdicts[s]) / sum(uses for _, uses in found)

    assert share(lambda symbol: True) >= 0.98
    for area in TRAINING:
        assert share(lambda symbol, area=area: f"{symbol}.".startswith(f"tf.{area}.")) >= 0.97, area
    guests = ("tf.contrib.", "tf.layers.")
    assert share(lambda symbol: symbol.startswith(guests)) >= CONTRIB_SHARE


TRAINING = ("train", "summary", "data", "losses", "metrics", "gfile", "flags", "app", "logging")
CONTRIB_SHARE = 0.97
"""Of `tf.contrib` and `tf.layers`. Most of the rest are trees and the inside of TPUs."""


def test_a_byte_order_mark_is_no_part_of_the_program(tmp_path):
    program = tmp_path / "program.py"
    program.write_text("\ufeffimport tensorflow as tf\ntf.add(1, 2)\n", encoding="utf-8")
    assert cli.main(["doctor", str(program)]) == 0
