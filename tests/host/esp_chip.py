"""A chip that waits to be flashed: Espressif's serial boot loader protocol behind a pty.

Enough of the ESP32's ROM loader, and of the stub that esptool uploads, for the real esptool to
write flash and check it: what arrives stands in `flash`. Nothing that is uploaded is run.
Called by: test_flash_chip.py. Ref: esptool documentation, "Serial Protocol".
"""

import contextlib
import hashlib
import os
import select
import struct
import threading
import tty
import zlib

FLASH_BYTES = 4 * 1024 * 1024
_END, _ESC, _ESC_END, _ESC_ESC = 0xC0, 0xDB, 0xDC, 0xDD
SYNC, WRITE_REG, READ_REG, MEM_END = 0x08, 0x09, 0x0A, 0x06
DEFL_BEGIN, DEFL_DATA, MD5 = 0x10, 0x11, 0x13
_SYNC_ANSWERS = 8
_ROM_VALUE = 0x20120707  # any but 0, which would mean that the stub runs already
_DATA_HEAD_BYTES = 16

# Register -> value: what esptool reads off an ESP32 to know chip, crystal and flash.
ESP32_REGISTERS = {
    0x40001000: 0x00F01D83,  # chip magic
    0x3FF40014: 40_000_000 // 115200,  # UART divider: a 40 MHz crystal
    0x3FF42080: 0x1640EF,  # answer of the flash to "read id": 4 MB
}


class EspChip:
    """Context manager. is_worn: the flash keeps one bit of what is written wrong."""

    def __init__(self, registers=None, is_worn=False):
        self._registers = ESP32_REGISTERS if registers is None else registers
        self._is_worn = is_worn
        self._is_stub = False
        self._at = 0
        self._inflate = None
        self.flash = bytearray(b"\xff" * FLASH_BYTES)
        self.writes = []  # (address, bytes) of each region begun
        self.n_packets = 0  # heard in all

    def __enter__(self):
        self._master, self._slave = os.openpty()
        tty.setraw(self._slave)
        self.port = os.ttyname(self._slave)
        self._stop_read, self._stop_write = os.pipe()
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_exception):
        os.write(self._stop_write, b"x")
        self._thread.join()
        for handle in (self._master, self._slave, self._stop_read, self._stop_write):
            os.close(handle)

    def _serve(self):
        packet = bytearray()
        is_escaped = False
        while True:
            ready, _, _ = select.select([self._master, self._stop_read], [], [])
            if self._stop_read in ready:
                return
            for byte in os.read(self._master, 65536):
                if byte == _END:
                    if packet:
                        self._obey(bytes(packet))
                    packet.clear()
                elif byte == _ESC:
                    is_escaped = True
                else:
                    packet.append({_ESC_END: _END, _ESC_ESC: _ESC}[byte] if is_escaped else byte)
                    is_escaped = False

    def _obey(self, packet):
        self.n_packets += 1
        if len(packet) < 8 or packet[0] != 0:
            return
        command = packet[1]
        data = packet[8:]
        if command == SYNC:
            for _ in range(_SYNC_ANSWERS):
                self._answer(command, _ROM_VALUE)
        elif command == READ_REG:
            self._answer(command, self._registers.get(struct.unpack("<I", data)[0], 0))
        elif command == DEFL_BEGIN:
            n_bytes, _n_blocks, _block_bytes, self._at = struct.unpack_from("<IIII", data)
            self.writes.append((self._at, n_bytes))
            self._inflate = zlib.decompressobj()
            self._answer(command)
        elif command == DEFL_DATA:
            self._write(self._inflate.decompress(data[_DATA_HEAD_BYTES:]))
            self._answer(command)
        elif command == MD5:
            address, n_bytes = struct.unpack_from("<II", data)
            self._answer(
                command, data=hashlib.md5(self.flash[address : address + n_bytes]).digest()
            )
        else:
            self._answer(command)
            if command == MEM_END:
                self._is_stub = True
                self._send(b"OHAI")

    def _write(self, piece):
        if self._is_worn and piece:
            piece = bytes([piece[0] ^ 1]) + piece[1:]
        self.flash[self._at : self._at + len(piece)] = piece
        self._at += len(piece)

    def _answer(self, command, value=0, data=b""):
        status = b"\0\0" if self._is_stub else b"\0\0\0\0"
        body = data + status
        self._send(struct.pack("<BBHI", 1, command, len(body), value) + body)

    def _send(self, packet):
        out = bytearray([_END])
        for byte in packet:
            out += {_END: bytes([_ESC, _ESC_END]), _ESC: bytes([_ESC, _ESC_ESC])}.get(
                byte, bytes([byte])
            )
        out.append(_END)
        with contextlib.suppress(OSError):
            os.write(self._master, out)
