"""`scopeflow run` gives a program the names back that Python, NumPy and Pillow have removed."""

import os
import subprocess
import sys
from pathlib import Path
from textwrap import dedent

import pytest

ROOT = Path(__file__).resolve().parent.parent


def run(folder, text, *options, **files):
    """The finished process of `scopeflow run` on a program."""
    for name, content in {"program": text, **files}.items():
        (folder / f"{name}.py").write_text(dedent(content), encoding="utf-8")
    paths = [str(ROOT), os.environ.get("PYTHONPATH")]
    return subprocess.run(
        [sys.executable, "-m", "scopeflow", "run", "--no-tree", "--no-progress", *options,
         str(folder / "program.py")],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, paths))},
        capture_output=True,
        encoding="utf-8",
        timeout=120,
    )  # fmt: skip


def holds(folder, text, *options, **files):
    process = run(folder, text, *options, **files)
    assert process.returncode == 0, process.stderr


def test_numpy(tmp_path):
    holds(
        tmp_path,
        """
        import numpy as np
        from numpy import float as number, NaN
        assert number is np.float is float and np.int is int and np.object is object
        assert np.zeros(2, np.bool).dtype == bool and np.str is str and np.complex is complex
        assert np.float_ is np.float64 and np.unicode_ is np.str_ and np.string_ is np.bytes_
        assert NaN != NaN and np.Inf == np.PINF == np.infty == -np.NINF
        given = np.array([1, 2])
        assert np.array(given, copy=False) is given
        assert np.array([1, 2], copy=False).tolist() == [1, 2]
        assert given.tostring() == given.tobytes() and given.ptp() == 1
        table = np.zeros([2, 2])
        table.itemset(1, 3.0)
        table.itemset((1, 0), 4.0)
        assert table.tolist() == [[0, 3], [4, 0]]
        ragged = np.array([(np.zeros(3), [1, 0]), (np.ones(3), [0, 1])])
        assert ragged.shape == (2, 2) and ragged.dtype == object and ragged[1][1] == [0, 1]
        assert np.asarray([[1], [2, 3]])[1] == [2, 3]
        assert float(np.array([3.5])) == 3.5 and int(np.array([[4]])) == 4
        buffer = np.zeros(3)
        buffer[1] = np.array([5.0])
        assert buffer.tolist() == [0, 5, 0]
        for wrong in (np.array([1, 2]), np.array([])):
            try:
                float(wrong)
            except TypeError as error:
                assert "only" in str(error)
            else:
                raise AssertionError(wrong)
        assert np.reshape([1, 2], newshape=[2, 1]).tolist() == [[1], [2]]
        assert np.histogram([1, 2], bins=2, normed=True)[0].tolist() == [1, 1]
        assert np.percentile([1, 2], 50, interpolation="lower") == 1
        assert np.array(given, copy=True) is not given
        assert np.asscalar(np.array([3])) == 3 and np.product([2, 3]) == 6
        assert np.cumproduct([2, 3]).tolist() == [2, 6]
        assert np.alltrue([1, 1]) and np.sometrue([0, 1]) and np.round_(1.26, 1) == 1.3
        assert np.in1d([[1], [2]], [2]).tolist() == [False, True] and np.trapz([1, 2]) == 1.5
        assert np.row_stack(([1], [2])).shape == (2, 1) and np.rank([[1]]) == 2
        # of NumPy 1.18
        assert np.find_common_type([np.float32], [np.int64]) == np.float32
        assert np.find_common_type([np.int32], [np.float64]) == np.float64
        assert np.find_common_type([np.int16, np.int32], []) == np.int32
        assert np.fromstring(b"\\x01\\x00\\x02\\x00", np.int16).tolist() == [1, 2]
        assert np.fromstring("1 2", sep=" ").tolist() == [1, 2]
        assert np.asfarray([1]).dtype == np.float64 and np.math.pi > 3
        assert np.cast[np.float32]([1, 2]).dtype == np.float32 and np.cast["int32"](1.7) == 1
        assert np.nbytes[np.float64] == 8 and np.sctype2char(np.float32) == "f"
        assert np.deprecate(len) is len and np.deprecate(message="old")(len) is len
        table = np.recfromcsv(["A,b", "1,2.5", "3,4.5"])
        assert table.a.tolist() == [1, 3] and table.b.tolist() == [2.5, 4.5]
        assert issubclass(np.AxisError, IndexError)
        assert not hasattr(np, "no_such_name")
        """,
    )


def test_methods_of_arrays(tmp_path):
    holds(
        tmp_path,
        """
        import numpy as np
        a = np.array([[1, 2], [5, 3]], np.int16)
        assert a.tostring() == a.tobytes() and a.tostring(order="F") == a.tobytes("F")
        assert np.float32(1).tostring() == b"\\x00\\x00\\x80?"
        assert a.ptp() == 4 and a.ptp(axis=0).tolist() == [4, 1]
        a.itemset(3, 7)
        a.itemset((0, 0), 9)
        assert a.tolist() == [[9, 2], [5, 7]]
        a.itemset(0, 1, 8)
        assert a.tolist() == [[9, 8], [5, 7]]
        assert a.newbyteorder().tolist()[0][0] == 9 * 256
        assert np.ma.array([1, 4]).ptp() == 3 and np.zeros(2, np.int8).data.tobytes() == b"\\0\\0"
        """,
    )


def test_python(tmp_path):
    holds(
        tmp_path,
        """
        import base64, cgi, collections, fractions, imp, inspect, threading, time, unittest
        import xml.etree.cElementTree as tree
        from collections import Mapping, Sequence
        from distutils.util import strtobool
        from distutils.version import LooseVersion, StrictVersion
        from pipes import quote
        assert issubclass(dict, Mapping) and collections.Iterable is collections.abc.Iterable
        assert inspect.getargspec(lambda a, b=1, **c: 0) == (["a", "b"], None, "c", (1,))
        assert time.clock() >= 0 and fractions.gcd(4, 6) == 2 and cgi.escape("<") == "&lt;"
        assert base64.encodestring(b"a") == b"YQ==\\n"
        assert not threading.Thread().isAlive()
        unittest.TestCase().assertEquals(1, 1)
        unittest.TestCase().assertItemsEqual([1, 2], [2, 1])
        assert LooseVersion("1.10.0") > LooseVersion("1.9") and LooseVersion("1.4.0-rc1") > "1.4"
        assert StrictVersion("1.5a1") < StrictVersion("1.5") and strtobool("yes") == 1
        assert quote("a b") == "'a b'" and tree.fromstring("<a/>").tag == "a"
        assert imp.load_source("other", __file__.replace("program", "other")).VALUE == 3
        """,
        other="VALUE = 3\n",
    )


def test_pillow(tmp_path):
    holds(
        tmp_path,
        """
        from PIL import Image, ImageDraw
        image = Image.new("RGB", (4, 4)).resize((2, 2), Image.ANTIALIAS)
        width, height = ImageDraw.Draw(image).textsize("text")
        assert image.size == (2, 2) and width > height > 0
        """,
    )


def test_scipy(tmp_path):
    pytest.importorskip("scipy")
    holds(
        tmp_path,
        """
        import numpy as np
        import scipy.misc
        from scipy import signal
        from scipy.misc import imread, imresize
        from scipy.sparse.linalg.eigen.arpack import eigsh
        assert round(eigsh(np.diag([1.0, 2.0, 5.0]), k=1)[0][0], 6) == 5
        image = (np.arange(48).reshape(4, 4, 3) * 5).astype(np.uint8)
        scipy.misc.imsave("image.png", image)
        assert (imread("image.png") == image).all()
        assert imread("image.png", mode="L").shape == imread("image.png", flatten=True).shape
        assert imresize(image, (8, 2)).shape == (8, 2, 3)
        assert imresize(image, 50).shape == imresize(image, 0.5).shape == (2, 2, 3)
        assert scipy.misc.bytescale(np.array([0.0, 1.0, 3.0])).tolist() == [0, 85, 255]
        assert scipy.misc.toimage(image / 255.0).size == (4, 4)
        slopes = [scipy.misc.derivative(lambda x: x**3, 2.0, 1e-2, n, order=5) for n in (1, 2)]
        assert np.allclose(slopes, 12)
        assert scipy.ones(2).tolist() == [1, 1] and signal.gaussian(3, 1.0)[1] == 1
        """.replace('"image.png"', repr(str(tmp_path / "image.png"))),
    )


def test_tensorboard(tmp_path):
    pytest.importorskip("tensorboard")
    holds(
        tmp_path,
        """
        from tensorboard import summary
        from tensorboard.plugins.custom_scalar import layout_pb2
        lines = layout_pb2.MultilineChartContent(tag=["a"])
        chart = layout_pb2.Chart(title="loss", multiline=lines)
        layout = layout_pb2.Layout(category=[layout_pb2.Category(title="all", chart=[chart])])
        made = summary.custom_scalar_pb(layout)
        assert made.value[0].tag == "custom_scalars__config__"
        assert summary.scalar_pb("a", 1.0).value[0].metadata.plugin_data.plugin_name == "scalars"
        """,
    )


def test_only_the_program_sees_them(tmp_path):
    holds(
        tmp_path,
        """
        import numpy as np
        assert np.float is float
        for library in ("numpy", "scopeflow", "json"):
            file = __import__(library).__file__
            code = compile("import numpy\\nfound = hasattr(numpy, 'float')", file, "exec")
            found = {}
            exec(code, found)
            assert found["found"] is False, file
        """,
    )


def test_an_installed_package_is_the_program_when_it_is_run(tmp_path):
    package = tmp_path / "package"
    package.mkdir()
    for name in ("__init__", "__main__"):
        (package / f"{name}.py").write_text("", encoding="utf-8")
    (package / "__main__.py").write_text("import numpy as np\nassert np.float is float\n")
    text = f"""
        import importlib, sys
        attach = importlib.import_module("scopeflow.alias.removed.attach")
        library = attach._library()
        attach._library = lambda: (*library, {str(tmp_path / "package")!r} + "/")
        from scopeflow import cli
        sys.path.insert(0, {str(tmp_path)!r})
        sys.exit(cli.main(["run", "--no-tree", "--no-progress", "-m", "package"]))
        """
    process = subprocess.run(
        [sys.executable, "-c", dedent(text)],
        env={**os.environ, "PYTHONPATH": str(ROOT)}, cwd=tmp_path,
        capture_output=True, encoding="utf-8", timeout=120,
    )  # fmt: skip
    assert process.returncode == 0, process.stderr


def test_they_can_be_left_out(tmp_path):
    process = run(tmp_path, "import numpy as np\nnp.float", "--no-old-names")
    assert "AttributeError" in process.stderr and process.returncode == 1


def test_processes_that_start_anew_have_all_this(tmp_path):
    holds(
        tmp_path,
        """
        import multiprocessing
        import numpy as np
        import tensorflow as tf

        def work(queue):
            queue.put((tf.VERSION, np.float(1)))

        if __name__ == "__main__":
            for method in multiprocessing.get_all_start_methods():
                context = multiprocessing.get_context(method)
                queue = context.Queue()
                process = context.Process(target=work, args=(queue,))
                process.start()
                assert queue.get(timeout=60) == ("1.15.5", 1.0)
                process.join()
                assert process.exitcode == 0
        """,
    )


def test_lists_of_arrays_of_several_shapes_are_saved(tmp_path):
    holds(
        tmp_path,
        """
        import os
        import numpy as np
        os.chdir(os.path.dirname(os.path.abspath(__file__)))
        weights = [np.zeros([2, 3]), np.ones(4)]
        np.savez("weights.npz", params=weights)
        np.save("weights.npy", weights)
        np.savez_compressed("plain.npz", [1, 2], one=1.0)
        for found in (np.load("weights.npz", allow_pickle=True)["params"],
                      np.load("weights.npy", allow_pickle=True)):
            assert found.shape == (2,) and found[0].shape == (2, 3) and found[1].sum() == 4
        assert np.load("plain.npz")["arr_0"].dtype == int and np.load("plain.npz")["one"] == 1
        """,
    )


def test_pickled_arrays_are_read_where_the_user_allows_it(tmp_path):
    program = """
        import os
        import numpy as np
        os.chdir(os.path.dirname(os.path.abspath(__file__)))
        np.save("weights.npy", {"conv1": [np.zeros(2)]})
        assert list(np.load("weights.npy", encoding="latin1").item()) == ["conv1"]
    """
    holds(tmp_path, program, "--allow-pickle")
    assert "allow_pickle=False" in run(tmp_path, program).stderr


def test_installed_packages_that_import_tensorflow_have_them_too(tmp_path, monkeypatch):
    monkeypatch.setenv("PYTHONUSERBASE", str(tmp_path / "base"))
    find = [sys.executable, "-c", "import site; print(site.getusersitepackages())"]
    packages = Path(subprocess.run(find, capture_output=True, text=True, check=True).stdout.strip())
    assert tmp_path in packages.parents
    for name, first in (("oldnets", "import tensorflow as tf"), ("plain", "import numpy")):
        (packages / name).mkdir(parents=True)
        (packages / name / "__init__.py").write_text(f"{first}\nfrom . import tools\n")
        (packages / name / "tools.py").write_text(
            "import collections, numpy as np\n"
            "def has_old():\n"
            "    return hasattr(np, 'float'), hasattr(collections, 'Mapping')\n"
        )
    monkeypatch.setenv("PYTHONPATH", str(packages))
    holds(
        tmp_path,
        """
        import plain
        assert plain.tools.has_old() == (False, False)
        import oldnets
        assert oldnets.tools.has_old() == (True, True)
        assert plain.tools.has_old() == (False, False)
        """,
    )
