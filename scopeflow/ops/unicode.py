"""Unicode: other encodings, code points, characters; n-grams of tokens."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np

from ..core import dtypes
from ..core.convert import convert_to_tensor
from ..core.graph import name_scope
from ..core.op import ShapeError, op
from ..core.operation import Dims, Tensor
from ..core.types import INDEX
from .texts import array_of, each, tensor_of

_OUT = {"UTF-8": "utf-8", "UTF-16-BE": "utf-16-be", "UTF-32-BE": "utf-32-be"}
_ERRORS = ("strict", "replace", "ignore")


_MARKED = {"UTF-16": "utf-16", "UTF-32": "utf-32"}


def _by_mark(codec: str, text: bytes) -> tuple[str, bytes, int]:
    """(codec, text, bytes of the mark): the byte order mark tells the order, else big end first."""
    first = "\ufeff"
    for order in ("le", "be"):
        mark = first.encode(f"{_MARKED[codec]}-{order}")
        if text.startswith(mark):
            return f"{_MARKED[codec]}-{order}", text[len(mark) :], len(mark)
    return f"{_MARKED[codec]}-be", text, 0


def _points(text: bytes, encoding: str, errors: str, replacement: int, control: bool) -> list:
    """(code point, where it begins) for each character; what is wrong as `errors` says."""
    codec = _OUT.get(encoding, encoding)
    if codec in _MARKED:
        codec, text, skipped = _by_mark(codec, text)
    else:
        skipped = 0
    try:
        whole = text.decode(codec)
    except UnicodeDecodeError:
        if errors == "strict":
            raise ValueError(f"Invalid formatting on input string: {text!r}") from None
        whole = text.decode(codec, _handler(errors))
    except LookupError:
        raise ValueError(f"Could not create converter for input encoding: {encoding}") from None
    found, at = [], skipped
    for char in whole:
        point = ord(char)
        width = len(char.encode(codec)) if point != _WRONG else 1
        if point == _WRONG or (control and (point < 32 or point == 127)):
            if errors == "ignore":
                at += width
                continue
            point = replacement
        found.append((point, at))
        at += width
    return found


_WRONG = 0x10FFFE  # a code point without a character, for bytes that are wrong


def _handler(errors: str) -> str:
    import codecs

    name = f"scopeflow_{errors}"

    def handle(error: Any) -> tuple[str, int]:
        return ("" if errors == "ignore" else chr(_WRONG), error.end)

    codecs.register_error(name, handle)
    return name


def _encoded(points: list[int], encoding: str, errors: str, replacement: int) -> bytes:
    found = []
    for point in points:
        if 0 <= point <= 0x10FFFF and not 0xD800 <= point <= 0xDFFF:
            found.append(chr(point))
        elif errors == "strict":
            raise ValueError(f"Code point is out of range for Unicode, or a noncharacter: {point}")
        elif errors == "replace":
            found.append(chr(replacement))
    return "".join(found).encode(_OUT[encoding])


def _check(op_type: str, errors: str, output: str = "UTF-8") -> None:
    if errors not in _ERRORS:
        raise ShapeError(
            f"Attr 'errors' of '{op_type}' Op passed string '{errors}' not in: "
            '"strict", "replace", "ignore"'
        )
    if output not in _OUT:
        raise ShapeError(
            f"Attr 'output_encoding' of '{op_type}' Op passed string '{output}' not in: "
            '"UTF-8", "UTF-16-BE", "UTF-32-BE"'
        )


def _transcode_shape(input: Tensor, *, output_encoding: str, errors: str) -> Dims:
    _check("UnicodeTranscode", errors, output_encoding)
    return input._dims


@op("string -> string", shape=_transcode_shape)
def UnicodeTranscode(
    input, *, input_encoding, output_encoding, errors="replace", replacement_char=65533,
    replace_control_characters=False,
):  # fmt: skip
    """The strings in another encoding."""

    def change(text: bytes) -> bytes:
        points = _points(text, input_encoding, errors, replacement_char, replace_control_characters)
        return _encoded([p for p, _ in points], output_encoding, errors, replacement_char)

    return each(change, input)


def unicode_transcode(
    input: Any,
    input_encoding: str,
    output_encoding: str,
    errors: str = "replace",
    replacement_char: int = 65533,
    replace_control_characters: bool = False,
    name: str | None = None,
) -> Tensor:
    """The strings in `output_encoding` ("UTF-8", "UTF-16-BE", "UTF-32-BE").

    Of `input_encoding` any name that Python knows will do. What is wrong in it becomes the
    replacement character, or is left out ("ignore"), or raises InvalidArgumentError when running
    ("strict").
    """
    return UnicodeTranscode(
        input, input_encoding, output_encoding, errors, replacement_char,
        replace_control_characters, name=name,
    )  # fmt: skip


def _decode_shape(input: Tensor, *, errors: str) -> list[Dims]:
    _check("UnicodeDecodeWithOffsets", errors)
    return [(None,), (None,), (None,)]


@op(
    "string -> row_splits: Tsplits, char_values: int32, char_to_byte_starts: int64",
    shape=_decode_shape,
    attrs={"Tsplits": dtypes.int64},
    Tsplits=INDEX,
)
def UnicodeDecodeWithOffsets(
    input, *, device, input_encoding, errors="replace", replacement_char=65533,
    replace_control_characters=False, Tsplits=dtypes.int64,
):  # fmt: skip
    """All strings' code points and where they begin, and where each string's end."""
    points, splits = [], [0]
    for text in input.ravel().tolist():
        points += _points(
            text, input_encoding, errors, replacement_char, replace_control_characters
        )
        splits.append(len(points))
    return (
        tensor_of(splits, str(Tsplits).removeprefix("torch."), device),
        tensor_of([p for p, _ in points], np.int32, device),
        tensor_of([at for _, at in points], np.int64, device),
    )


def _decoded(function: str, input: Any, name: str | None, **attrs: Any) -> Any:
    """The op's outputs for a scalar string."""
    with name_scope(name, function, [input]):
        text = convert_to_tensor(input, name="input")
        if text._dims != ():
            raise NotImplementedError(
                f"tf.strings.{function[:1].lower() + function[1:]} of several strings gives a "
                "ragged tensor, which there is not. Give it a scalar (tf.map_fn over the strings), "
                "or use tf.string_split(strings, '') for ASCII."
            )
        return UnicodeDecodeWithOffsets(text, **attrs)


def unicode_decode(
    input: Any,
    input_encoding: str,
    errors: str = "replace",
    replacement_char: int = 65533,
    replace_control_characters: bool = False,
    name: str | None = None,
) -> Tensor:
    """The code points of a scalar string, a vector of int32 (of others: NotImplementedError)."""
    return unicode_decode_with_offsets(
        input, input_encoding, errors, replacement_char, replace_control_characters, name
    )[0]


def unicode_decode_with_offsets(
    input: Any,
    input_encoding: str,
    errors: str = "replace",
    replacement_char: int = 65533,
    replace_control_characters: bool = False,
    name: str | None = None,
) -> tuple[Tensor, Tensor]:
    """The code points of a scalar string, and the byte at which each begins."""
    found = _decoded(
        "UnicodeDecodeWithOffsets", input, name, input_encoding=input_encoding, errors=errors,
        replacement_char=replacement_char, replace_control_characters=replace_control_characters,
    )  # fmt: skip
    return found.char_values, found.char_to_byte_starts


def unicode_split(
    input: Any,
    input_encoding: str,
    errors: str = "replace",
    replacement_char: int = 65533,
    name: str | None = None,
) -> Tensor:
    """The characters of a scalar string, a vector of strings (of others: NotImplementedError)."""
    return unicode_split_with_offsets(input, input_encoding, errors, replacement_char, name)[0]


def unicode_split_with_offsets(
    input: Any,
    input_encoding: str,
    errors: str = "replace",
    replacement_char: int = 65533,
    name: str | None = None,
) -> tuple[Tensor, Tensor]:
    """The characters of a scalar string, and the byte at which each begins."""
    points, begins = unicode_decode_with_offsets(
        input, input_encoding, errors, replacement_char, False, name
    )
    points = convert_to_tensor(points)
    from .array import expand_dims

    return (
        unicode_encode(expand_dims(points, -1), input_encoding, errors, replacement_char),
        begins,
    )


def _encode_shape(input_values: Tensor, *, output_encoding: str, errors: str) -> Dims:
    _check("UnicodeEncode", errors, output_encoding)
    return None if input_values._dims is None else input_values._dims[:-1]


def _between_splits(input_values: Tensor, input_splits: Tensor) -> Dims:
    dims = input_splits._dims
    return (None if not dims or dims[0] is None else dims[0] - 1,)


@op("int32, host Tsplits -> string", shape=_between_splits, Tsplits=INDEX)
def UnicodeEncode(
    input_values, input_splits, *, errors="replace", output_encoding, replacement_char=65533
):
    """The code points between each two splits as a string."""
    points = input_values.tolist()
    pairs = pairwise(input_splits)
    return array_of(
        _encoded(points[a:b], output_encoding, errors, replacement_char) for a, b in pairs
    )


def unicode_encode(
    input: Any,
    output_encoding: str,
    errors: str = "replace",
    replacement_char: int = 65533,
    name: str | None = None,
) -> Tensor:
    """The code points along the last dimension of `input` as strings."""
    from .array import reshape, shape
    from .ranges import range as range_

    _check("UnicodeEncode", errors, output_encoding)
    with name_scope(name, "UnicodeEncode", [input]):
        points = convert_to_tensor(input, dtypes.int32)
        sizes: Any = shape(points)
        flat: Any = reshape(points, [-1])
        count: Any = shape(flat)[0]
        splits = range_(0, count + 1, sizes[-1])
        found = UnicodeEncode(
            flat, splits, output_encoding, errors=errors, replacement_char=replacement_char
        )
        found = reshape(found, sizes[:-1])
        if points._dims is not None:
            found.set_shape(points._dims[:-1])
        return found


def bytes_split(input: Any, name: str | None = None) -> Tensor:
    """The bytes of a scalar string, a vector of strings (of others: NotImplementedError)."""
    from .array import reshape
    from .strings import StringSplit

    with name_scope(name, "StringsByteSplit", [input]):
        text = convert_to_tensor(input, name="input")
        if text._dims != ():
            raise NotImplementedError(
                "tf.strings.bytes_split of several strings gives a ragged tensor, which there is "
                "not. Use tf.string_split(strings, ''), which gives a sparse one."
            )
        return StringSplit(reshape(text, [1]), "").values


# N-grams.


def _ngrams_shape(data: Tensor, data_splits: Tensor, **_: Any) -> list[Dims]:
    return [(None,), data_splits._dims]


@op(
    "string, host Tsplits -> ngrams: string, ngrams_splits: Tsplits",
    shape=_ngrams_shape,
    Tsplits=INDEX,
)
def StringNGrams(
    data, data_splits, *, device, separator, ngram_widths, left_pad, right_pad, pad_width,
    preserve_short_sequences,
):  # fmt: skip
    """The n-grams of the tokens between each two splits, and where each one's end."""
    tokens, splits = data.tolist(), [0]
    found: list[bytes] = []
    mark = separator.encode()
    for a, b in pairwise(data_splits):
        row = tokens[a:b]
        before = len(found)
        for width in ngram_widths:
            size = min(pad_width if pad_width >= 0 else width - 1, width - 1)
            padded = [left_pad.encode()] * size + row + [right_pad.encode()] * size
            found += [mark.join(padded[i : i + width]) for i in range(len(padded) - width + 1)]
        if preserve_short_sequences and len(found) == before and row:
            size = max(pad_width, 0)
            found.append(mark.join([left_pad.encode()] * size + row + [right_pad.encode()] * size))
        splits.append(len(found))
    return array_of(found), tensor_of(splits, np.int64, device)


def ngrams(
    data: Any,
    ngram_width: Any,
    separator: str = " ",
    pad_values: Any = None,
    padding_width: int | None = None,
    preserve_short_sequences: bool = False,
    name: str | None = None,
) -> Tensor:
    """The n-grams of the tokens along the last dimension, joined by `separator`.

    `ngram_width` is a number or several. `pad_values`, (left, right) or one for both, stand
    `padding_width` times (as often as an n-gram needs) around the tokens. Rows shorter than an
    n-gram give one of all their tokens if `preserve_short_sequences`.
    """
    from .array import reshape, shape
    from .joining import concat
    from .ranges import range as range_

    widths = list(ngram_width) if isinstance(ngram_width, list | tuple) else [ngram_width]
    if not widths or not all(isinstance(width, int) for width in widths):
        raise TypeError(f"ngram_width must be an int or a list of ints, got {ngram_width!r}")
    if min(widths) < 1:
        raise ValueError(f"All ngram_widths must be greater than 0. Got {ngram_width}")
    if pad_values is None:
        left = right = ""
        size = 0
        if padding_width is not None:
            raise ValueError("padding_width needs pad_values")
    else:
        left, right = (pad_values, pad_values) if isinstance(pad_values, str) else pad_values
        size = -1 if padding_width is None else padding_width
    with name_scope(name, "StringNGrams", [data]):
        data = convert_to_tensor(data, dtypes.string)
        sizes: Any = shape(data)
        flat: Any = reshape(data, [-1])
        splits = range_(0, shape(flat)[0] + 1, sizes[-1])
        found = StringNGrams(
            flat, splits, separator, widths, left, right, size, preserve_short_sequences
        )
        grams = reshape(found.ngrams, concat([sizes[:-1], [-1]], 0))
        if data._dims is not None:
            grams.set_shape((*data._dims[:-1], None))
        return grams
