"""NumPy's names of before 1.20 to 2.0."""

from __future__ import annotations

import builtins
import math
import os
from collections.abc import Callable
from functools import wraps
from inspect import signature
from typing import Any

import numpy as np

from . import numpy_scalars
from .attach import Names, asked_by_program
from .numpy_methods import give_back_methods

ALLOW_PICKLE = "SCOPEFLOW_ALLOW_PICKLE"
"""Set in the environment, also that of started processes, where `np.load` may read objects."""


def _same(value: Any) -> Callable[[], Any]:
    return lambda: value


def _of(name: str, space: Any = np) -> Callable[[], Any]:
    return lambda: getattr(space, name)


def _in1d(ar1: Any, ar2: Any, assume_unique: bool = False, invert: bool = False) -> Any:
    return np.isin(np.asarray(ar1).ravel(), ar2, assume_unique=assume_unique, invert=invert)


def _asscalar(a: Any) -> Any:
    return a.item()


def _asfarray(a: Any, dtype: Any = np.float64) -> Any:
    return np.asarray(a, dtype if np.issubdtype(dtype, np.inexact) else np.float64)


def _find_common_type(array_types: Any, scalar_types: Any) -> Any:
    arrays = [np.dtype(t) for t in array_types]
    scalars = [np.dtype(t) for t in scalar_types]
    if not arrays or not scalars:
        return np.result_type(*(arrays or scalars))
    wide, other = np.result_type(*arrays), np.result_type(*scalars)
    order = "biufc"  # a scalar counts only if it is of a higher kind
    higher = order.find(other.kind) > order.find(wide.kind)
    return np.promote_types(wide, other) if higher else wide


def _rank(a: Any) -> int:
    return np.ndim(a)


def _alen(a: Any) -> int:
    return len(np.array(a, ndmin=1))


def _msort(a: Any) -> Any:
    return np.sort(a, axis=0)


def _issctype(rep: Any) -> bool:
    return isinstance(rep, type) and issubclass(rep, np.generic)


def _issubclass_(arg1: Any, arg2: Any) -> bool:
    try:
        return issubclass(arg1, arg2)
    except TypeError:
        return False


def _loads(*args: Any, **kwargs: Any) -> Any:
    import pickle

    return pickle.loads(*args, **kwargs)


def _set_string_function(*args: Any, **kwargs: Any) -> None:
    np.set_printoptions(override_repr=args[0] if args else kwargs.get("f"))


class _Cast:
    """`np.cast[type](x)`: x as an array of the type."""

    def __getitem__(self, kind: Any) -> Callable[[Any], Any]:
        dtype = np.dtype(kind)
        return lambda x: np.asarray(x).astype(dtype)


class _Nbytes:
    """`np.nbytes[type]`: the bytes of an element."""

    def __getitem__(self, kind: Any) -> int:
        return np.dtype(kind).itemsize


def _deprecate(func: Any = None, *_: Any, **__: Any) -> Any:
    return func if callable(func) else (lambda function: function)


def _records(fname: Any, **kwargs: Any) -> Any:
    kwargs.setdefault("dtype", None)
    found = np.genfromtxt(fname, **kwargs)
    return found.view(np.recarray)


def _records_of_csv(fname: Any, **kwargs: Any) -> Any:
    usual = {"case_sensitive": "lower", "names": True, "delimiter": ","}
    return _records(fname, **{**usual, **kwargs})


def _sctypes() -> dict[str, list]:
    return {
        "int": [np.int8, np.int16, np.int32, np.int64],
        "uint": [np.uint8, np.uint16, np.uint32, np.uint64],
        "float": [np.float16, np.float32, np.float64, np.longdouble],
        "complex": [np.complex64, np.complex128, np.clongdouble],
        "others": [builtins.bool, object, bytes, str, np.void],
    }


_ALIASES = {  # the same thing under today's name
    "float_": "float64", "complex_": "complex128", "cfloat": "complex128",
    "singlecomplex": "complex64", "longfloat": "longdouble", "longcomplex": "clongdouble",
    "clongfloat": "clongdouble", "string_": "bytes_", "unicode_": "str_", "bool8": "bool_",
    "int0": "intp", "uint0": "uintp", "str0": "str_", "bytes0": "bytes_", "void0": "void",
    "object0": "object_", "NaN": "nan", "Inf": "inf", "PINF": "inf", "Infinity": "inf",
    "infty": "inf", "mat": "asmatrix", "row_stack": "vstack", "trapz": "trapezoid",
    "cumproduct": "cumprod", "product": "prod", "sometrue": "any", "alltrue": "all",
    "round_": "round", "typeDict": "sctypeDict", "issubsctype": "issubdtype",
    "obj2sctype": "dtype",
}  # fmt: skip
_EXCEPTIONS = (
    "AxisError", "ComplexWarning", "ModuleDeprecationWarning", "RankWarning", "TooHardError",
    "VisibleDeprecationWarning",
)  # fmt: skip
_BUILTINS = {
    "bool": bool, "int": int, "float": float, "complex": complex, "object": object, "str": str,
    "long": int, "unicode": str,
}  # fmt: skip

NAMES: dict[str, Names] = {
    "numpy": {
        **{old: _same(kind) for old, kind in _BUILTINS.items()},
        **{old: _of(new) for old, new in _ALIASES.items()},
        **{name: _of(name, np.exceptions) for name in _EXCEPTIONS},
        "NINF": _same(-np.inf),
        "NZERO": _same(-0.0),
        "PZERO": _same(0.0),
        "math": _same(math),
        "in1d": _same(_in1d),
        "asscalar": _same(_asscalar),
        "asfarray": _same(_asfarray),
        "find_common_type": _same(_find_common_type),
        "rank": _same(_rank),
        "alen": _same(_alen),
        "msort": _same(_msort),
        "issctype": _same(_issctype),
        "issubclass_": _same(_issubclass_),
        "loads": _same(_loads),
        "disp": _same(lambda mesg, *args, **kwargs: print(mesg)),
        "fastCopyAndTranspose": _same(lambda a: np.array(a).T.copy()),
        "cast": _same(_Cast()),
        "nbytes": _same(_Nbytes()),
        "sctype2char": _same(lambda sctype: np.dtype(sctype).char),
        "deprecate": _same(_deprecate),
        "recfromtxt": _same(_records),
        "recfromcsv": _same(_records_of_csv),
        "maximum_sctype": _same(lambda t: _sctypes_of(t)[-1]),
        "safe_eval": lambda: _literal_eval(),
        "sctypes": _sctypes,
        "set_string_function": _same(_set_string_function),
    }
}


def _literal_eval() -> Any:
    import ast

    return ast.literal_eval


def _sctypes_of(kind: Any) -> list:
    base = {"i": "int", "u": "uint", "f": "float", "c": "complex"}[np.dtype(kind).kind]
    return _sctypes()[base]


# function: (keyword argument that was removed, what it is called now)
_KEYWORDS = {
    "reshape": ("newshape", "shape"),
    "histogram": ("normed", "density"),
    "histogram2d": ("normed", "density"),
    "histogramdd": ("normed", "density"),
    "percentile": ("interpolation", "method"),
    "nanpercentile": ("interpolation", "method"),
    "quantile": ("interpolation", "method"),
    "nanquantile": ("interpolation", "method"),
}


def _renamed(function: Any, old: str, new: str) -> Any:
    @wraps(function)
    def call(*args: Any, **kwargs: Any) -> Any:
        if old in kwargs and asked_by_program(1):
            kwargs[new] = kwargs.pop(old)
        return function(*args, **kwargs)

    return call


def _old_array(array: Any) -> Any:
    @wraps(array)
    def call(*args: Any, **kwargs: Any) -> Any:
        if kwargs.get("copy") is False and asked_by_program(1):
            kwargs["copy"] = None
        try:
            return array(*args, **kwargs)
        except ValueError as error:
            ragged = "inhomogeneous" in str(error) and len(args) < 2 and "dtype" not in kwargs
            if not (ragged and asked_by_program(1)):
                raise
        except OverflowError:  # Python integers beyond the dtype's range wrapped
            wide = array(args[0])
            if wide.dtype == object or not asked_by_program(1):
                raise
            return wide.astype(kwargs["dtype"] if "dtype" in kwargs else args[1])
        return array(*args, dtype=object, **kwargs)

    return call


def _saving_ragged(save: Any, array: Any) -> Any:
    def as_saved(value: Any) -> Any:
        if isinstance(value, list | tuple):
            try:
                return array(value)
            except ValueError:
                return array(value, dtype=object)
        return value

    @wraps(save)
    def call(file: Any, *args: Any, **kwargs: Any) -> Any:
        if asked_by_program(1):
            args = tuple(map(as_saved, args))
            kwargs = {key: as_saved(value) for key, value in kwargs.items()}
        return save(file, *args, **kwargs)

    return call


def _loading_pickles(load: Any) -> Any:
    @wraps(load)
    def call(file: Any, *args: Any, **kwargs: Any) -> Any:
        if os.environ.get(ALLOW_PICKLE) and len(args) < 2 and asked_by_program(1):
            kwargs.setdefault("allow_pickle", True)
        return load(file, *args, **kwargs)

    return call


def _patch(numpy: Any) -> None:
    """`np.array` makes objects of ragged lists and copies where it must; old keyword arguments.

    So do the functions that save lists; `np.load` reads such objects if the user allows it.
    `np.fromstring` takes bytes; arrays have their old methods.
    """
    give_back_methods(numpy)
    fromstring = numpy.fromstring

    @wraps(fromstring)
    def old_fromstring(
        string: Any, dtype: Any = float, count: int = -1, sep: str = "", **kwargs: Any
    ) -> Any:
        if sep == "" and asked_by_program(1):
            data = string.encode("latin1") if isinstance(string, str) else string
            return numpy.frombuffer(data, dtype, count).copy()
        return fromstring(string, dtype, count, sep=sep, **kwargs)

    numpy.load = _loading_pickles(numpy.load)
    for name in ("save", "savez", "savez_compressed"):
        setattr(numpy, name, _saving_ragged(getattr(numpy, name), numpy.array))
    for name in ("array", "asarray", "asanyarray"):
        setattr(numpy, name, _old_array(getattr(numpy, name)))
    numpy.fromstring = old_fromstring
    for name, (old, new) in _KEYWORDS.items():
        function = getattr(numpy, name)
        if old not in signature(function).parameters:
            setattr(numpy, name, _renamed(function, old, new))
    numpy_scalars.give_back(numpy)


PATCHES: dict[str, Callable[[Any], None]] = {"numpy": _patch}
