"""tf.flags and tf.app. Each program runs in a process of its own: flags are one table a process."""

import os
import subprocess
import sys
from pathlib import Path
from textwrap import dedent

import pytest

ROOT = Path(__file__).resolve().parent.parent


def run(tmp_path, text, *arguments):
    path = tmp_path / "program.py"
    path.write_text("import scopeflow as tf\n" + dedent(text), encoding="utf-8")
    return subprocess.run(
        [sys.executable, "-W", "error", path, *arguments],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        encoding="utf-8",
        timeout=120,
    )


FLAGS = """
flags = tf.app.flags
FLAGS = flags.FLAGS
flags.DEFINE_integer("n", 3, "A number.")
flags.DEFINE_string("s", None, "A text.")
flags.DEFINE_boolean("b", False, "A switch.")
flags.DEFINE_float("f", 1, "A number.")
tf.flags.DEFINE_enum("e", "x", ["x", "y"], "One of two.")
tf.flags.DEFINE_list("l", "a,b", "Several.")
tf.flags.DEFINE_multi_integer("m", [1], "Several.")
"""
SHOW = (
    FLAGS
    + """
def main(argv):
    print(argv[1:], FLAGS.n, FLAGS.s, FLAGS.b, FLAGS.f, FLAGS.e, FLAGS.l, FLAGS.m)
    return 3
tf.app.run()
"""
)


@pytest.mark.parametrize(
    "arguments, printed",
    [  # of TensorFlow 1.15.5
        ("", "[] 3 None False 1.0 x ['a', 'b'] [1]"),
        ("--n=4 --s t --b --f 2 --e=y --l=c --m=5 --m=6", "[] 4 t True 2.0 y ['c'] [5, 6]"),
        ("-n 4 --nob rest", "['rest'] 4 None False 1.0 x ['a', 'b'] [1]"),
        (
            "--unknown --n=4 --other 4 -- --foo",
            "['--unknown', '--other', '4', '--', '--foo'] 4 None False 1.0 x ['a', 'b'] [1]",
        ),
    ],
)
def test_main_gets_what_is_no_flag(tmp_path, arguments, printed):
    process = run(tmp_path, SHOW, *arguments.split())
    assert process.stdout.strip() == printed, process.stderr
    assert process.returncode == 3


def test_a_bad_value_is_an_error(tmp_path):
    process = run(tmp_path, SHOW, "--n=x")
    assert "IllegalFlagValueError: flag --n=x" in process.stderr and process.returncode == 1


def test_help_lists_the_programs_flags(tmp_path):
    process = run(tmp_path, SHOW, "--help")
    assert "program.py:" in process.stdout and "A text." in process.stdout
    assert process.returncode == 1


def test_the_first_use_reads_the_command_line(tmp_path):
    text = (
        FLAGS
        + """
    assert not FLAGS.is_parsed()
    assert FLAGS.n == 4 and FLAGS.is_parsed()
    FLAGS.n = 5
    assert FLAGS.n == 5 and FLAGS.flag_values_dict()["n"] == 5 and FLAGS["n"].value == 5
    assert FLAGS.__flags["s"].value is None and "s" in FLAGS and "s" in list(FLAGS)
    assert FLAGS(["program", "--n=6", "rest"]) == ["program", "rest"] and FLAGS.n == 6
    FLAGS._parse_flags()
    assert FLAGS.n == 4
    try:
        FLAGS.other
    except AttributeError as error:
        assert "other" in str(error)
    """.replace("\n    ", "\n")
    )
    process = run(tmp_path, text, "--n=4")
    assert process.returncode == 0, process.stderr


def test_unknown_flags_are_errors_at_the_first_use(tmp_path):
    process = run(tmp_path, FLAGS + "FLAGS.n", "--other=4")
    assert "UnrecognizedFlagError: Unknown command line flag 'other'" in process.stderr


def test_required_flags(tmp_path):
    text = FLAGS + "tf.flags.mark_flag_as_required('s')\ntf.app.run(lambda _: print(FLAGS.s))"
    assert "Flag --s must have a value" in run(tmp_path, text).stderr
    assert run(tmp_path, text, "--s=t").stdout == "t\n"


def test_names_of_absls_own_flags_are_free(tmp_path):
    text = """
    tf.flags.DEFINE_string("log_dir", "logs", "Where to write.")
    tf.flags.DEFINE_integer("pdb", 7, "A number.")
    tf.app.run(lambda _: print(tf.flags.FLAGS.log_dir, tf.flags.FLAGS.pdb))
    """
    process = run(tmp_path, text, "--log_dir=here")
    assert process.stdout == "here 7\n", process.stderr


def test_old_argument_names(tmp_path):
    text = """
    tf.flags.DEFINE_string(flag_name="a", default_value="x", docstring="A text.")
    print(tf.flags.FLAGS.a)
    """
    process = run(tmp_path, text)
    assert process.stdout == "x\n" and "are called name, default and help" in process.stderr
