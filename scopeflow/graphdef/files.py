"""Messages in files, as bytes or as text."""

from __future__ import annotations

import os
from typing import Any

from ..core import errors
from ..core.graph import Graph


def write_message(path: str, message: Any, as_text: bool = False) -> str:
    """Write the message; a reader finds the old file or the new one, never a part."""
    from google.protobuf import text_format

    path = os.fsdecode(path)
    data = text_format.MessageToString(message).encode() if as_text else message.SerializeToString()
    unfinished = f"{path}.unfinished-{os.getpid()}"
    try:
        with open(unfinished, "wb") as file:
            file.write(data)
        os.replace(unfinished, path)
    except FileNotFoundError as error:
        raise errors.NotFoundError(None, None, f"{path}; {error.strerror}") from None
    return path


def read_message(path: str, message: Any, what: str) -> Any:
    """Fill the message from a file of bytes or, where it is none, of text.

    NotFoundError where there is no file, IOError for one that holds something else.
    """
    from google.protobuf import text_format
    from google.protobuf.message import DecodeError

    path = os.fsdecode(path)
    if not os.path.isfile(path):
        raise OSError(f"File {path} does not exist.")
    with open(path, "rb") as file:
        data = file.read()
    try:
        message.ParseFromString(data)
        return message
    except DecodeError:
        pass
    try:
        text_format.Merge(data.decode(), message)
    except (text_format.ParseError, UnicodeDecodeError) as error:
        raise OSError(f"Cannot parse file {path} as a {what}: {error}.") from None
    return message


def write_graph(graph_or_graph_def: Any, logdir: str, name: str, as_text: bool = True) -> str:
    """Write a tf.Graph or tf.GraphDef to the file `name` in `logdir` (made where missing).

    As text, or as bytes with `as_text=False`. Returns the file's path.
    """
    message = (
        graph_or_graph_def.as_graph_def()
        if isinstance(graph_or_graph_def, Graph)
        else graph_or_graph_def
    )
    os.makedirs(logdir, exist_ok=True)
    return write_message(os.path.join(logdir, name), message, as_text)
