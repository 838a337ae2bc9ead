"""Reads a MicroPython .bin for the ESP32: which chip, where it goes, where its file system lies.

The .bin is what esptool writes in one piece: boot loader, partition table at flash address 0x8000,
application. Units: bytes; addresses are the flash's. Called by: `callclip flash`.
Ref: Espressif, esptool "Firmware Image Format"; ESP-IDF, "Partition Tables".
"""

import hashlib
import struct
from dataclasses import dataclass

from host_tools.failure import Failure

IMAGE_MAGIC = 0xE9
TABLE_ADDRESS = 0x8000
TABLE_BYTES = 0xC00
ROW_BYTES = 32
ROW_MAGIC = b"\xaa\x50"
MD5_MAGIC = b"\xeb\xeb"
VFS_LABEL = "vfs"
ROMFS_LABEL = "romfs"
FLASH_BYTES = 0x400000  # of the unit's module, where the table leaves the file system's end open
_CHIP_ID_AT = 12  # in the extended header, behind 8 bytes of header and 4 of pin drive
_HEADER_BYTES = 24

# chip id -> (esptool's name, flash address of the boot loader): the chips with I2S, two cores and
# pins as in hardware/pinmap.toml
CHIPS = {0x0000: ("esp32", 0x1000), 0x0009: ("esp32s3", 0x0)}


@dataclass(frozen=True)
class Partition:
    label: str
    kind: int
    address: int
    n_bytes: int


@dataclass(frozen=True)
class EspImage:
    """A MicroPython .bin: `address` is where it is written, `vfs` its file system's partition,
    `romfs` the one for the application, None where MicroPython was built without."""

    chip: str
    address: int
    n_bytes: int
    partitions: tuple
    vfs: Partition
    romfs: Partition | None = None


def read(data, name):
    """An EspImage from the file's bytes; Failure, one sentence, when it is none of use here."""
    chip, address = _chip(data, name)
    partitions = _partitions(data, TABLE_ADDRESS - address, name)
    by_label = {row.label: row for row in partitions}
    vfs = by_label.get(VFS_LABEL) or _rest_of_flash(partitions, name)
    end = address + len(data)
    if vfs.address < end:
        raise Failure(
            f"{name}: reaches to 0x{end:x}, into its own file system at 0x{vfs.address:x};"
            " the file is not a MicroPython release, download it again"
        )
    return EspImage(chip, address, len(data), partitions, vfs, by_label.get(ROMFS_LABEL))


def _rest_of_flash(partitions, name):
    """Where the table has no file system MicroPython, since 1.26, makes one behind all the rest."""
    begin = max(row.address + row.n_bytes for row in partitions)
    if begin >= FLASH_BYTES:
        have = ", ".join(row.label for row in partitions)
        raise Failure(
            f"{name}: its partition table ({have}) leaves no room for a '{VFS_LABEL}' in 4 MB of"
            " flash; take a MicroPython for 4 MB"
        )
    return Partition(VFS_LABEL, 1, begin, FLASH_BYTES - begin)


def _fault_of_start(data):
    if not data:
        return "it is empty"
    if data[0] != IMAGE_MAGIC:
        return f"it begins with 0x{data[0]:02x}, not with 0x{IMAGE_MAGIC:02x}"
    return f"it has only {len(data)} bytes"


def _chip(data, name):
    if len(data) < _HEADER_BYTES or data[0] != IMAGE_MAGIC:
        raise Failure(
            f"{name}: is not an ESP32 image ({_fault_of_start(data)});"
            " download MicroPython's .bin for the ESP32 or ESP32-S3"
        )
    chip_id = struct.unpack_from("<H", data, _CHIP_ID_AT)[0]
    if chip_id not in CHIPS:
        known = " or ".join(chip for chip, _address in CHIPS.values())
        raise Failure(
            f"{name}: is for a chip with id {chip_id}, the unit needs {known};"
            " download the .bin of the right chip"
        )
    return CHIPS[chip_id]


def _partitions(data, at, name):
    """Rows of the partition table, up to its MD5 row or the end; checked."""
    rows = []
    begin = at
    while at + ROW_BYTES <= min(len(data), begin + TABLE_BYTES):
        row = data[at : at + ROW_BYTES]
        if row[:2] == MD5_MAGIC:
            if row[16:] != hashlib.md5(data[begin:at]).digest():
                raise Failure(
                    f"{name}: its partition table is damaged (MD5 differs); download it again"
                )
            break
        if row[:2] != ROW_MAGIC:
            break
        kind, _subtype, address, n_bytes, label, _flags = struct.unpack("<2xBBII16sI", row)
        text = label.rstrip(b"\0").decode("utf-8", "replace")
        rows.append(Partition(text, kind, address, n_bytes))
        at += ROW_BYTES
    if not rows:
        raise Failure(
            f"{name}: has no partition table at 0x{TABLE_ADDRESS:x}; it is perhaps only the"
            " application, take the .bin for a first installation"
        )
    return tuple(rows)
