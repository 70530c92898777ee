"""Protocol buffer messages declared in Python: no generated code, no protoc.

Each set of messages stands in a pool of its own, so that a program may import TensorFlow beside
scopeflow. Enumerations are declared as integers, which is the same on the wire.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import SimpleNamespace
from typing import Any


def declare(package: str, declarations: Mapping[str, str], module: str = "") -> Any:
    """A namespace of the message classes: `declare(…).Point(x=1)`.

    `declarations` tells for each message its fields as "name:number:type". A type is a scalar's
    name or a message's; with * it is repeated, with ? it may be absent, with |kind it belongs to
    the oneof `kind`, and "map<key,value>" is a map. `module` is what the classes name as theirs.

    >>> geo = declare("geo", {"Point": "x:1:int32 y:2:int32", "Line": "points:1:Point*"})
    >>> geo.Line(points=[geo.Point(x=1)]).SerializeToString()
    b'\\n\\x02\\x08\\x01'
    """
    from google.protobuf import descriptor_pb2, descriptor_pool, message_factory

    file = descriptor_pb2.FileDescriptorProto(
        name=f"{package.replace('.', '/')}.proto", package=package, syntax="proto3"
    )
    numbers = descriptor_pb2.FieldDescriptorProto

    def add_field(message: Any, scope: str, name: str, number: int, kind: str) -> None:
        field = message.field.add(name=name, number=number, label=numbers.LABEL_OPTIONAL)
        if kind.startswith("map<"):
            key, value = kind[4:-1].split(",")
            entry = f"{''.join(part.capitalize() for part in name.split('_'))}Entry"
            inner = message.nested_type.add(name=entry)
            inner.options.map_entry = True
            add_field(inner, "", "key", 1, key)
            add_field(inner, "", "value", 2, value)
            field.label, field.type = numbers.LABEL_REPEATED, numbers.TYPE_MESSAGE
            field.type_name = f".{package}.{scope}.{entry}"
            return
        kind, _, group = kind.partition("|")
        if kind[-1] == "*":
            field.label = numbers.LABEL_REPEATED
        elif kind[-1] == "?":
            group = f"has_{name}"
        kind = kind.rstrip("*?")
        if group:
            groups = [oneof.name for oneof in message.oneof_decl]
            if group not in groups:
                groups.append(message.oneof_decl.add(name=group).name)
            field.oneof_index = groups.index(group)
        if kind in declarations:
            field.type, field.type_name = numbers.TYPE_MESSAGE, f".{package}.{kind}"
        else:
            field.type = getattr(numbers, f"TYPE_{kind.upper()}")

    for message_name, fields in declarations.items():
        message = file.message_type.add(name=message_name)
        for text in fields.split():
            name, number, kind = text.split(":")
            add_field(message, message_name, name, int(number), kind)
    pool = descriptor_pool.DescriptorPool()
    pool.AddSerializedFile(file.SerializeToString())
    found = {}
    for name in declarations:
        kind = message_factory.GetMessageClass(pool.FindMessageTypeByName(f"{package}.{name}"))
        if module:
            kind.__module__ = module
        found[name] = kind
    return SimpleNamespace(**found)
