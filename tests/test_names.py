"""Names that are not there, names of other eras, and how much of what programs use is there."""

import csv
import runpy
from pathlib import Path

import numpy as np
import pytest

import scopeflow as tf
from scopeflow.api import missing

TESTS = Path(__file__).parent


@pytest.mark.parametrize(
    ("namespace", "name", "text"),
    [
        (tf, "reduce_summ", "has no attribute 'reduce_summ'. Did you mean tf.reduce_sum?"),
        (tf, "moments", "has no attribute 'moments'. Did you mean tf.nn.moments?"),
        (tf.nn, "rely", "module 'scopeflow.nn' has no attribute 'rely'. Did you mean tf.nn.relu?"),
        (tf.math, "__nothing__", "module 'scopeflow.math' has no attribute '__nothing__'$"),
        (tf, "xla", "tf.xla is TensorFlow's; scopeflow does not have it yet: there is no compiler"),
        (tf.contrib, "bayesflow", "tf.contrib.bayesflow is TensorFlow's; scopeflow does not have"),
        (tf.train, "ServerX", "module 'scopeflow.train' has no attribute 'ServerX'"),
    ],
)
def test_missing_names(namespace, name, text):
    with pytest.raises(AttributeError, match=text.replace(".", r"\.").replace("?", r"\?")):
        getattr(namespace, name)
    assert not hasattr(namespace, name)


def test_the_table_of_names_is_made_from_the_signatures():
    made = runpy.run_path(str(TESTS / "make_known_names.py"))
    assert made["TABLE"].read_text() == made["table"]()
    assert "relu" in missing.known()["tf.nn"]


def test_names_from_before_1_0():
    x = np.float32([[1, 2], [3, 4]])
    with tf.Graph().as_default(), tf.Session() as session:
        for found, expected in [
            (tf.sub(tf.mul(x, x), tf.neg(x)), x * x + x),
            (tf.inv(x), 1 / x),
            (tf.pack([x, x]), np.stack([x, x])),
            (tf.unpack(tf.constant(x))[1], x[1]),
            (tf.select([True, False], x, -x), x * [[1], [-1]]),
            (tf.batch_matmul(x[None], x[None], adj_y=True), (x @ x.T)[None]),
            (tf.concat(1, [x, x]), np.concatenate([x, x], 1)),
            (tf.concat(np.int32(0), [x]), x),
            (tf.split(1, 2, tf.constant(x))[0], x[:, :1]),
            (tf.concat_v2([x, x], 0), np.concatenate([x, x])),
            (tf.batch_matrix_transpose(x), x.T),
            (tf.complex_abs(tf.complex(x, x)), np.abs(x + 1j * x)),
        ]:
            np.testing.assert_allclose(session.run(found), expected, rtol=1e-6)
    assert "mul" not in dir(tf) and "mul" not in tf.__all__


def usage():
    """What real programs use: (symbol, uses)."""
    with open(TESTS / "tf1_usage.csv", newline="") as file:
        return [(row["symbol"], int(row["uses"])) for row in csv.DictReader(file)]


def resolves(symbol):
    value = tf
    for part in symbol.split(".")[1:]:
        if not hasattr(value, part):
            return False
        value = getattr(value, part)
    return True  # tf.newaxis is None


def test_what_programs_use_is_there():
    counts = dict(usage())
    absent = {symbol: uses for symbol, uses in counts.items() if not resolves(symbol)}
    share = 1 - sum(absent.values()) / sum(counts.values())
    most = sorted(absent, key=absent.__getitem__, reverse=True)[:40]
    assert share >= SHARE, f"{share:.4f} of all uses resolve; absent: {', '.join(most)}"


SHARE = 0.98
"""The share of all uses that must resolve; the rest is listed in docs/support.md."""


@pytest.mark.parametrize(
    "namespace", "train summary data losses metrics gfile flags app logging".split()
)
def test_what_training_programs_use_is_there(namespace):
    counts = {s: uses for s, uses in usage() if f"{s}.".startswith(f"tf.{namespace}.")}
    absent = {symbol: uses for symbol, uses in counts.items() if not resolves(symbol)}
    assert counts
    assert sum(absent.values()) <= 0.03 * sum(counts.values()), absent


def test_the_page_of_what_is_supported():
    # It is written by `make support`, for a release: here it must only not promise too much.
    made = runpy.run_path(str(TESTS / "make_support.py"))
    text = made["PAGE"].read_text()
    assert text.startswith("# What is supported\n\nThis page is made by `make support`")
    section = text[text.index("## Names") : text.index("### Namespaces of which")]
    promised = 0
    for part in section.split("### ")[1:]:
        namespace, _, rest = part.partition("\n")
        names = rest.partition("Not: ")[0].split("`")[1::2]
        promised += len(names)
        gone = [name for name in names if made["resolved"](f"{namespace}.{name}") is made["ABSENT"]]
        assert not gone, f"{namespace} has no {gone}: run `make support`"
    assert promised > 1000


def test_limits_are_read_from_the_functions():
    made = runpy.run_path(str(TESTS / "make_support.py"))

    def refuses(x):
        if x:
            raise NotImplementedError(f"tf.f of {x}: write something else")

    assert list(made["refusals"](refuses)) == ["tf.f of …: write something else"]
    assert made["refusals"](len) is not None
