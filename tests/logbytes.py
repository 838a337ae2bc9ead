"""Segments for tests, made record by record as a unit writes them.

Called by: tests/core, tests/host, tests/vm.
"""

from callclip.core import batches, chain, records
from callclip.core.chain import TAG_BYTES


class LogWriter:
    """Makes batches that follow each other in one chain."""

    def __init__(self, key=chain.NO_KEY, tag=chain.START, seq=1):
        self.key = key
        self.tag = tag
        self.seq = seq

    def batch(self, rows):
        """Bytes of one batch of (type, fields)."""
        packed = b""
        first_seq = self.seq
        for rtype, values in rows:
            body = records.pack(rtype, values)
            packed += records.encode(rtype, body)
            self.seq += records.n_numbers(rtype, body)
        head, tail = batches.close(self.key, self.tag, first_seq, (packed,))
        self.tag = tail[:TAG_BYTES]
        return head + packed + tail

    def segment_row(self, log_id=1, segment=1, boot=1, unix_ms=0, oldest=1, epoch=0, seal=0):
        values = {
            "log_id": log_id,
            "segment": segment,
            "boot": boot,
            "unix_ms": unix_ms,
            "oldest": oldest,
            "epoch": epoch,
            "seal": seal,
            "chain": self.tag,
        }
        return records.SEGMENT, values


def rows_of(data):
    """(type, seq, body) of every record in a segment's whole batches."""
    scan = batches.scan(data)
    return [row[1:] for _at, seq, packed, _tag in scan for row in records.iterate(packed, seq)]


def seqs_of(data):
    """Numbers of the records of a segment that take one."""
    unnumbered = (*records.UNNUMBERED, records.LOST)
    return [seq for rtype, seq, _body in rows_of(data) if rtype not in unnumbered]
