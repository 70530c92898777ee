"""`tf.keras.utils.get_file`: files that programs would download, from Keras' folder."""

from __future__ import annotations

import hashlib
import os
import shutil
import tarfile
import urllib.parse
import urllib.request
import zipfile
from typing import Any


def folder_of(cache_subdir: str = "datasets", cache_dir: str | None = None) -> str:
    """Keras' folder for such files."""
    return os.path.join(os.path.expanduser(cache_dir or os.path.join("~", ".keras")), cache_subdir)


def get_file(
    fname: str, origin: str, untar: bool = False, md5_hash: str | None = None,
    file_hash: str | None = None, cache_subdir: str = "datasets", hash_algorithm: str = "auto",
    extract: bool = False, archive_format: Any = "auto", cache_dir: str | None = None,
) -> str:  # fmt: skip
    """The path of a file in Keras' folder, `~/.keras/datasets` unless it is said otherwise.

    Nothing is downloaded: a file of this computer (`origin` begins with `file:`) is copied there,
    any other must be there already.

    Args:
        fname: the file's name there, or an absolute path.
        origin: where it comes from.
        untar: the file is `fname`.tar.gz, and is unpacked; the path is that of `fname`.
        md5_hash: as `file_hash`, an MD5 sum.
        file_hash: the file's hash in hexadecimal digits.
        cache_subdir: the folder in `cache_dir`.
        hash_algorithm: "md5", "sha256", or "auto": by the hash's length.
        extract: unpack the file beside it.
        archive_format: "auto", "tar", "zip", a list of them, or None for no archive.
        cache_dir: `~/.keras` if left out.

    Raises FileNotFoundError where the file is not there, ValueError where it has another hash.
    """
    folder = folder_of(cache_subdir, cache_dir)
    path = os.path.join(folder, fname)
    packed = f"{path}.tar.gz" if untar else path
    if not os.path.exists(packed) and origin.startswith("file:"):
        os.makedirs(os.path.dirname(packed), exist_ok=True)
        source = urllib.request.url2pathname(urllib.parse.urlparse(origin).path)
        shutil.copyfile(source, packed)
    if not os.path.exists(packed):
        if untar and os.path.exists(path):  # unpacked, and the archive is gone
            return path
        raise FileNotFoundError(
            f"{packed} is not there, and scopeflow downloads nothing: get {origin} and put it "
            "there."
        )
    expected, algorithm = file_hash or md5_hash, hash_algorithm
    if expected is not None:
        if file_hash is None:
            algorithm = "md5"
        _check_hash(packed, expected, algorithm)
    if untar:
        if not os.path.exists(path):
            _extract(packed, folder, "tar")
        return path
    if extract:
        _extract(packed, folder, archive_format)
    return path


def _check_hash(path: str, expected: str, algorithm: str) -> None:
    if algorithm == "auto":
        algorithm = "sha256" if len(expected) == 64 else "md5"
    found = hashlib.new(algorithm, usedforsecurity=False)
    with open(path, "rb") as file:
        while part := file.read(1 << 20):
            found.update(part)
    if found.hexdigest() != expected:
        raise ValueError(
            f"{path} is not the file that was asked for: its {algorithm} is {found.hexdigest()}, "
            f"expected {expected}. Remove it, and get it anew."
        )


def _extract(path: str, folder: str, kinds: Any) -> bool:
    """Unpack an archive of one of these kinds; False if it is of none."""
    if kinds is None:
        return False
    kinds = ["tar", "zip"] if kinds == "auto" else [kinds] if isinstance(kinds, str) else kinds
    if "tar" in kinds and tarfile.is_tarfile(path):
        with tarfile.open(path) as archive:
            safe: dict[str, Any] = {"filter": "data"} if hasattr(tarfile, "data_filter") else {}
            archive.extractall(folder, **safe)
        return True
    if "zip" in kinds and zipfile.is_zipfile(path):
        with zipfile.ZipFile(path) as zipped:
            zipped.extractall(folder)
        return True
    return False
