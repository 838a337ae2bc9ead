"""Logs that somebody has changed: does the host's proof find every change?

A real store writes small logs over several seals and two epochs of keys. Each tamper is done by
somebody who can write any bytes, makes every CRC-32 right again, and for some of them holds the key
that is on the unit today. The host knows the site's key and a head of the log: of an earlier pull,
with what the unit tells now, or of now. A change that raises no alarm counts as undetected.
Called by: tests/host/test_tampers.py, `make soak` (run). Ref: docs/log-format.md, The chain.
"""

import random
import tempfile
import time
import zlib
from collections import Counter
from pathlib import Path

from callclip.core import batches, chain, keys, records
from callclip.core.chain import TAG_BYTES
from callclip.store import Store

from host_tools import logchain, segmentfile

LOG_ID = 0x7A3
LOG_KEY = keys.unit_key(keys.role_key(bytes(range(7, 39)), keys.LOG), "unit")
N_LOGS = 12
COUNTERS = ("tampers", "tampers_undetected")
_WHERE = Path("log")


class Log:
    """What a unit wrote: `segments` {number: bytes}; heads of an earlier pull and of now; the
    ratchet as it is on the unit now."""

    def __init__(self, dice):
        self.ratchet = chain.Ratchet()
        self.ratchet.give(11, keys.chain_key(LOG_KEY, 11))
        with tempfile.TemporaryDirectory() as folder:
            self._store = Store(folder, 1 << 20, 420, self.ratchet)
            self._store.start(LOG_ID, lambda: 0, 30)
            self._write(dice, dice.randrange(5, 10))
            self.earlier = self._head()
            if dice.random() < 0.3:
                self._store.set_key(12, keys.chain_key(LOG_KEY, 12))
            self._write(dice, dice.randrange(5, 12))
            self.now = self._head()
            rows = self._store.segments()
            self.segments = {n: self._store.read(n, 0, n_bytes) for n, n_bytes in rows}

    def _write(self, dice, n_batches):
        for i in range(n_batches):
            for _ in range(dice.randrange(1, 5)):
                values = (dice.randrange(1, 4),)
                row = records.event(5, dice.randrange(1 << 20), i, values)
                self._store.append(records.EVENT, row)
            self._store.sync()

    def _head(self):
        number, n_bytes, tag = self._store.head
        return logchain.Head(LOG_ID, number, n_bytes, tag.hex(), self.ratchet.epoch)

    def is_alarmed(self, segments, is_told):
        """Does the proof raise an alarm over these segments?"""
        rows = [(number, _WHERE / f"{number}", data) for number, data in sorted(segments.items())]
        known, told = (self.earlier, self.now) if is_told else (self.now, None)
        args = (rows, _WHERE, LOG_ID, LOG_KEY, known, told)
        return not logchain.verify_segments(*args).is_good


def _batches_of(data):
    items = segmentfile.read_batches(_WHERE, data)
    return [data[item.at : item.end] for item in items]


def _tag_of(data):
    """Of the batch that ends there."""
    return data[-batches.TAIL_BYTES :][:TAG_BYTES]


def _with_crc(batch):
    """The batch with its length and CRC made right again."""
    n_bytes = len(batch) - batches.HEAD_BYTES - batches.TAIL_BYTES
    body = batch[:2] + n_bytes.to_bytes(2, "little") + batch[4:-4]
    return body + zlib.crc32(body).to_bytes(4, "little")


def _split(batch):
    """(head, [records], tail)"""
    packed = batch[batches.HEAD_BYTES : -batches.TAIL_BYTES]
    rows = [records.encode(rtype, body) for _at, rtype, _seq, body in records.iterate(packed)]
    return batch[: batches.HEAD_BYTES], rows, batch[-batches.TAIL_BYTES :]


class Tamperer:
    """Each method changes `segments` of a log in its way."""

    def __init__(self, dice):
        self.dice = dice

    def _pick(self, segments):
        number = self.dice.choice(sorted(segments))
        return number, _batches_of(segments[number])

    def flip(self, log, segments):
        number = self.dice.choice(sorted(segments))
        data = bytearray(segments[number])
        for _ in range(self.dice.randrange(1, 4)):
            data[self.dice.randrange(len(data))] ^= 1 << self.dice.randrange(8)
        segments[number] = bytes(data)

    def flip_and_mend(self, log, segments):
        """A bit of the records, or of the tag, and the CRC made right."""
        number, rows = self._pick(segments)
        i = self.dice.randrange(len(rows))
        batch = bytearray(rows[i])
        batch[self.dice.randrange(4, len(batch) - 4)] ^= 1 << self.dice.randrange(8)
        rows[i] = _with_crc(bytes(batch))
        segments[number] = b"".join(rows)

    def drop_batch(self, log, segments):
        number, rows = self._pick(segments)
        rows.pop(self.dice.randrange(len(rows)))
        segments[number] = b"".join(rows)
        if not rows:
            del segments[number]

    def drop_segment(self, log, segments):
        del segments[self.dice.choice(sorted(segments))]

    def drop_record(self, log, segments):
        number, rows = self._pick(segments)
        i = self.dice.randrange(len(rows))
        head, packed, tail = _split(rows[i])
        packed.pop(self.dice.randrange(len(packed)))
        rows[i] = _with_crc(head + b"".join(packed) + tail)
        segments[number] = b"".join(rows)

    def swap_batches(self, log, segments):
        number, rows = self._pick(segments)
        other, theirs = self._pick(segments)
        if other == number:
            theirs = rows
        i, j = self.dice.randrange(len(rows)), self.dice.randrange(len(theirs))
        rows[i], theirs[j] = theirs[j], rows[i]
        segments[number], segments[other] = b"".join(rows), b"".join(theirs)

    def swap_segments(self, log, segments):
        one, other = (self.dice.choice(sorted(segments)) for _ in range(2))
        segments[one], segments[other] = segments[other], segments[one]

    def swap_records(self, log, segments):
        number, rows = self._pick(segments)
        i = self.dice.randrange(len(rows))
        head, packed, tail = _split(rows[i])
        self.dice.shuffle(packed)
        rows[i] = head + b"".join(packed) + tail
        rows[i] = _with_crc(rows[i])
        segments[number] = b"".join(rows)

    def repeat_batch(self, log, segments):
        number, rows = self._pick(segments)
        i = self.dice.randrange(len(rows))
        rows.insert(self.dice.randrange(len(rows) + 1), rows[i])
        segments[number] = b"".join(rows)

    def truncate(self, log, segments):
        """Cut everything behind some byte of the log, or behind some batch."""
        number, rows = self._pick(segments)
        if self.dice.random() < 0.5:
            segments[number] = segments[number][: self.dice.randrange(len(segments[number]))]
        else:
            segments[number] = b"".join(rows[: self.dice.randrange(len(rows))])
        for later in [n for n in segments if n > number]:
            del segments[later]

    def wrong_seal(self, log, segments):
        """A SEAL or a SEGMENT record that names another epoch or seal, and the CRC made right."""
        number, rows = self._pick(segments)
        i = self.dice.choice((0, len(rows) - 1))
        head, packed, tail = _split(rows[i])
        j = 0 if i == 0 else len(packed) - 1
        body = bytearray(packed[j])
        body[self.dice.randrange(2, len(body))] ^= self.dice.randrange(1, 128)
        packed[j] = bytes(body)
        rows[i] = _with_crc(head + b"".join(packed) + tail)
        segments[number] = b"".join(rows)

    def forge_with_todays_key(self, log, segments):
        """Somebody took the unit: he makes batches anew with the key that he found, or with the one
        that everybody knows, from some place before the last seal on."""
        now = log.ratchet
        sealed = [n for n in segments if n < max(segments)]
        number = self.dice.choice(sealed or sorted(segments))
        rows = _batches_of(segments[number])
        i = self.dice.randrange(len(rows))
        tag = _tag_of(rows[i - 1]) if i else self._before(segments, number)
        key = self.dice.choice((now.key, chain.NO_KEY, chain.next_key(now.key)))
        for k in range(i, len(rows)):
            head, packed, _tail = _split(rows[k])
            if k == i:
                packed[-1] = records.encode(records.EVENT, records.event(4, 1, 1, ()))
            seq = int.from_bytes(head[4:8], "little")
            body = b"".join(packed)
            head, tail = batches.close(key, tag, seq, (body,))
            tag = tail[:TAG_BYTES]
            rows[k] = head + body + tail
        segments[number] = b"".join(rows)

    @staticmethod
    def _before(segments, number):
        if number - 1 in segments:
            return _tag_of(segments[number - 1])
        return chain.START

    def all(self):
        return (
            self.flip,
            self.flip_and_mend,
            self.drop_batch,
            self.drop_segment,
            self.drop_record,
            self.swap_batches,
            self.swap_segments,
            self.swap_records,
            self.repeat_batch,
            self.truncate,
            self.wrong_seal,
            self.forge_with_todays_key,
        )


def run(seconds, seed=0, on_progress=None, n_least=0):
    """The counters once the time is over and n_least tampers are done, and what got through."""
    dice = random.Random(seed)
    tamperer = Tamperer(dice)
    counters = Counter(dict.fromkeys(COUNTERS, 0))
    ends = time.monotonic() + seconds
    logs = []
    while time.monotonic() < ends or counters["tampers"] < n_least:
        if len(logs) < N_LOGS:
            logs.append(Log(dice))
            assert not logs[-1].is_alarmed(logs[-1].segments, True)
        log = dice.choice(logs)
        for way in tamperer.all():
            segments = dict(log.segments)
            way(log, segments)
            if segments == log.segments:
                continue  # two of the same were swapped
            counters["tampers"] += 1
            if not log.is_alarmed(segments, dice.random() < 0.5):
                counters["tampers_undetected"] += 1
                counters["undetected: " + way.__name__] += 1
        if on_progress:
            on_progress(dict(counters))
    return dict(counters)
