"""Makes room for the log's own partition in a MicroPython .bin: the end of `vfs` becomes `calllog`.

The application needs little of the 2 MB that a standard MicroPython for 4 MB of flash gives to its
file system. Only the partition table in the .bin is written anew, with its MD5; programs are found
by it when the chip starts. A .bin that has such a partition already, or too little room, is left as
it is: the log is then a folder of the application's file system.
Units: bytes. Called by: `callclip flash`, the virtual unit, benches.
Ref: ESP-IDF, "Partition Tables"; firmware/callclip/ports/logpartition.py mounts it by its label.
"""

import hashlib
import struct

from host_tools import espimage

LABEL = "calllog"
LOG_BYTES = 0x140000
LEAST_VFS_BYTES = 0xC0000
LEAST_BARE_VFS_BYTES = 0x40000  # where the application is in a ROMFS
_DATA, _FAT, _LITTLEFS = 0x01, 0x81, 0x83
_ROW = struct.Struct("<2sBBII16sI")


def with_log(data, name):
    """(the .bin's bytes, its EspImage) with a partition for the log, if there is room for one."""
    image = espimage.read(data, name)
    has_log = any(row.label == LABEL for row in image.partitions)
    least_bytes = LEAST_VFS_BYTES if image.romfs is None else LEAST_BARE_VFS_BYTES
    if has_log or image.vfs.n_bytes < least_bytes + LOG_BYTES:
        return data, image
    vfs_bytes = image.vfs.n_bytes - LOG_BYTES
    begin = espimage.TABLE_ADDRESS - image.address
    table = b""
    for i in range(len(image.partitions)):
        row = bytearray(data[begin + i * espimage.ROW_BYTES :][: espimage.ROW_BYTES])
        if image.partitions[i] == image.vfs:
            struct.pack_into("<I", row, 8, vfs_bytes)
        table += row
    if image.vfs not in image.partitions:  # which MicroPython would make itself, up to the end
        table += _row(_FAT, image.vfs.address, vfs_bytes, espimage.VFS_LABEL)
    table += _row(_LITTLEFS, image.vfs.address + vfs_bytes, LOG_BYTES, LABEL)
    table += espimage.MD5_MAGIC + b"\xff" * 14 + hashlib.md5(table).digest()
    table = table.ljust(espimage.TABLE_BYTES, b"\xff")
    data = data[:begin] + table + data[begin + len(table) :]
    return data, espimage.read(data, name)


def _row(subtype, address, n_bytes, label):
    name = label.encode().ljust(16, b"\0")
    return _ROW.pack(espimage.ROW_MAGIC, _DATA, subtype, address, n_bytes, name, 0)


def log_of(image):
    """The log's Partition of an EspImage, or None."""
    return next((row for row in image.partitions if row.label == LABEL), None)
