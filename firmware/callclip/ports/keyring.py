"""The unit's keys on its file system: what opens it (/keys.bin), what signs its log (/logkey.bin).

Both files are a mark, a body and the CRC-32 of both, little endian; read at boot, replaced as a
whole, never half. /keys.bin: "CCK1", epoch u32, the unit keys of IT, SUPERVISOR and AGENT. No file:
the unit was never given keys and is open. A file that is there and cannot be read keeps everybody
out: whoever spoils it must not open the door. /logkey.bin: "CCL1", epoch u32, seal u32, key. No
file, or a spoilt one: the unit signs with the key that everybody knows, and a host that saw it
signed before raises an alarm. Keys leave these files only to be compared with.
Called by: unit (load), service (key_of, save), store (the log's).
Ref: core/keys.py, core/chain.py, docs/security.md.
"""

import binascii
import errno
import os
import struct

from callclip.core import chain
from callclip.core.keys import AGENT, IT, KEY_BYTES, SUPERVISOR

ROLES = (IT, SUPERVISOR, AGENT)  # in the file's order
_MARK, _LOG_MARK = b"CCK1", b"CCL1"
_BODY_BYTES = 4 + len(ROLES) * KEY_BYTES
_LOG_BODY = "<II32s"
_LOG_BODY_BYTES = 40


def _read(path, mark, n_bytes):
    """The body of a key file, or None: it is spoilt. OSError, ENOENT among them: as it is."""
    n_file_bytes = len(mark) + n_bytes + 4
    with open(path, "rb") as file:
        data = file.read(n_file_bytes + 1)
    if len(data) != n_file_bytes or data[: len(mark)] != mark:
        return None
    if binascii.crc32(data[:-4]) != struct.unpack("<I", data[-4:])[0]:
        return None
    return data[len(mark) : -4]


def _replace(path, mark, body):
    """OSError: the old file is still there and whole."""
    data = mark + body
    with open(path + ".new", "wb") as file:
        file.write(data + struct.pack("<I", binascii.crc32(data)))
    os.rename(path + ".new", path)  # littlefs: atomic, also over a file that is there


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
            body = _read(self._path, _MARK, _BODY_BYTES)
        except OSError as error:
            if error.errno == errno.ENOENT:
                return
            body = None
        if body is None:
            self.is_keyed = True
            self.problem = "the unit's keys cannot be read: flash it anew and give it keys"
        else:
            self._take(body)

    def _take(self, body):
        self.is_keyed = True
        self.epoch = struct.unpack_from("<I", body, 0)[0]
        self._keys = body[4:]
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
        body = struct.pack("<I", epoch) + keys
        self.n_writes += 1
        _replace(self._path, _MARK, body)
        self._take(body)


class LogKey(chain.Ratchet):
    """The key in force of the log's chain; `problem`: why it could not be read or kept. The file
    may be one seal behind the log after a power cut; the store then renews it."""

    def __init__(self, path="/logkey.bin"):
        super().__init__()
        self._path = path
        self.problem = ""
        self.n_writes = 0  # times flash was written, or tried: each costs sound

    def load(self):
        try:
            body = _read(self._path, _LOG_MARK, _LOG_BODY_BYTES)
        except OSError as error:
            if error.errno != errno.ENOENT:
                self.problem = "the log's key cannot be read: {}".format(error)
            return
        if body is None:
            self.problem = "the log's key is spoilt: give the unit its keys again"
        else:
            self.epoch, self.seal, self.key = struct.unpack(_LOG_BODY, body)

    def give(self, epoch, key):
        super().give(epoch, key)
        if self.problem:
            raise OSError(self.problem)

    def keep(self):
        """Never raises: the log goes on with the key in memory, and the file is made up for at the
        next start, from the log's own seals."""
        if not self.epoch:
            return  # nothing to hide: everybody knows these keys
        self.n_writes += 1
        self.problem = ""
        try:
            body = struct.pack(_LOG_BODY, self.epoch, self.seal, self.key)
            _replace(self._path, _LOG_MARK, body)
        except OSError as error:
            self.problem = "the log's key cannot be kept: {}".format(error)
