"""tf.keras.utils.get_file: what is in Keras' folder, unpacked and checked."""

import hashlib
import tarfile
import zipfile

import pytest

import scopeflow as tf

get_file = tf.keras.utils.get_file


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path))
    found = tmp_path / ".keras" / "datasets"
    found.mkdir(parents=True)
    return found


def test_a_file_that_is_there(folder, tmp_path):
    (folder / "words.txt").write_text("a b")
    assert get_file("words.txt", "https://example.org/words.txt") == str(folder / "words.txt")
    other = tmp_path / "elsewhere" / "models"
    other.mkdir(parents=True)
    (other / "m.h5").write_text("")
    found = get_file("m.h5", "https://x.org/m", cache_dir=str(other.parent), cache_subdir="models")
    assert found == str(other / "m.h5")


def test_nothing_is_downloaded(folder):
    with pytest.raises(FileNotFoundError, match=r"downloads nothing: get https://example\.org/x"):
        get_file("x.txt", "https://example.org/x")


def test_a_file_of_this_computer_is_copied(folder, tmp_path):
    (tmp_path / "here.txt").write_text("text")
    found = get_file("there.txt", (tmp_path / "here.txt").as_uri())
    assert found == str(folder / "there.txt")
    assert (folder / "there.txt").read_text() == "text"


@pytest.mark.parametrize("algorithm", ["md5", "sha256"])
def test_hashes(folder, algorithm):
    (folder / "f").write_bytes(b"content")
    right = hashlib.new(algorithm, b"content").hexdigest()
    assert get_file("f", "https://x.org/f", file_hash=right) == str(folder / "f")
    with pytest.raises(ValueError, match=f"its {algorithm} is {right}, expected 0"):
        get_file("f", "https://x.org/f", file_hash="0" * len(right))
    if algorithm == "md5":
        assert get_file("f", "https://x.org/f", md5_hash=right) == str(folder / "f")


def test_archives_are_unpacked(folder):
    (folder / "inner").mkdir()
    (folder / "inner" / "text").write_text("inside")
    with tarfile.open(folder / "inner.tar.gz", "w:gz") as tar:
        tar.add(folder / "inner", "inner")
    with zipfile.ZipFile(folder / "packed.zip", "w") as zipped:
        zipped.writestr("from_zip", "inside")
    (folder / "inner" / "text").unlink()
    (folder / "inner").rmdir()
    assert get_file("inner", "https://x.org/i", untar=True) == str(folder / "inner")
    assert (folder / "inner" / "text").read_text() == "inside"
    found = get_file("packed.zip", "https://x.org/p", extract=True)
    assert found == str(folder / "packed.zip")
    assert (folder / "from_zip").read_text() == "inside"
