"""The log's own flash partition, mounted at /log, so that a full or spoilt log harms nothing else.

A partition that holds no file system, because it is new or full of garbage, is formatted: what
cannot be mounted cannot be read by anybody. Without such a partition, or when it cannot be
formatted, the log is a folder of the application's file system. Sizes in bytes.
Called by: unit, before the store. Ref: MicroPython documentation, esp32.Partition; docs/esp32.md.
"""

import os

LABEL = "calllog"
MOUNT_POINT = "/log"
FOLDER_BYTES = 131072  # of the application's file system, which must not fill up
_BLOCK_BYTES = 4096
_OVERHEAD_BLOCKS = 12  # directory, a block being copied, a segment's first blocks before a removal
_SEGMENT_BLOCKS = 8
_SEGMENT_BYTES = 32704


def ring_bytes(partition_bytes):
    """What the log's ring may hold in a partition of that size."""
    n_blocks = partition_bytes // _BLOCK_BYTES - _OVERHEAD_BLOCKS
    return max(n_blocks // _SEGMENT_BLOCKS, 2) * _SEGMENT_BYTES


def mount():
    """(budget for the ring, what went wrong or "")"""
    try:
        import vfs
        from esp32 import Partition
    except ImportError:
        return FOLDER_BYTES, ""
    try:
        found = Partition.find(Partition.TYPE_DATA, label=LABEL)
        if not found:
            return FOLDER_BYTES, ""
        n_bytes = _mounted(vfs, found[0])
    except OSError as error:
        return FOLDER_BYTES, "the log's partition cannot be used: {}".format(error)
    return ring_bytes(n_bytes), ""


def _mounted(vfs, partition):
    try:
        vfs.mount(vfs.VfsLfs2(partition), MOUNT_POINT)
    except OSError:
        vfs.VfsLfs2.mkfs(partition)
        vfs.mount(vfs.VfsLfs2(partition), MOUNT_POINT)
    stat = os.statvfs(MOUNT_POINT)
    return stat[1] * stat[2]
