"""Making checkpoints whose checksums are right and whose contents are not."""

import struct

from scopeflow.checkpoint.checksums import masked_crc32c
from scopeflow.checkpoint.protos import messages
from scopeflow.checkpoint.table import MAGIC


def varint(number):
    """A number of variable length."""
    data = bytearray()
    while number >= 0x80:
        data.append(number & 0x7F | 0x80)
        number >>= 7
    data.append(number)
    return bytes(data)


def raw_entry(shared, key, value):
    """One entry of a block: how many bytes of the key before it takes over, the rest, the value."""
    return varint(shared) + varint(len(key)) + varint(len(value)) + key + value


def table(*blocks, kind=0, index=None):
    """A table of blocks, each given as the bytes of its entries, or as pairs of key and value."""
    data, handles = b"", []

    def add(entries):
        nonlocal data
        if not isinstance(entries, bytes):
            entries = b"".join(raw_entry(0, key, value) for key, value in entries)
        block = entries + struct.pack("<II", 0, 1)
        handle = varint(len(data)) + varint(len(block))
        data += block + bytes([kind]) + struct.pack("<I", masked_crc32c(block + bytes([kind])))
        return handle

    handles = [add(block) for block in blocks]
    meta = add([])
    last = add([(b"%05d" % n, h) for n, h in enumerate(handles)] if index is None else index)
    footer = (meta + last).ljust(40, b"\0")
    return data + footer + struct.pack("<Q", MAGIC)


def header(**fields):
    """The header's bytes."""
    return messages().BundleHeaderProto(**{"num_shards": 1, **fields}).SerializeToString()


def entry(shape=(), data=b"", dtype=6, slices=(), **fields):
    """An entry's bytes; `data` is where its size and checksum come from."""
    names = messages()
    message = names.BundleEntryProto(
        dtype=dtype, shape=names.TensorShapeProto(dim=[{"size": n} for n in shape]),
        slices=[{"extent": [_extent(*e) for e in s]} for s in slices],
    )  # fmt: skip
    if not slices:
        message.size, message.crc32c = len(data), masked_crc32c(data)
    for name, value in fields.items():
        setattr(message, name, value)
    return message.SerializeToString()


def _extent(start, length):
    return {"start": start} if length is None else {"start": start, "length": length}


def write(folder, entries, data=b"", name="c", **fields):
    """A checkpoint with these entries (a dict of bytes) and this data; its name."""
    pairs = sorted({b"": header(**fields), **entries}.items())
    (folder / f"{name}.index").write_bytes(table(pairs))
    (folder / f"{name}.data-00000-of-00001").write_bytes(data)
    return str(folder / name)
