"""The unit's flash: a block device over the image file, for VfsLfs2.

Keeps flash's manners: an erase sets a block to ones, a write can only clear bits, so a program that
forgets to erase reads back garbage here as it would on the chip. An erase takes `erase_ms` in which
no interrupt is served; 0 makes the flash one that costs no time.
Called by: bootstrap. Ref: MicroPython documentation, vfs.AbstractBlockDev (extended interface).
"""

import virtual_world

_SYNC, _BLOCK_COUNT, _BLOCK_SIZE, _ERASE = 3, 4, 5, 6


class ImageFlash:
    _ones = b""  # an erased block, one for all chips

    def __init__(self, path, block_bytes, erase_ms):
        self._file = open(path, "r+b")
        self._block_bytes = block_bytes
        self._erase_ms = erase_ms
        self._n_blocks = self._file.seek(0, 2) // block_bytes
        if len(ImageFlash._ones) < block_bytes:
            ImageFlash._ones = b"\xff" * block_bytes

    def readblocks(self, block, buf, offset=0):
        self._file.seek(block * self._block_bytes + offset)
        self._file.readinto(buf)

    def writeblocks(self, block, buf, offset=None):
        if offset is None:
            self.ioctl(_ERASE, block)
            offset = 0
        at = block * self._block_bytes + offset
        self._file.seek(at)
        was = self._file.read(len(buf))
        self._file.seek(at)
        if was == self._ones[: len(buf)]:
            self._file.write(buf)
        else:
            self._file.write(bytes(old & new for old, new in zip(was, buf)))

    def ioctl(self, request, argument):
        if request == _BLOCK_COUNT:
            return self._n_blocks
        if request == _BLOCK_SIZE:
            return self._block_bytes
        if request == _ERASE:
            self._file.seek(argument * self._block_bytes)
            self._file.write(self._ones)
            if self._erase_ms:
                virtual_world.the.stand_still(self._erase_ms)
            return 0
        if request == _SYNC:
            return 0
        return None
