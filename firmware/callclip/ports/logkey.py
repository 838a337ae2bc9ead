"""The key of the log's chain in the file /logkey.bin, replaced as a whole, never half.

Layout: "CCL1", epoch u32, seal u32, key, CRC-32 of all these; little endian. No file, or a spoilt
one: the unit signs with the key that everybody knows, and a host that saw it signed before raises
an alarm. The file may be one seal behind the log after a power cut; the store then renews it.
Called by: unit (load), store. Ref: core/chain.py.
"""

import binascii
import errno
import os
import struct

from callclip.core import chain

_MARK = b"CCL1"
_BODY = "<4sII32s"
_FILE_BYTES = 48


class LogKey(chain.Ratchet):
    """`problem`: why the key could not be read or kept."""

    def __init__(self, path="/logkey.bin"):
        super().__init__()
        self._path = path
        self.problem = ""
        self.n_writes = 0  # times flash was written, or tried: each costs sound

    def load(self):
        try:
            with open(self._path, "rb") as file:
                data = file.read(_FILE_BYTES + 1)
        except OSError as error:
            if error.errno != errno.ENOENT:
                self.problem = "the log's key cannot be read: {}".format(error)
            return
        is_whole = len(data) == _FILE_BYTES and data[:4] == _MARK
        if not is_whole or binascii.crc32(data[:-4]) != struct.unpack("<I", data[-4:])[0]:
            self.problem = "the log's key is spoilt: give the unit its keys again"
            return
        _mark, self.epoch, self.seal, self.key = struct.unpack(_BODY, data[:-4])

    def give(self, epoch, key):
        super().give(epoch, key)
        if self.problem:
            raise OSError(self.problem)

    def keep(self):
        """Never raises: the log goes on with the key in memory, and the file is made up for at the
        next start, from the log's own seals."""
        if not self.epoch:
            return  # nothing to hide: everybody knows these keys
        data = struct.pack(_BODY, _MARK, self.epoch, self.seal, self.key)
        data += struct.pack("<I", binascii.crc32(data))
        self.n_writes += 1
        self.problem = ""
        try:
            with open(self._path + ".new", "wb") as file:
                file.write(data)
            os.rename(self._path + ".new", self._path)  # littlefs: atomic, also over an old one
        except OSError as error:
            self.problem = "the log's key cannot be kept: {}".format(error)
