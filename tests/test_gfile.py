"""tf.gfile and tf.io.gfile: what TensorFlow 1.15.5 did with the same calls."""

import os
from pathlib import Path

import pytest

import scopeflow as tf

gfile = tf.gfile
errors = tf.errors


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("a.txt").write_bytes("one\ntwo é\nthree".encode())
    Path("bin").write_bytes(b"\xff\xfe\x00abc\n\xff")
    for path in ("x/y/z", "empty"):
        os.makedirs(path)
    for path in ("x/f1", "x/y/f2", ".hidden"):
        Path(path).touch()
    return tmp_path


def test_reading():
    read = gfile.GFile
    assert read("a.txt").read() == "one\ntwo é\nthree"
    assert read("a.txt", "rb").read() == b"one\ntwo \xc3\xa9\nthree"
    assert read("a.txt").read(5) == "one\nt"
    assert read("a.txt").readline() == "one\n"
    assert read("a.txt").readlines() == list(read("a.txt")) == ["one\n", "two é\n", "three"]
    assert read("a.txt").next() == "one\n"
    assert read("bin", "rb").read() == b"\xff\xfe\x00abc\n\xff"
    assert (read("a.txt").size(), read("a.txt").name, read("bin", "rb").mode) == (16, "a.txt", "rb")
    with pytest.raises(UnicodeDecodeError):
        read("bin").read()
    Path("crlf").write_bytes(b"a\r\nb\rc\n\n")
    assert read("crlf").readlines() == ["a\n", "bc\n", "\n"]


def test_seeking():
    file = gfile.Open("a.txt")
    file.seek(4)
    assert (file.read(3), file.tell()) == ("two", 7)
    file.seek(-2, 1)
    assert file.tell() == 5
    file.seek(-5, 2)
    assert file.read() == "three"
    file.seek(position=2)
    assert file.tell() == 2 and file.seekable()
    file.close()
    assert file.read(3) == "one"
    for error, arguments in (
        (TypeError, ()),
        (errors.InvalidArgumentError, (-1,)),
        (errors.InvalidArgumentError, (1, 5)),
        (errors.OutOfRangeError, (1000,)),
    ):
        with pytest.raises(error):
            file.seek(*arguments)


def test_writing():
    with gfile.FastGFile("w", "w") as file:
        assert file.write("text") is None
        file.write(b"bytes\xff")
        assert (file.tell(), file.size()) == (10, 10)
        file.flush()
    with tf.io.gfile.GFile("w", "ab") as file:
        file.write("é")
    assert Path("w").read_bytes() == b"textbytes\xff\xc3\xa9"
    with pytest.raises(TypeError, match="Expected binary or unicode string, got 3"):
        gfile.GFile("w", "w").write(3)


def test_reading_and_writing_have_positions_of_their_own():
    file = gfile.GFile("new", "w+")
    file.write("testing")
    file.flush()
    assert file.read() == "testing" and file.tell() == 7
    file.write("more")
    file.flush()
    assert file.read() == "more"
    file.close()
    with gfile.GFile("new", "r+") as file:
        assert file.read() == "testingmore"
        file.write("zz")
    assert Path("new").read_text() == "zz"
    with gfile.GFile("other", "r+") as file:
        file.write("new\nline")
        file.flush()
        assert (file.tell(), file.readline(), file.readline()) == (0, "new\n", "line")
    with gfile.GFile("new", "a+") as file:
        file.write("app")
        file.flush()
        assert file.read() == "zzapp"
    with gfile.GFile("new", "a") as file:
        file.write("!")
        assert file.tell() == 6
    with pytest.raises(errors.NotFoundError):
        gfile.GFile("none", "r+").read()


def test_comparing_files():
    from scopeflow.alias.modules import file_io

    Path("same").write_bytes(Path("bin").read_bytes())
    assert file_io.filecmp("bin", "same") and not file_io.filecmp("bin", "a.txt")
    assert file_io.file_crc32("bin", 3) == file_io.file_crc32("same") != file_io.file_crc32("a.txt")


@pytest.mark.parametrize(
    "error, text, call",
    [
        (errors.NotFoundError, "nope; No such file", lambda: gfile.GFile("nope").read()),
        (errors.NotFoundError, "nope; No such file", lambda: gfile.GFile("nope").size()),
        (errors.NotFoundError, "no/w; No such", lambda: gfile.GFile("no/w", "w").write("")),
        (errors.FailedPreconditionError, "Is a directory", lambda: gfile.GFile("x").read()),
        (errors.PermissionDeniedError, "for writing", lambda: gfile.GFile("a.txt").write("")),
        (errors.PermissionDeniedError, "for reading", lambda: gfile.GFile("w", "w").read()),
        (errors.InvalidArgumentError, "'q' for 'a.txt'", lambda: gfile.GFile("a.txt", "q")),
        (errors.FailedPreconditionError, "Not a directory", lambda: gfile.MakeDirs("a.txt/x")),
        (errors.NotFoundError, "q/m; No such", lambda: gfile.MkDir("q/m")),
        (errors.NotFoundError, "nodir; No such", lambda: gfile.Glob("nodir/*")),
        (errors.NotFoundError, "find directory nope", lambda: gfile.ListDirectory("nope")),
        (errors.NotFoundError, "find directory a.txt", lambda: gfile.ListDirectory("a.txt")),
        (errors.NotFoundError, "nope; No such", lambda: gfile.Remove("nope")),
        (errors.FailedPreconditionError, "x; Is a directory", lambda: gfile.Remove("x")),
        (errors.AlreadyExistsError, "already exists: bin", lambda: gfile.Copy("a.txt", "bin")),
        (errors.NotFoundError, "nope; No such", lambda: gfile.Copy("nope", "c")),
        (errors.AlreadyExistsError, "overwrite=True", lambda: gfile.Rename("a.txt", "bin")),
        (errors.NotFoundError, "nope; No such", lambda: gfile.Rename("nope", "c")),
        (errors.NotFoundError, "nope; No such", lambda: gfile.Stat("nope")),
        (errors.NotFoundError, "nope not found", lambda: gfile.DeleteRecursively("nope")),
        (errors.FailedPreconditionError, "Not a dir", lambda: gfile.DeleteRecursively("a.txt")),
        (errors.UnimplementedError, "gsutil cp", lambda: gfile.Exists("gs://bucket/x")),
        (errors.UnimplementedError, "scheme 'foo'", lambda: gfile.GFile("foo://b", "w").write("")),
        (errors.UnimplementedError, "local path", lambda: gfile.Glob("hdfs://b/*")),
        (TypeError, "got None", lambda: gfile.Exists(None)),
    ],
)
def test_errors(error, text, call):
    with pytest.raises(error, match=text.replace("*", ".")):
        call()


def test_asking():
    assert [gfile.Exists(p) for p in ("a.txt", "x", b"bin", Path("bin"))] == [True] * 4
    assert [gfile.Exists(p) for p in ("nope", "")] == [False] * 2
    assert [gfile.IsDirectory(p) for p in ("x", "bin", "nope", "foo://x")] == [True] + [False] * 3
    assert gfile.ListDirectory("x") == ["f1", "y"]
    found = gfile.Stat("a.txt")
    assert (found.length, found.is_directory) == (16, False) and found.mtime_nsec > 1e18
    assert gfile.Stat("x").is_directory


def test_glob(folder):
    assert gfile.Glob("*") == ["./.hidden", "./a.txt", "./bin", "./empty", "./x"]
    assert gfile.Glob("x/*") == ["x/f1", "x/y"]
    assert gfile.Glob("*/*/*") == ["./x/y/f2", "./x/y/z"]
    assert gfile.Glob(["*.txt", "b*"]) == ["./a.txt", "./bin"] == gfile.Glob("[ab]*")
    assert gfile.Glob(f"{folder}/x/f?") == [f"{folder}/x/f1"]
    assert gfile.Glob(f"file://{folder}/b*") == [f"file://{folder}/bin"]
    assert gfile.Glob("./a*") == ["./a.txt"] and gfile.Glob("nope") == [] == gfile.Glob("z*")


def test_walk():
    top_down = [("x", ["y"], ["f1"]), ("x/y", ["z"], ["f2"]), ("x/y/z", [], [])]
    assert list(gfile.Walk("x")) == top_down
    assert list(tf.io.gfile.walk("x", topdown=False)) == top_down[::-1]
    seen = []
    assert list(tf.io.gfile.walk("nope", onerror=seen.append)) == []
    assert isinstance(seen[0], errors.NotFoundError)


def test_changing():
    gfile.MakeDirs("m/n")
    gfile.MakeDirs("m/n")
    gfile.MkDir("m/o")
    gfile.MkDir("m/o")
    gfile.Copy("a.txt", "m/copy")
    gfile.Copy("bin", "m/copy", overwrite=True)
    gfile.Copy("bin", "bin", overwrite=True)
    assert Path("m/copy").read_bytes() == Path("bin").read_bytes() != b""
    gfile.Rename("m/copy", "m/moved")
    tf.io.gfile.rename("m/moved", "a.txt", overwrite=True)
    assert sorted(os.listdir("m")) == ["n", "o"]
    gfile.Remove("a.txt")
    gfile.DeleteRecursively("m")
    assert not os.path.exists("m") and not os.path.exists("a.txt")
