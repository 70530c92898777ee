"""tf.errors. Codes, names and behaviour were observed in TensorFlow 1.15.5."""

import copy
import doctest
import inspect
import pickle
from types import SimpleNamespace

import pytest

from scopeflow.core import errors

CODES = {
    "CancelledError": 1,
    "UnknownError": 2,
    "InvalidArgumentError": 3,
    "DeadlineExceededError": 4,
    "NotFoundError": 5,
    "AlreadyExistsError": 6,
    "PermissionDeniedError": 7,
    "ResourceExhaustedError": 8,
    "FailedPreconditionError": 9,
    "AbortedError": 10,
    "OutOfRangeError": 11,
    "UnimplementedError": 12,
    "InternalError": 13,
    "UnavailableError": 14,
    "DataLossError": 15,
    "UnauthenticatedError": 16,
}
CONSTANTS = [
    "OK", "CANCELLED", "UNKNOWN", "INVALID_ARGUMENT", "DEADLINE_EXCEEDED", "NOT_FOUND",
    "ALREADY_EXISTS", "PERMISSION_DENIED", "RESOURCE_EXHAUSTED", "FAILED_PRECONDITION", "ABORTED",
    "OUT_OF_RANGE", "UNIMPLEMENTED", "INTERNAL", "UNAVAILABLE", "DATA_LOSS", "UNAUTHENTICATED",
]  # fmt: skip


class Op:
    """Stands for an Operation; like a graph it cannot be pickled."""

    name = "c"
    traceback = (("model.py", 9, "<module>", "c = tf.constant(1.0)"),)

    def __reduce__(self):
        raise TypeError("a graph stays in its process")


@pytest.mark.parametrize("name", CODES)
def test_each_class(name):
    cls = getattr(errors, name)
    op, node_def = Op(), object()
    error = cls(node_def, op, message="boom")
    assert isinstance(error, errors.OpError)
    assert (error.message, error.op, error.node_def) == ("boom", op, node_def)
    assert error.error_code == CODES[name]
    assert errors.exception_type_from_error_code(CODES[name]) is cls
    assert errors.error_code_from_exception_type(cls) == CODES[name]
    parameters = list(inspect.signature(cls.__init__).parameters)[:4]
    assert parameters == ["self", "node_def", "op", "message"]


def test_constants():
    assert [getattr(errors, name) for name in CONSTANTS] == list(range(17))


def test_op_error_and_unknown_error_take_a_code():
    assert errors.OpError(None, None, "a", error_code=5).error_code == 5
    assert errors.UnknownError(None, None, "a", 99).error_code == 99
    assert errors.UnknownError(None, None, "a", error_code=99).error_code == 99
    with pytest.raises(TypeError):
        errors.NotFoundError(None, None, "a", 5)


def test_codes_without_a_class():
    for code in (errors.OK, 99):
        with pytest.raises(KeyError):
            errors.exception_type_from_error_code(code)


def test_classes_without_a_code():
    """TF 1.15.5 returns an UnknownError object here, which cannot be meant."""

    class Mine(errors.NotFoundError):
        pass

    assert errors.error_code_from_exception_type(Mine) == errors.NOT_FOUND
    assert errors.error_code_from_exception_type(errors.OpError) == errors.UNKNOWN
    assert errors.error_code_from_exception_type(ValueError) == errors.UNKNOWN


def test_text():
    assert str(errors.NotFoundError(None, None, "no file")) == "no file"
    assert str(errors.NotFoundError(None, object(), "no file")) == "no file"
    assert repr(errors.NotFoundError(None, None, "no file")) == "NotFoundError('no file')"
    assert str(errors.NotFoundError(None, Op(), "no file")) == (
        "no file\n\nOriginal stack trace for 'c':\n"
        '  File "model.py", line 9, in <module>\n    c = tf.constant(1.0)\n'
    )


@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
def test_pickle_keeps_the_text_and_leaves_the_graph(protocol):
    for error in (
        errors.InvalidArgumentError(None, Op(), "boom"),
        errors.UnknownError(None, None, "odd", 99),
        errors.OpError(None, Op(), "any", 3),
    ):
        error.extra = "kept"
        back = pickle.loads(pickle.dumps(error, protocol))
        again = pickle.loads(pickle.dumps(back, protocol))
        for one in (back, again):
            assert type(one) is type(error)
            assert (one.message, one.error_code) == (error.message, error.error_code)
            assert (str(one), one.args, one.extra) == (str(error), error.args, "kept")
            assert one.op is None and one.node_def is None


def test_copy():
    error = errors.InvalidArgumentError(None, Op(), "boom")
    assert str(copy.deepcopy(error)) == str(copy.copy(error)) == str(error)


def test_operator_not_allowed_is_a_type_error():
    with pytest.raises(TypeError, match="no truth"):
        raise errors.OperatorNotAllowedInGraphError("no truth")
    assert not issubclass(errors.OperatorNotAllowedInGraphError, errors.OpError)


def test_documented_examples_run():
    done = doctest.testmod(errors, extraglobs={"tf": SimpleNamespace(errors=errors)})
    assert done.attempted > 0 and done.failed == 0
