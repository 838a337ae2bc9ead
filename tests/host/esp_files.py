"""ESP32 flash files for tests, byte by byte as Espressif documents them; nothing in them runs.

Called by: test_flash.py. Ref: esptool, "Firmware Image Format"; ESP-IDF, "Partition Tables".
"""

import hashlib
import struct

ESP32, ESP32S3, ESP32C3 = 0, 9, 5
STARTS = {ESP32: 0x1000, ESP32S3: 0x0, ESP32C3: 0x0}

# (label, type, subtype, address, bytes): what MicroPython's 4 MB builds have
STANDARD_TABLE = (
    ("nvs", 1, 0x02, 0x9000, 0x6000),
    ("phy_init", 1, 0x01, 0xF000, 0x1000),
    ("factory", 0, 0x00, 0x10000, 0x1F0000),
    ("vfs", 1, 0x81, 0x200000, 0x200000),
)


def app_image(chip_id):
    """A valid image of one segment: header, extended header, segment, checksum."""
    segment = bytes(range(64))
    header = struct.pack("<BBBBI", 0xE9, 1, 2, 0x20, 0x40080000)
    extended = struct.pack("<B3sHBHH4sB", 0xEE, b"\0" * 3, chip_id, 0, 0, 0xFFFF, b"\0" * 4, 0)
    body = header + extended + struct.pack("<II", 0x3FFB0000, len(segment)) + segment
    checksum = 0xEF
    for byte in segment:
        checksum ^= byte
    return body + bytes(15 - len(body) % 16) + bytes([checksum])


def table(rows=STANDARD_TABLE, is_md5_right=True):
    out = b"".join(
        struct.pack("<2sBBII16sI", b"\xaa\x50", kind, subtype, at, n_bytes, label.encode(), 0)
        for label, kind, subtype, at, n_bytes in rows
    )
    digest = hashlib.md5(out if is_md5_right else out + b"x").digest()
    return out + b"\xeb\xeb" + b"\xff" * 14 + digest


def micropython_bin(chip_id=ESP32, rows=STANDARD_TABLE, n_bytes=0x20000, is_md5_right=True):
    """Boot loader, partition table at 0x8000, application at 0x10000, as one file."""
    start = STARTS[chip_id]
    out = bytearray(b"\xff" * (n_bytes - start))
    for address, piece in (
        (start, app_image(chip_id)),
        (0x8000, table(rows, is_md5_right)),
        (0x10000, app_image(chip_id)),
    ):
        out[address - start : address - start + len(piece)] = piece
    return bytes(out)
