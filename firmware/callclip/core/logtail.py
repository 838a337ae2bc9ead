"""Where a log stands: what its last readable segment tells to whoever goes on writing it.

In: the batches of a segment, as batches.Scan gives them. Out: the numbers of boot, sequence and
segment, the chain's last tag, whether a seal ended it, and what was removed before.
Called by: store. Ref: docs/log-format.md.
"""

from callclip.core import chain, records


class Tail:
    """After `read`: `is_found` if there was a segment's head; `end` the offset behind the last good
    batch, `fault` why the reading ended before the end of the file (batches.TORN …) or 0."""

    def __init__(self):
        self.is_found = False
        self.is_sealed = False
        self.log_id = 0
        self.boot = 0
        self.next_seq = 1
        self.begun_ms = 0  # unix time; 0: not known
        self.epoch = 0
        self.seal = 0  # of what comes next: one more than the segment's if that is sealed
        self.oldest = 1  # segment that should be the first one left
        self.tag = chain.START
        self.end = 0
        self.fault = 0

    def read(self, scan):
        for _at, seq, batch, tag in scan:
            self._batch(seq, batch)
            self.tag = tag
        self.end = scan.end
        self.fault = scan.fault

    def _batch(self, first_seq, batch):
        self.next_seq = first_seq
        for _at, rtype, seq, body in records.iterate(batch, first_seq):
            self.next_seq = seq + records.n_numbers(rtype, body)
            if rtype == records.SEGMENT:
                self._begin(records.unpack(rtype, body))
            elif rtype == records.BOOT:
                self.boot = records.unpack(rtype, body)["boot"]
            elif rtype == records.PURGE:
                self.oldest = max(self.oldest, records.unpack(rtype, body)["segment"] + 1)
            elif rtype == records.SEAL:
                self.seal = records.unpack(rtype, body)["seal"] + 1
                self.is_sealed = True

    def _begin(self, segment):
        self.is_found = True
        self.log_id = segment["log_id"]
        self.boot = segment["boot"]
        self.begun_ms = segment["unix_ms"]
        self.epoch = segment["epoch"]
        self.seal = segment["seal"]
        self.oldest = segment["oldest"]
