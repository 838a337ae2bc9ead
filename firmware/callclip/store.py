"""The session log as a ring of segments: written in batches, chained, sealed, the oldest removed.

A segment that is full or a day old ends with a seal, and the key is renewed. The order of writes is
such that a power cut between any two of them is made good at the next start: first the seal, then
the key; first the note of a removal, then the removal. Whatever the file system does, nothing here
raises into the loop: failures are counted, said in HELLO, and tried again later.
Called by: journal (append), unit (start, poll), logpages (sync, segments,
read, purge), answers (self-test, set_key).
Ref: docs/log-format.md.
"""

from callclip.core import batches, chain, records
from callclip.core.logtail import Tail
from callclip.core.waiting import MAX_BATCH_BYTES, Waiting
from callclip.ports.segments import Segments

SEGMENT_BYTES = 32704  # eight blocks of LittleFS with their pointers: a few more take a ninth
BUDGET_BYTES = 131072  # where nobody says better
RETRY_MS = 10000  # after a failure: a dead file system must not eat the loop's time
_DAY_MS = 86400000
_ENOSPC = 28  # MicroPython's errno does not name it


def _unknown_ms():
    return 0


class Store:
    """Counters for HELLO: n_errors, n_records_lost, n_waiting, log_bytes; last_error in words.

    ratchet: the key in force, a core.chain.Ratchet or one that is kept on flash.
    """

    def __init__(
        self, folder="/log", budget_bytes=BUDGET_BYTES, segment_bytes=SEGMENT_BYTES, ratchet=None
    ):
        self.budget_bytes = budget_bytes
        self._segment_bytes = segment_bytes
        self._files = Segments(folder)
        self._ratchet = ratchet or chain.Ratchet()
        self._waiting = Waiting()
        self._is_known = False  # the folder was read, and where the log stands
        self._is_open = False  # the last segment may be appended to
        self._key_of_open = (0, 0)  # epoch and seal it was begun under
        self._begun_ms = 0  # the last segment's
        self._tag = chain.START  # of the last batch
        self._tried_tag = b""  # of a batch whose write failed: it may be there all the same
        self._n_tried = 0  # bytes of what waits in it
        self._purge_to = 0  # segments up to this one are to be removed
        self._purge_cause = 0
        self._missing_to = 0  # segments up to this one were gone at the start
        self._retry_at = -1
        self._unix_ms = _unknown_ms
        self._retention_ms = 0
        self._expire_next_ms = 0
        self.log_id = 0
        self.boot = 1
        self.n_errors = 0
        self.n_writes = 0  # times flash was written, or tried: each costs sound
        self._n_frame_bytes = 0
        self.n_records_lost = 0
        self.last_error = ""

    @property
    def log_bytes(self):
        return self._files.n_bytes

    @property
    def n_frame_bytes(self):
        """Written around the records so far: heads and tails of batches, and the store's own."""
        return self._n_frame_bytes + self._waiting.n_told_bytes

    @property
    def n_waiting(self):
        return self._waiting.n_records

    @property
    def is_filling(self):
        """So much waits that records would soon be lost."""
        return self._waiting.is_filling

    @property
    def next_seq(self):
        return self._waiting.next_seq

    @property
    def head(self):
        """Where the written log ends: (segment, bytes of it, tag of its last batch)."""
        number, n_bytes = self._files.last()
        return number, n_bytes, self._tag

    @property
    def key_epoch(self):
        return self._ratchet.epoch

    def set_key(self, epoch, key):
        """The first key of a new epoch: the next batch begins a segment under it. OSError: the key
        could not be kept, and is gone after a restart."""
        self._ratchet.give(epoch, key)

    def start(self, new_log_id, unix_ms, retention_days):
        """Read what is there: this boot's number, the next sequence number, where to go on.

        new_log_id: a random number from 1 to 2**32 - 1, the log's identity if none is found.
        unix_ms: function that tells the time, 0 while it is not known.
        """
        self.log_id = new_log_id
        self._unix_ms = unix_ms
        self._retention_ms = retention_days * _DAY_MS
        try:
            self._take_over()
        except (OSError, ValueError, KeyError) as error:
            self._failed(error)

    def _take_over(self):
        """Learn from the last segment that can be read where the log stands."""
        files = self._files
        files.list()
        tail = Tail()
        for i in range(len(files.rows) - 1, -1, -1):
            number, n_bytes = files.rows[i]
            files.learn(number, tail)
            if tail.is_found:
                # Behind a torn tail nothing could be read back: leave it, begin a new segment.
                is_last = i == len(files.rows) - 1
                self._is_open = is_last and not tail.is_sealed and tail.end == n_bytes
                self._stand_at(tail)
                break
        self._is_known = True

    def _stand_at(self, tail):
        self.log_id = tail.log_id
        self._begun_ms = tail.begun_ms
        self._key_of_open = (tail.epoch, tail.seal)
        if self._ratchet.epoch == tail.epoch:
            self._ratchet.renew(tail.seal)  # the power failed between the seal and the new key
        self._tag = tail.tag
        if self._n_tried and tail.tag == self._tried_tag:
            self._waiting.forget(self._n_tried, tail.next_seq)
        elif tail.next_seq > self._waiting.first_seq:
            self._waiting.number_from(tail.next_seq)
            self.boot = tail.boot + 1
        self._n_tried = 0
        first = self._files.rows[0][0]
        if first < tail.oldest:
            self._note_purge(tail.oldest - 1, records.PURGED_FOR_ROOM)  # noted, but not done yet
        elif first > max(tail.oldest, self._purge_to + 1):
            self._missing_to = first - 1

    # Records come and go

    def append(self, rtype, body, is_urgent=False):
        """A record that shall be written; returns its bytes. No room: it is lost and counted."""
        record = records.encode(rtype, body)
        if not self._waiting.append(rtype, record, is_urgent):
            return self.lose(rtype, body)
        return record

    def lose(self, rtype, body):
        """A record that will not be written: its number is used up, so that the loss shows."""
        self._waiting.lose()
        self.n_records_lost += 1
        return records.encode(rtype, body)

    def poll(self, is_quiet, now_ms):
        """Write if it is time. now_ms: any clock that does not wrap. True: flash was written."""
        if not self._waiting.is_time(is_quiet, now_ms) or now_ms < self._retry_at:
            return False
        if not self.sync():
            self._retry_at = now_ms + RETRY_MS
        return True

    def sync(self):
        """Write what waits. True: nothing waits any more."""
        if self._waiting.n_bytes == 0 and not self._purge_to:
            return True
        self.n_writes += 1
        try:
            if not self._is_known:
                self._take_over()
            self._write()
        except (OSError, ValueError, KeyError) as error:
            self._failed(error)
            self._is_known = False
            self._is_open = False
            if error.args and error.args[0] == _ENOSPC:
                self._make_room()
            return False
        self._remove_purged()
        return True

    def _write(self):
        """One batch: what waits, with the store's own records before and behind it."""
        ratchet = self._ratchet
        waiting = self._waiting
        now_ms = self._unix_ms()
        if self._key_of_open != (ratchet.epoch, ratchet.seal):
            self._is_open = False
        self._expire(now_ms)
        number, n_segment_bytes = self._files.last()
        first = b""
        if not self._is_open:
            self._keep_budget()
            number += 1
            n_segment_bytes = 0
            self._begun_ms = now_ms
            first = self._segment_record(number, now_ms)
        waiting.tell_lost()
        last = self._purge_records(now_ms)
        n_more = batches.HEAD_BYTES + len(first) + waiting.n_bytes + len(last) + batches.TAIL_BYTES
        is_sealing = self._is_end(n_segment_bytes + n_more, now_ms)
        if is_sealing:
            fields = {"seal": ratchet.seal, "unix_ms": now_ms}
            seal = records.encode(records.SEAL, records.pack(records.SEAL, fields))
            last += seal
            n_more += len(seal)
        parts = (first, waiting.view(), last)
        head, end = batches.close(ratchet.key, self._tag, waiting.first_seq, parts)
        self._tried_tag = end[: chain.TAG_BYTES]
        self._n_tried = waiting.n_bytes
        self._files.append(number, (head,) + parts + (end,))
        self._key_of_open = (ratchet.epoch, ratchet.seal)
        self._is_open = not is_sealing
        self._tag = self._tried_tag
        self._n_tried = 0
        self._missing_to = 0
        self._n_frame_bytes += n_more - waiting.n_bytes
        waiting.forget(waiting.n_bytes, waiting.next_seq - waiting.n_lost)
        if is_sealing:
            ratchet.renew(ratchet.seal + 1)

    def _is_end(self, n_segment_bytes, now_ms):
        """Does the segment end with this batch? It does when the next might not fit, and when it
        is a day old, or has no date and could have one."""
        room_bytes = min(MAX_BATCH_BYTES, self._segment_bytes // 8)
        is_full = n_segment_bytes + room_bytes > self._segment_bytes
        return is_full or (now_ms > 0 and now_ms - self._begun_ms >= _DAY_MS)

    # Segments begin and go

    def _segment_record(self, number, now_ms):
        """First record of a segment: who writes it, and what it follows."""
        rows = self._files.rows
        fields = {
            "log_id": self.log_id,
            "segment": number,
            "boot": self.boot,
            "unix_ms": now_ms,
            "oldest": max(rows[0][0] if rows else number, self._purge_to + 1),
            "epoch": self._ratchet.epoch,
            "seal": self._ratchet.seal,
            "chain": self._tag,
        }
        return records.encode(records.SEGMENT, records.pack(records.SEGMENT, fields))

    def _purge_records(self, now_ms):
        out = b""
        for segment, cause in (
            (self._missing_to, records.FOUND_MISSING),
            (self._purge_to, self._purge_cause),
        ):
            if segment:
                fields = {"segment": segment, "cause": cause, "unix_ms": now_ms}
                out += records.encode(records.PURGE, records.pack(records.PURGE, fields))
        return out

    def _note_purge(self, segment, cause):
        """Segments up to this one shall go, once the next batch has said so."""
        if segment > self._purge_to:
            self._purge_to = segment
            self._purge_cause = cause

    def _keep_budget(self):
        """Room for one more segment."""
        n_left = self._files.n_bytes
        for number, n_bytes in self._files.rows:
            if n_left + self._segment_bytes <= self.budget_bytes:
                break
            n_left -= n_bytes
            self._note_purge(number, records.PURGED_FOR_ROOM)

    def _expire(self, now_ms):
        """Once a day: let go what is older than the retention time. A segment ends where the next
        one begins, so that all before one that is too old are older."""
        if not now_ms or now_ms < self._expire_next_ms:
            return
        self._expire_next_ms = now_ms + _DAY_MS
        rows = self._files.rows
        for i in range(1, len(rows)):
            begun_ms = self._files.begun_ms(rows[i][0])
            if begun_ms > now_ms - self._retention_ms:
                break
            if begun_ms:
                self._note_purge(rows[i - 1][0], records.PURGED_BY_AGE)

    def _remove_purged(self):
        """What the log says is gone goes. If some of it stays, the next batch says so again."""
        try:
            while self._files.last()[0] and self._files.rows[0][0] <= self._purge_to:
                self._files.remove_oldest()
            self._purge_to = 0
        except OSError as error:
            self._failed(error)

    def _make_room(self):
        """The file system is fuller than the budget knows: the oldest goes before it is noted."""
        rows = self._files.rows
        try:
            if len(rows) > 1:
                number = rows[0][0]
                self._files.remove_oldest()
                self._note_purge(number, records.PURGED_FOR_ROOM)
        except OSError as error:
            self._failed(error)

    def purge(self, segment):
        """Remove the segments up to this one, never the last: a host has them. True: done."""
        self._note_purge(min(segment, self._files.last()[0] - 1), records.PURGED_BY_HOST)
        return self.sync()

    def _failed(self, error):
        self.n_errors += 1
        self.last_error = "log: {}".format(error)

    # For the host; what fails raises OSError

    def segments(self, first=0):
        """[number, bytes] of each segment from `first` on, ascending."""
        return [row for row in self._files.rows if row[0] >= first]

    def bytes_of(self, number):
        return self._files.bytes_of(number)

    def read(self, number, offset_bytes, n_bytes):
        return self._files.read(number, offset_bytes, n_bytes)

    def pieces(self, number, n_bytes):
        """The first n_bytes of a segment, piece by piece; OSError when there are fewer."""
        return self._files.pieces(number, n_bytes)

    def test_write(self):
        """The self-test's word on the file system."""
        self.n_writes += 1
        try:
            return self._files.test_write()
        except OSError as error:
            self._failed(error)
            return False
