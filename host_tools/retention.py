"""Removes from the archive what is older than the retention time, and notes that it did.

A segment ends where the next one begins: once the next one is older than the limit, all before it
is. The note (logchain.PURGE_NOTE: the last segment removed, when, and after how many days) is on
the disk before anything goes, so that a gap is never without a reason; and what was removed is not
fetched again.
Called by: pulling. Ref: docs/privacy.md.
"""

import json
import time

from callclip.core import records

from host_tools import archive, segmentfile
from host_tools.logchain import PURGE_NOTE
from host_tools.output import whole_file

_DAY_MS = 86_400_000


def _begun_ms(path):
    """Unix time at which a segment was begun; 0: nobody knew it, or it cannot be read."""
    for item in segmentfile.read_batches(path, path.read_bytes()):
        if isinstance(item, segmentfile.Batch) and item.records[0][1] == records.SEGMENT:
            return records.unpack(records.SEGMENT, item.records[0][3]).get("unix_ms", 0)
        break
    return 0


def apply(folder, days, now_ms=None):
    """How many segments of one log's folder were removed; the newest stays in any case."""
    now_ms = time.time_ns() // 1_000_000 if now_ms is None else now_ms
    paths = archive.segment_paths(folder)
    n_old = 0
    for i in range(1, len(paths)):
        if 0 < _begun_ms(paths[i]) <= now_ms - days * _DAY_MS:
            n_old = i
    if n_old:
        note = {"segment": int(paths[n_old - 1].stem), "unix_ms": now_ms, "days": days}
        with whole_file(folder / PURGE_NOTE) as file:
            json.dump(note, file)
        for path in paths[:n_old]:
            path.unlink()
    return n_old
