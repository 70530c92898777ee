"""Damaged and hostile files of the V1 format; see test_damage.py."""

import random
from pathlib import Path

import pytest
from checkpoint.test_damage import COUNT, EXPECTED, mutated, values_of

import scopeflow as tf
from scopeflow.checkpoint.table import read_table
from scopeflow.checkpoint.table_writer import table_bytes

DATA = (Path(__file__).parent / "fixtures" / "tf1" / "v1_dtypes").read_bytes()


def test_changed_files(tmp_path):
    rng = random.Random(7)
    path = tmp_path / "c"
    path.write_bytes(DATA)
    right = {name: value.tolist() for name, value in values_of(str(path)).items()}
    caught = 0
    for _ in range(COUNT // 2):
        path.write_bytes(mutated(DATA, rng))
        try:
            found = values_of(str(path))
        except EXPECTED:
            caught += 1
        else:
            assert {name: value.tolist() for name, value in found.items()} == right
    assert caught > COUNT // 4


def test_contents_that_make_no_sense(tmp_path):
    rng = random.Random(8)
    path = tmp_path / "c"
    good = read_table(DATA, "c")
    wrong = 0
    for _ in range(COUNT // 4):
        table = dict(good)
        key = rng.choice(list(table)) if rng.random() < 0.5 else b""
        if table[key]:
            table[key] = mutated(table[key], rng)
        path.write_bytes(table_bytes(sorted(table.items())))
        try:
            found = values_of(str(path)).values()
        except EXPECTED:
            wrong += 1
        else:
            wrong += any(isinstance(value, Exception) for value in found)
    assert wrong > COUNT // 20


def test_what_is_wrong_is_said(tmp_path):
    path = tmp_path / "c"
    good = read_table(DATA, "c")
    key = next(key for key in good if b"part" in key)
    path.write_bytes(table_bytes((k, v) for k, v in good.items() if k != key))
    with pytest.raises(tf.errors.DataLossError, match="a value of 'part' is missing"):
        tf.train.NewCheckpointReader(str(path))
    path.write_bytes(table_bytes((k, v) for k, v in good.items() if k))
    with pytest.raises(tf.errors.DataLossError, match="no header"):
        tf.train.NewCheckpointReader(str(path))
