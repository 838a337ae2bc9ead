"""Records that wait to be written, and when it is time: the buffer in front of the log.

A write costs an erase of flash and about 100 ms of sound, so records are collected and written in a
quiet moment, soon if they are urgent, and even in speech when they have waited too long or are too
many. What does not fit is lost: its number is used up, and a LOST record tells of it.
Times in ms of a clock that does not wrap. Called by: store. It allocates nothing that stays.
"""

from callclip.core import records

BUFFER_BYTES = 1536
MAX_BATCH_BYTES = BUFFER_BYTES + 176  # with head, tail, and SEGMENT, PURGE and SEAL records
MAX_WAITING = 16  # records: write although somebody speaks
MAX_AGE_MS = 30000  # of the oldest record that asks to be written: the same
QUIET_AGE_MS = 5000  # in a quiet moment: collects what comes together, saves erases
URGENT_AGE_MS = 1000  # the same, when something waits that should not be lost
IDLE_AGE_MS = 600000  # what only comes along waits so long when nothing else comes
_FULL_BYTES = BUFFER_BYTES // 2  # write, whatever it is
_COMES_ALONG = (records.GAP, records.LEVELS)
_URGENT = (records.BOOT, records.CLOCK, records.CONFIG, records.RESTART, records.UPDATE)


class Waiting:
    """`first_seq` is the number of the first record; `n_bytes` what waits; n_records without the
    LOST ones; n_lost those that no LOST record tells of yet."""

    def __init__(self):
        self._buffer = bytearray(BUFFER_BYTES)
        self._seq = 1  # of the next record that goes in; those of n_lost come first
        self._due_since = -1
        self._waits_since = -1
        self._n_due = 0  # records that ask to be written
        self._is_urgent = False
        self.first_seq = 1
        self.n_bytes = 0
        self.n_records = 0
        self.n_lost = 0
        self.n_told_bytes = 0  # of LOST records so far

    @property
    def is_filling(self):
        """So much waits that it must be written, whatever it is and whoever speaks."""
        return self.n_bytes >= _FULL_BYTES

    @property
    def next_seq(self):
        return self._seq + self.n_lost

    def append(self, rtype, record, is_urgent):
        """True: it waits. False: there is no room for it."""
        self.tell_lost()
        if self.n_lost or not self._put(record):
            return False
        self._seq += 1
        self._count(rtype)
        self._is_urgent = self._is_urgent or is_urgent or rtype in _URGENT
        return True

    def lose(self):
        self.n_lost += 1

    def tell_lost(self):
        """Put a LOST record behind the others, if there is something to tell and room for it."""
        if self.n_lost:
            body = records.pack(records.LOST, {"n_records": self.n_lost})
            record = records.encode(records.LOST, body)
            if self._put(record):
                self.n_told_bytes += len(record)
                self._seq += self.n_lost
                self.n_lost = 0

    def _put(self, record):
        end = self.n_bytes + len(record)
        if end > BUFFER_BYTES:
            return False
        self._buffer[self.n_bytes : end] = record
        self.n_bytes = end
        return True

    def _count(self, rtype):
        self.n_records += 1
        if rtype not in _COMES_ALONG:
            self._n_due += 1

    def is_time(self, is_quiet, now_ms):
        """Asked every turn of the loop: it keeps the time since when something waits."""
        if self.n_bytes == 0:
            return False
        if self._waits_since < 0:
            self._waits_since = now_ms
        if self._n_due and self._due_since < 0:
            self._due_since = now_ms
        if self.is_filling:
            return True
        if not self._n_due:
            return is_quiet and now_ms - self._waits_since >= IDLE_AGE_MS
        age_ms = now_ms - self._due_since
        if age_ms >= MAX_AGE_MS or self._n_due >= MAX_WAITING:
            return True
        return is_quiet and age_ms >= (URGENT_AGE_MS if self._is_urgent else QUIET_AGE_MS)

    def view(self):
        """The bytes that wait, not copied."""
        return memoryview(self._buffer)[: self.n_bytes]

    def forget(self, n_bytes, next_seq):
        """The first n_bytes are written; what stands behind them begins with that number."""
        n_left = self.n_bytes - n_bytes
        self._buffer[:n_left] = self._buffer[n_bytes : self.n_bytes]
        self.n_bytes = n_left
        self.number_from(next_seq)
        self.n_records = 0
        self._n_due = 0
        for _at, rtype, _seq, _body in records.iterate(self._buffer[:n_left]):
            if rtype != records.LOST:
                self._count(rtype)
        self._is_urgent = False
        self._due_since = -1
        self._waits_since = -1

    def number_from(self, seq):
        """The first record that waits has this number."""
        self.first_seq = self._seq = seq
        for _at, rtype, _seq, body in records.iterate(self.view()):
            self._seq += records.n_numbers(rtype, body)
