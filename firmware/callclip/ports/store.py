"""The session log on the file system: segments /log/NNNNNN.clog, the oldest deleted first.

Records wait in a preallocated buffer and are written in one go, because a flash erase costs about
100 ms of audio and a sync an erase: `poll` writes when nobody would miss the sound, and at the
latest after MAX_AGE_MS or MAX_WAITING records. Whatever the file system does, nothing here raises
into the loop: failures are counted, said in HELLO, and tried again later.
Called by: journal (append), app (start, poll), service (sync, segments, read, crc, self-test).
Ref: docs/log-format.md; littlefs DESIGN.md (a file's data appears with its close, or not at all).
"""

import binascii
import os

from callclip.core import records

SEGMENT_BYTES = 32768
BUDGET_BYTES = 524288
BUFFER_BYTES = 4096
MAX_WAITING = 16  # records: write although somebody speaks
MAX_AGE_MS = 30000  # of the oldest record in the buffer: the same
QUIET_AGE_MS = 5000  # in a quiet moment: collects what comes together, saves erases
RETRY_MS = 10000  # after a failure: a dead file system must not eat the loop's time
SUFFIX = ".clog"
_CHUNK_BYTES = 2048
_DAY_MS = 86400000


def segment_name(number):
    return "{:06d}{}".format(number, SUFFIX)


def _number_of(name):
    """Segment number of a file name; 0 when it is none of ours."""
    stem = name[: -len(SUFFIX)]
    number = int(stem) if name.endswith(SUFFIX) and stem.isdigit() else 0
    return number if name == segment_name(number) else 0


def _unknown_ms():
    return 0


class Store:
    """Counters for HELLO: n_errors, n_records_lost, n_waiting, log_bytes; last_error in words."""

    def __init__(self, folder="/log", budget_bytes=BUDGET_BYTES, segment_bytes=SEGMENT_BYTES):
        self._folder = folder
        self.budget_bytes = budget_bytes
        self._segment_bytes = segment_bytes
        self._buffer = bytearray(BUFFER_BYTES)
        self._n_buffer = 0
        self._rows = []  # [number, bytes] of each segment, ascending
        self._is_open = False  # the last segment may be appended to
        self._is_listed = False  # the folder was read, so numbers are not given twice
        self._n_due = 0  # waiting records that ask to be written: GAPs only come along
        self._due_since = -1
        self._retry_at = -1
        self._unix_ms = _unknown_ms
        self._retention_ms = 0
        self._expire_next_ms = 0
        self.log_id = 0
        self.boot = 1
        self.next_seq = 1
        self.n_waiting = 0
        self.n_errors = 0
        self.n_writes = 0  # times flash was written, or tried: each costs sound
        self.n_records_lost = 0
        self.last_error = ""

    @property
    def log_bytes(self):
        return sum(row[1] for row in self._rows)

    def start(self, new_log_id, unix_ms, retention_days):
        """Read what is there: this boot's number, the next sequence number, where to go on.

        new_log_id: a random number from 1 to 2**32 - 1, the log's identity if none is found.
        unix_ms: function that tells the time, 0 while it is not known.
        """
        self.log_id = new_log_id
        self._unix_ms = unix_ms
        self._retention_ms = retention_days * _DAY_MS
        try:
            self._list()
            for i in range(len(self._rows) - 1, -1, -1):
                if self._take_over(self._rows[i][0], i == len(self._rows) - 1):
                    break
        except (OSError, ValueError, KeyError) as err:
            self._failed(err)

    def _list(self):
        try:
            os.mkdir(self._folder)
        except OSError:
            pass  # it is there already; if it is not, listdir says so
        numbers = sorted(_number_of(name) for name in os.listdir(self._folder))
        self._rows = [[n, os.stat(self._path(n))[6]] for n in numbers if n]
        self._is_listed = True

    def _take_over(self, number, is_last):
        """Learn from one segment where the log stands. False: nothing readable in it."""
        is_found = False
        fault = 0
        with open(self._path(number), "rb") as file:
            for rtype, seq, body in records.iterate_read(file.read, _CHUNK_BYTES):
                if rtype is None:
                    fault = seq
                    continue
                if rtype == records.SEGMENT:
                    self.log_id = records.unpack(rtype, body)["log_id"]
                    is_found = True
                if rtype in (records.SEGMENT, records.BOOT):
                    self.boot = records.unpack(rtype, body)["boot"] + 1
                self.next_seq = seq if rtype == records.SEGMENT else seq + 1
        # Behind a torn tail nothing could be read back: leave it and go on in a new segment.
        if is_last:
            self._is_open = is_found and not fault
        return is_found

    def append(self, rtype, body):
        """Put a record into the buffer; returns its bytes. Full: it is lost and counted."""
        end = self._n_buffer + records.HEAD_BYTES + len(body) + records.CRC_BYTES
        if end > BUFFER_BYTES:
            return self.lose(rtype, body)
        record = records.encode(rtype, self.next_seq, body)
        self.next_seq += 1
        self._buffer[self._n_buffer : end] = record
        self._n_buffer = end
        self.n_waiting += 1
        if rtype != records.GAP:
            self._n_due += 1
        return record

    def lose(self, rtype, body):
        """A record that will not be written: its number is used up, so that the loss shows."""
        record = records.encode(rtype, self.next_seq, body)
        self.next_seq += 1
        self.n_records_lost += 1
        return record

    def poll(self, is_quiet, now_ms):
        """Write if it is time. now_ms: any clock that does not wrap. True: flash was written."""
        if self._n_due == 0 or now_ms < self._retry_at:
            return False
        if self._due_since < 0:
            self._due_since = now_ms
        age_ms = now_ms - self._due_since
        is_time = age_ms >= MAX_AGE_MS or self._n_due >= MAX_WAITING
        if not is_time and not (is_quiet and age_ms >= QUIET_AGE_MS):
            return False
        if not self.sync():
            self._retry_at = now_ms + RETRY_MS
        return True

    def sync(self):
        """Write what waits. True: nothing waits any more."""
        if self._n_buffer == 0:
            return True
        self.n_writes += 1
        try:
            self._write()
        except OSError as err:
            self._failed(err)
            return False
        self._n_buffer = 0
        self.n_waiting = 0
        self._n_due = 0
        self._due_since = -1
        return True

    def _write(self):
        if not self._is_listed:
            self._list()
        self._expire()
        if not self._is_open or self._rows[-1][1] + self._n_buffer > self._segment_bytes:
            self._is_open = False
            self._keep_budget()
        number = self._rows[-1][0] if self._rows else 0
        head = b""
        if not self._is_open:
            number += 1
            head = self._segment_record(number)
        try:
            self._write_file(number, head)
        except OSError:
            # The file may now end inside a record. Free the oldest segment and start a new one.
            self._is_open = False
            self._is_listed = False
            if len(self._rows) > 1:
                self._remove_oldest()
            raise
        if head:
            self._rows.append([number, 0])
            self._is_open = True
        self._rows[-1][1] += len(head) + self._n_buffer

    def _write_file(self, number, head):
        with open(self._path(number), "ab") as file:
            if head:
                file.write(head)
            file.write(memoryview(self._buffer)[: self._n_buffer])

    def _segment_record(self, number):
        """First record of a segment: it shares the number of the record behind it."""
        first_seq = int.from_bytes(self._buffer[4:8], "little")
        fields = {
            "log_id": self.log_id,
            "segment": number,
            "boot": self.boot,
            "unix_ms": self._unix_ms(),
        }
        return records.encode(records.SEGMENT, first_seq, records.pack(records.SEGMENT, fields))

    def _keep_budget(self):
        while self._rows and self.log_bytes + self._segment_bytes > self.budget_bytes:
            self._remove_oldest()

    def _expire(self):
        """Once a day: remove what is older than the retention time, and begin a new segment, so
        that a quiet unit's segments do not grow older than they must."""
        now_ms = self._unix_ms()
        if not now_ms or now_ms < self._expire_next_ms:
            return
        self._expire_next_ms = now_ms + _DAY_MS
        if self._rows and now_ms - self._begun_ms(self._rows[-1][0]) >= _DAY_MS:
            self._is_open = False
        # A segment ends where the next one begins: all before one that is too old are older.
        for i in range(len(self._rows) - 1, 0, -1):
            begun_ms = self._begun_ms(self._rows[i][0])
            if 0 < begun_ms <= now_ms - self._retention_ms:
                for _ in range(i):
                    self._remove_oldest()
                break

    def _begun_ms(self, number):
        """Unix time at which a segment was begun; 0 when nobody knew it."""
        with open(self._path(number), "rb") as file:
            for _at, rtype, _seq, body in records.iterate(file.read(64)):
                if rtype == records.SEGMENT:
                    return records.unpack(rtype, body).get("unix_ms", 0)
        return 0

    def _remove_oldest(self):
        os.remove(self._path(self._rows[0][0]))
        self._rows.pop(0)

    def _path(self, number):
        return self._folder + "/" + segment_name(number)

    def _failed(self, err):
        self.n_errors += 1
        self.last_error = "log: {}".format(err)

    def segments(self, first=0):
        """[number, bytes] of each segment from `first` on, ascending."""
        return [row for row in self._rows if row[0] >= first]

    def bytes_of(self, number):
        """Length of a segment; -1 when there is none of that number."""
        for row in self._rows:
            if row[0] == number:
                return row[1]
        return -1

    def read(self, number, offset_bytes, n_bytes):
        """Bytes of a segment, fewer at its end. OSError: not there, unreadable."""
        if offset_bytes >= self.bytes_of(number):
            return b""  # also an offset that is too large for the file system's own arithmetic
        with open(self._path(number), "rb") as file:
            file.seek(offset_bytes)
            return file.read(n_bytes)

    def crc(self, number, n_bytes):
        """CRC-32 of the first n_bytes of a segment. ValueError: it is shorter than that."""
        if n_bytes > self.bytes_of(number):
            raise ValueError("segment {} is shorter than {} bytes".format(number, n_bytes))
        crc = 0
        with open(self._path(number), "rb") as file:
            while n_bytes > 0:
                chunk = file.read(min(n_bytes, _CHUNK_BYTES))
                if not chunk:
                    raise OSError("segment {} ends early".format(number))
                crc = binascii.crc32(chunk, crc)
                n_bytes -= len(chunk)
        return crc

    def test_write(self):
        """Write, read back and remove a small file: the self-test's word on the file system."""
        self.n_writes += 1
        path = self._folder + "/selftest.tmp"
        pattern = bytes(range(64))
        try:
            with open(path, "wb") as file:
                file.write(pattern)
            with open(path, "rb") as file:
                is_same = file.read() == pattern
            os.remove(path)
            return is_same
        except OSError as err:
            self._failed(err)
            return False
