"""The assertions of `tf.test.TestCase`: arrays, shapes, devices, protocol buffers, errors."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import numpy as np
from absl.testing import absltest

import scopeflow as tf


def _rounded(message: Any) -> Any:
    """A copy with floating-point numbers rounded, and without those that are 0."""
    copy = type(message)()
    copy.CopyFrom(message)
    for field, value in copy.ListFields():
        kinds = (field.CPPTYPE_FLOAT, field.CPPTYPE_DOUBLE)
        each = [value] if not hasattr(value, "__len__") else value
        if field.cpp_type in kinds:
            numbers = [round(number, 6) for number in each]
            if each is value:
                value[:] = numbers
            elif numbers[0]:
                setattr(copy, field.name, numbers[0])
            else:
                copy.ClearField(field.name)
        elif field.cpp_type == field.CPPTYPE_MESSAGE:
            if isinstance(value, Mapping):
                continue
            for inner in each:
                inner.CopyFrom(_rounded(inner))
    return copy


class Comparisons(absltest.TestCase):
    """Assertions. Values may be tensors, which are run, and for `assertAllClose` structures."""

    def evaluate(self, tensors: Any) -> Any:
        """The values of tensors; TestCase says how."""
        raise NotImplementedError

    def _array(self, value: Any) -> np.ndarray:
        if _is_graph_element(value) or (
            isinstance(value, list | tuple) and any(map(_is_graph_element, tf.nest.flatten(value)))
        ):
            value = self.evaluate(value)
        return value if isinstance(value, np.ndarray) else np.array(value)

    def _same_shape(self, a: np.ndarray, b: np.ndarray, msg: Any) -> None:
        if a.shape != b.shape:
            self.fail(
                self._formatMessage(
                    msg, f"Shape mismatch: expected {a.shape}, got {b.shape} with contents {b}."
                )
            )

    # Near numbers.

    def assertAllClose(
        self, a: Any, b: Any, rtol: float = 1e-6, atol: float = 1e-6, msg: Any = None
    ) -> None:
        """Numbers, arrays or structures of them are near: |a - b| <= atol + rtol * |b|."""
        self._all_close(a, b, rtol, atol, msg, "")

    def _all_close(self, a: Any, b: Any, rtol: float, atol: float, msg: Any, path: str) -> None:
        a, b = (x._asdict() if hasattr(x, "_asdict") else x for x in (a, b))
        if isinstance(a, Mapping) != isinstance(b, Mapping):
            raise ValueError(
                f"Cannot compare a{path} of {type(a)} with b{path} of {type(b)}. {msg}"
            )
        if isinstance(a, Mapping):
            self.assertCountEqual(a, b, f"mismatched keys: a{path} and b{path}. {msg or ''}")
            for key in a:
                self._all_close(a[key], b[key], rtol, atol, msg, f"{path}[{key}]")
        elif _is_list(a) and _is_list(b):
            try:
                left, right = self._array(a), self._array(b)
                plain = left.dtype != object and right.dtype != object
            except (ValueError, TypeError):  # ragged, or no tensors alone
                plain = False
            if plain:
                self._near(left, right, rtol, atol, msg, path)
                return
            self.assertEqual(len(a), len(b), f"length of a{path} and b{path}. {msg or ''}")
            for i, (one, other) in enumerate(zip(a, b)):
                self._all_close(one, other, rtol, atol, msg, f"{path}[{i}]")
        else:
            self._near(self._array(a), self._array(b), rtol, atol, msg, path)

    def _near(
        self, a: np.ndarray, b: np.ndarray, rtol: float, atol: float, msg: Any, path: str
    ) -> None:
        self._same_shape(a, b, msg)
        rtol, atol = (np.maximum(x, _precision(a, b)) for x in (rtol, atol))
        if np.allclose(a, b, rtol=rtol, atol=atol, equal_nan=True):
            return
        a, b = np.atleast_1d(a), np.atleast_1d(b)
        far = ~np.isclose(a, b, rtol=rtol, atol=atol, equal_nan=True)
        with np.errstate(invalid="ignore"):
            text = (
                f"a{path} is different from b{path} (rtol={rtol}, atol={atol}) at "
                f"{int(far.sum())} of {far.size} places: {_places(far)}\na: {a[far][:20]}\n"
                f"b: {b[far][:20]}\ndifference: {np.abs(a[far] - b[far])[:20]}\n"
                f"dtype {a.dtype}, shape {a.shape}"
            )
        self.fail(self._formatMessage(msg, text))

    def assertAllCloseAccordingToType(
        self, a: Any, b: Any, rtol: float = 1e-6, atol: float = 1e-6, float_rtol: float = 1e-6,
        float_atol: float = 1e-6, half_rtol: float = 1e-3, half_atol: float = 1e-3,
        bfloat16_rtol: float = 1e-2, bfloat16_atol: float = 1e-2, msg: Any = None,
    ) -> None:  # fmt: skip
        """As assertAllClose, with the tolerance of the less exact of both types."""
        a, b = self._array(a), self._array(b)
        for kind, r, t in (
            ("float32", float_rtol, float_atol), ("complex64", float_rtol, float_atol),
            ("float16", half_rtol, half_atol), ("bfloat16", bfloat16_rtol, bfloat16_atol),
        ):  # fmt: skip
            if kind in (a.dtype.name, b.dtype.name):
                rtol, atol = max(rtol, r), max(atol, t)
        self.assertAllClose(a, b, rtol=rtol, atol=atol, msg=msg)

    def assertNotAllClose(self, a: Any, b: Any, **kwargs: Any) -> None:
        """assertAllClose fails."""
        try:
            self.assertAllClose(a, b, **kwargs)
        except AssertionError:
            return
        raise AssertionError("The two values are close at all elements")

    def assertNear(self, f1: float, f2: float, err: float, msg: Any = None) -> None:
        """|f1 - f2| <= err, or both are the same infinity."""
        near = f1 == f2 or abs(f1 - f2) <= err
        self.assertTrue(near, f"{f1:f} != {f2:f} +/- {err:f}{f' ({msg})' if msg else ''}")

    def assertArrayNear(self, farray1: Any, farray2: Any, err: float, msg: Any = None) -> None:
        """assertNear of each pair."""
        self.assertEqual(len(farray1), len(farray2), msg)
        for one, other in zip(farray1, farray2):
            self.assertNear(float(one), float(other), err, msg)

    def assertNDArrayNear(self, ndarray1: Any, ndarray2: Any, err: float, msg: Any = None) -> None:
        """The norm of the difference is less than `err`."""
        distance = np.linalg.norm(np.asarray(ndarray1) - np.asarray(ndarray2))
        self.assertTrue(distance < err, msg or f"the norm of the difference is {distance}")

    # Equal values, and their range.

    def assertAllEqual(self, a: Any, b: Any, msg: Any = None) -> None:
        """Same shape and values; NaN equals NaN."""
        a, b = self._array(a), self._array(b)
        self._same_shape(a, b, msg)
        if np.issubdtype(a.dtype, np.floating) and np.issubdtype(b.dtype, np.floating):
            same = (a == b) | (np.isnan(a) & np.isnan(b))
        else:
            same = np.asarray(a == b)
        if same.all():
            return
        differ = np.atleast_1d(~same)
        text = (
            f"Arrays are not equal at {int(differ.sum())} of {differ.size} places: "
            f"{_places(differ)}\na: {np.atleast_1d(a)[differ][:20]}\n"
            f"b: {np.atleast_1d(b)[differ][:20]}"
        )
        self.fail(self._formatMessage(msg, text))

    def assertNotAllEqual(self, a: Any, b: Any, msg: Any = None) -> None:
        """assertAllEqual fails."""
        try:
            self.assertAllEqual(a, b)
        except AssertionError:
            return
        raise AssertionError(f"The two values are equal at all elements{f'. {msg}' if msg else ''}")

    def assertAllGreater(self, a: Any, comparison_target: Any) -> None:
        """The least value is greater."""
        self.assertGreater(np.min(self._array(a)), comparison_target)

    def assertAllLess(self, a: Any, comparison_target: Any) -> None:
        """The largest value is less."""
        self.assertLess(np.max(self._array(a)), comparison_target)

    def assertAllGreaterEqual(self, a: Any, comparison_target: Any) -> None:
        """The least value is greater or equal."""
        self.assertGreaterEqual(np.min(self._array(a)), comparison_target)

    def assertAllLessEqual(self, a: Any, comparison_target: Any) -> None:
        """The largest value is less or equal."""
        self.assertLessEqual(np.max(self._array(a)), comparison_target)

    def assertAllInRange(
        self, target: Any, lower_bound: Any, upper_bound: Any, open_lower_bound: bool = False,
        open_upper_bound: bool = False,
    ) -> None:  # fmt: skip
        """All numbers lie between the bounds, which themselves are in unless said to be open."""
        values = self._array(target)
        if not (
            np.issubdtype(values.dtype, np.floating) or np.issubdtype(values.dtype, np.integer)
        ):
            raise AssertionError(
                f"The value of {target} does not have an ordered numeric type, instead it has "
                f"type: {values.dtype}"
            )
        low = values <= lower_bound if open_lower_bound else values < lower_bound
        high = values >= upper_bound if open_upper_bound else values > upper_bound
        outside = np.atleast_1d(low | high | np.isnan(values))
        if outside.any():
            start, end = "(" if open_lower_bound else "[", ")" if open_upper_bound else "]"
            span = f"{start}{lower_bound}, {upper_bound}{end}"
            raise AssertionError(
                f"{int(outside.sum())} of the {values.size} element(s) are outside the range "
                f"{span}, at {_places(outside)}: {np.atleast_1d(values)[outside][:20]}"
            )

    def assertAllInSet(self, target: Any, expected_set: Any) -> None:
        """All values are among those of `expected_set`."""
        others = np.setdiff1d(self._array(target), list(expected_set))
        if others.size:
            raise AssertionError(
                f"{others.size} unique element(s) are not in the set {expected_set}: {others}"
            )

    def assertItemsEqual(self, first: Any, second: Any, msg: Any = None) -> None:
        """The same items, in any order: unittest's assertCountEqual."""
        self.assertCountEqual(first, second, msg)

    # What is known without a run.

    def assertDTypeEqual(self, target: Any, expected_dtype: Any) -> None:
        """The dtype of a tensor or an array."""
        found = self._array(target).dtype
        wanted = tf.as_dtype(expected_dtype).as_numpy_dtype
        self.assertEqual(found, np.dtype(wanted), f"dtype {found}, expected {wanted}")

    def assertShapeEqual(self, np_array: Any, tf_tensor: Any, msg: Any = None) -> None:
        """The static shape of a tensor is the shape of an array."""
        if not isinstance(np_array, np.ndarray | np.generic):
            raise TypeError("np_array must be a Numpy ndarray or Numpy scalar")
        if not isinstance(tf_tensor, tf.Tensor):
            raise TypeError("tf_tensor must be a Tensor")
        self.assertAllEqual(np_array.shape, tf_tensor.get_shape().as_list(), msg=msg)

    def assertDeviceEqual(self, device1: Any, device2: Any, msg: Any = None) -> None:
        """Both name the same device, however they are written."""
        one, other = (
            tf.DeviceSpec.from_string(str(d or "")).to_string() for d in (device1, device2)
        )
        self.assertEqual(one, other, f"Devices {one} and {other} are not equal. {msg or ''}")

    def assertProtoEquals(
        self, expected_message_maybe_ascii: Any, message: Any, msg: Any = None
    ) -> None:
        """A protocol buffer, or its text, is equal to `message`, numbers to six decimals."""
        from google.protobuf import text_format

        expected = expected_message_maybe_ascii
        if isinstance(expected, str):
            expected = text_format.Parse(expected, type(message)())
        if type(expected) is not type(message):
            self.fail(
                f"Can't compare protos of type {type(expected)} and {type(message)}. {msg or ''}"
            )
        if _rounded(expected) != _rounded(message):
            lines = difflib.ndiff(str(expected).splitlines(), str(message).splitlines())
            self.fail(self._formatMessage(msg, "\n" + "\n".join(lines)))

    def assertProtoEqualsVersion(
        self, expected: Any, actual: Any, producer: int = 134, min_consumer: int = 0,
        msg: Any = None,
    ) -> None:  # fmt: skip
        """assertProtoEquals of GraphDef texts, the expected one with these versions added."""
        versions = f"versions {{ producer: {producer} min_consumer: {min_consumer} }}"
        self.assertProtoEquals(f"{versions}\n{expected}", actual, msg=msg)

    def assertStartsWith(self, actual: str, expected_start: str, msg: Any = None) -> None:
        """The text begins so."""
        if not actual.startswith(expected_start):
            self.fail(
                self._formatMessage(msg, f"{actual!r} does not start with {expected_start!r}")
            )

    # Errors.

    @contextmanager
    def assertRaisesWithPredicateMatch(  # type: ignore[override]
        self, exception_type: Any, expected_err_re_or_predicate: Any
    ) -> Iterator[None]:
        """The block raises such an error, and the pattern is in its text or the function likes it.

        The text of an op's error has the names of the ops that led to it.
        """
        if callable(expected_err_re_or_predicate):
            fits: Callable[[Any], bool] = expected_err_re_or_predicate
        else:

            def fits(error: Any) -> bool:
                text = getattr(error, "message", None) or str(error)
                op = getattr(error, "op", None)
                while op is not None:
                    text += f"\nCaused by: {op.name}"
                    op = getattr(op, "_original_op", None)
                return bool(re.search(expected_err_re_or_predicate, text))

        name = getattr(exception_type, "__name__", str(exception_type))
        try:
            yield
        except BaseException as error:
            if not isinstance(error, exception_type) or not fits(error):
                raise AssertionError(f"Exception of type {type(error)}: {error}") from error
            return
        self.fail(f"{name} not raised")

    def assertRaisesOpError(self, expected_err_re_or_predicate: Any) -> Any:
        """assertRaisesWithPredicateMatch of tf.errors.OpError."""
        return self.assertRaisesWithPredicateMatch(tf.errors.OpError, expected_err_re_or_predicate)


def _is_graph_element(value: Any) -> bool:
    return isinstance(value, tf.Tensor | tf.Variable | tf.IndexedSlices | tf.Operation)


def _is_list(value: Any) -> bool:
    return isinstance(value, list | tuple)


def _precision(a: np.ndarray, b: np.ndarray) -> float:
    """Values that an op computed in half precision are not exacter than this."""
    return 1e-3 if np.float16 in (a.dtype, b.dtype) and a.dtype == b.dtype else 0.0


def _places(mask: np.ndarray) -> str:
    found = np.argwhere(mask)[:20].tolist()
    return ", ".join(str(place[0] if len(place) == 1 else place) for place in found)
