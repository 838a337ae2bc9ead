"""The unit's own keys in the file /keys.bin: read at boot, replaced as a whole, never half.

Layout: "CCK1", epoch u32, the unit keys of IT, SUPERVISOR and AGENT, CRC-32 of all these; little
endian. No file: the unit was never given keys and is open. A file that is there and cannot be read
keeps everybody out: whoever spoils it must not open the door. Keys leave this file only to be
compared with.
Called by: unit (load), service (key_of, save). Ref: core/keys.py, docs/security.md.
"""

import binascii
import errno
import os
import struct

from callclip.core.keys import AGENT, IT, KEY_BYTES, SUPERVISOR

ROLES = (IT, SUPERVISOR, AGENT)  # in the file's order
_MARK = b"CCK1"
_HEAD_BYTES = 8
_FILE_BYTES = _HEAD_BYTES + len(ROLES) * KEY_BYTES + 4


class Keyring:
    """`is_keyed`; `epoch`: how often this unit was given keys; `problem`: why they are unusable."""

    def __init__(self, path="/keys.bin"):
        self._path = path
        self._keys = b""
        self.is_keyed = False
        self.epoch = 0
        self.problem = ""
        self.n_writes = 0  # times flash was written, or tried: each costs sound

    def load(self):
        try:
            with open(self._path, "rb") as file:
                data = file.read(_FILE_BYTES + 1)
        except OSError as error:
            if error.errno != errno.ENOENT:
                self._spoilt()
            return
        is_whole = len(data) == _FILE_BYTES and data[:4] == _MARK
        if not is_whole or binascii.crc32(data[:-4]) != struct.unpack("<I", data[-4:])[0]:
            self._spoilt()
            return
        self._take(data)

    def _spoilt(self):
        self.is_keyed = True
        self.problem = "the unit's keys cannot be read: flash it anew and give it keys"

    def _take(self, data):
        self.is_keyed = True
        self.epoch = struct.unpack_from("<I", data, 4)[0]
        self._keys = data[_HEAD_BYTES:-4]
        self.problem = ""

    def key_of(self, role):
        """The unit key of a role; None when there is none."""
        at = ROLES.index(role) * KEY_BYTES
        return self._keys[at : at + KEY_BYTES] or None

    def save(self, epoch, keys):
        """Replace all keys; `keys`: those of ROLES, one after the other. OSError: the old ones
        are still there and whole."""
        if len(keys) != len(ROLES) * KEY_BYTES:
            raise ValueError("{} bytes of keys".format(len(keys)))
        data = _MARK + struct.pack("<I", epoch) + keys
        data += struct.pack("<I", binascii.crc32(data))
        self.n_writes += 1
        new_path = self._path + ".new"
        with open(new_path, "wb") as file:
            file.write(data)
        os.rename(new_path, self._path)  # littlefs: atomic, also over a file that is there
        self._take(data)
