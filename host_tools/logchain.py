"""Proves that a pulled log is what the unit wrote: every batch, in order, nothing gone.

    verify(folder, log_key=None, known=None, told=None, old_keys=()) -> Verdict

folder: one log, …/<unit id>/<log id>. log_key: the unit's key for LOG (core.keys.unit_key of the
site's role_key(LOG)); without it damage, gaps and order are still found, forgery is not, and
`Verdict.n_unchecked` says how much that concerns. known: the Head at an earlier pull, which must
still be there; told: the Head that the unit tells now, where the log must end. A Head is plain
data, `as_dict` and `Head.of` carry it through JSON. old_keys: those for LOG that the unit had
before, under other site keys.
Verdict.findings name the exact place; those with is_alarm mean that something was changed, lost or
removed by other hands than the unit's; the others are what a power cut, a purge or an old version
leaves behind.
Called by: cmd_pull, tests. Ref: docs/log-format.md.
"""

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path

from callclip.core import chain, hmac, keys, records

from host_tools import archive, segmentfile

PURGE_NOTE = "purged.json"  # in a log's folder: what retention removed on this computer
_MAX_SEALS = 30_000  # some 27 years of three a day


@dataclass(frozen=True)
class Head:
    """Where a log ends: so many bytes of that segment, the last batch with that tag."""

    log_id: int
    segment: int
    n_bytes: int
    tag: str  # hex
    epoch: int = 0

    def as_dict(self):
        return asdict(self)

    @classmethod
    def of(cls, values):
        return cls(**values)


@dataclass(frozen=True)
class Finding:
    """kind: damaged, forged, order, missing, truncated, anew, unsigned, torn, version."""

    kind: str
    path: Path
    offset_bytes: int
    words: str
    is_alarm: bool

    def __str__(self):
        return f"{self.path}, byte {self.offset_bytes}: {self.words}"


@dataclass
class Verdict:
    log_id: int
    findings: list = field(default_factory=list)
    head: Head | None = None
    n_batches: int = 0
    n_signed: int = 0  # proved with the unit's key
    n_unsigned: int = 0  # written before the unit had a key
    n_unchecked: int = 0  # signed, but without log_key nobody can tell by whom

    @property
    def alarms(self):
        return [finding for finding in self.findings if finding.is_alarm]

    @property
    def is_good(self):
        return not self.alarms


class _Keys:
    """Keys of a unit's chain by (epoch, seal), each derived once. log_keys: the unit's for LOG, of
    each site key that it has had."""

    def __init__(self, log_keys):
        self._log_keys = log_keys
        self._ratchets = {}

    def of(self, epoch, seal):
        """Those that may have been in force; none: it cannot be known."""
        if seal > _MAX_SEALS:
            return []
        if not epoch:
            return [self._key(None, 0, seal)]
        return [self._key(log_key, epoch, seal) for log_key in self._log_keys]

    def _key(self, log_key, epoch, seal):
        ratchet = self._ratchets.get((log_key, epoch))
        if ratchet is None or ratchet.seal > seal:
            first = keys.chain_key(log_key, epoch) if epoch else chain.NO_KEY
            ratchet = self._ratchets[log_key, epoch] = chain.Ratchet(epoch, 0, first)
        ratchet.renew(seal)
        return ratchet.key


class _Verifier:
    """Walks one log's segments in their order and collects findings."""

    def __init__(self, folder, log_id, log_keys, host_purged_to=0):
        self.folder = Path(folder)
        self.verdict = Verdict(log_id)
        self.purged_to = host_purged_to
        self.ends = {}  # (segment, offset behind a batch) -> its tag
        self.epoch = self._seal = 0  # of the segment read last
        self._keys = _Keys(log_keys)
        self._proven = set()  # epochs of which a batch was proven
        self._number = 0  # segment read last
        self._is_sealed = False  # by its last batch so far
        self._tag = None  # of the batch read last; None: not known
        self._next_seq = None
        self._numbers = set()
        self._missing = []  # (first, last, path of the segment behind them)

    def find(self, kind, path, at, words, is_alarm=True):
        self.verdict.findings.append(Finding(kind, path, at, words, is_alarm))

    def run(self, segments):
        """segments: (number, path, bytes) in ascending order; the path is what findings name."""
        for number, path, data in segments:
            self._numbers.add(number)
            self._segment(path, number, data)
        for first, last, path in self._missing:
            if last > self.purged_to:
                gone = f"segments {first} to {last} are" if last > first else f"segment {first} is"
                self.find("missing", path, 0, f"{gone} missing before it, and no record says why")

    def _segment(self, path, number, data):
        if number != self._number + 1:
            self._missing.append((self._number + 1, number - 1, path))
            self._tag = self._next_seq = None
        self._number = number
        if segmentfile.is_version_1(data):
            self.find("version", path, 0, "version 1 of the format: it has no chain", False)
            return
        for item in segmentfile.read_batches(path, data):
            if isinstance(item, segmentfile.Batch):
                try:
                    self._batch(path, item)
                except (ValueError, KeyError, OverflowError):
                    self.find("forged", path, item.at, "a batch that makes no sense")
                    self._tag, self._next_seq = item.tag, None
            elif item.is_loss:
                # What the unit wrote next tells whether it, too, saw the log end here.
                self.find("torn", path, item.offset_bytes, item.words, False)
            else:
                self.find("damaged", path, item.offset_bytes, item.words)
                self._tag = self._next_seq = None

    def _batch(self, path, batch):
        rtype, body = batch.records[0][1], batch.records[0][3]
        if batch.at == 0 and rtype == records.SEGMENT:
            self._begin(path, records.unpack(rtype, body))
        elif batch.at == 0 or rtype == records.SEGMENT:
            self.find("order", path, batch.at, "a SEGMENT record stands first, and there alone")
        elif self._is_sealed:
            self.find("order", path, batch.at, "a batch behind the seal")
        if self._next_seq not in (None, batch.seq):
            words = f"record {self._next_seq} should come here, {batch.seq} does"
            self.find("order", path, batch.at, words)
        self._check_tag(path, batch)
        self._tag = batch.tag
        self._next_seq = batch.seq
        for at, rtype, seq, body in batch.records:
            self._next_seq = seq + records.n_numbers(rtype, body)
            if rtype == records.SEAL:
                self._is_sealed = True
            elif rtype == records.PURGE:
                self._purge(path, at, records.unpack(rtype, body))
        self.ends[self._number, batch.end] = batch.tag
        self.verdict.n_batches += 1
        self.verdict.head = Head(
            self.verdict.log_id, self._number, batch.end, batch.tag.hex(), self.epoch
        )

    def _begin(self, path, fields):
        if (fields["log_id"], fields["segment"]) != (self.verdict.log_id, self._number):
            words = f"is segment {fields['segment']} of log {fields['log_id']:08x}"
            self.find("order", path, 0, words)
        if fields["chain"] == chain.START and self._tag is None:
            # Nothing was chained before it: what stands there is of version 1, or not at all.
            self._missing = [row for row in self._missing if row[2] != path]
        elif self._tag not in (None, fields["chain"]):
            self.find("order", path, 0, "does not go on where the segment before it ends")
        keying = (fields["epoch"], fields["seal"])
        is_next = self._tag is not None
        wanted = (self.epoch, self._seal + self._is_sealed)
        if keying[0] == 0 < self.epoch:
            self.find("unsigned", path, 0, "is not signed, though the unit had its key before")
        elif keying < wanted or is_next and keying[0] == self.epoch and keying != wanted:
            words = "its seal is {}.{}, expected {}.{}".format(*keying, *wanted)
            self.find("order", path, 0, words)
        elif keying[0] > self.epoch and keying[1] and is_next:
            self.find("order", path, 0, f"new keys begin with seal {keying[1]}")
        self.epoch, self._seal = keying
        self._is_sealed = False
        self._tag = fields["chain"]

    def _check_tag(self, path, batch):
        candidates = self._keys.of(self.epoch, self._seal)
        if not candidates or self._tag is None:
            self.verdict.n_unchecked += 1
            return
        tags = [chain.tag(key, self._tag, batch.data) for key in candidates]
        if not any(hmac.equal(tag, batch.tag) for tag in tags):
            words = "this batch is not what the unit wrote here"
            if self.epoch and self.epoch not in self._proven:
                words += ", or signed under an earlier site key (--old-key)"
            self.find("forged", path, batch.at, words)
            return
        self._proven.add(self.epoch)
        if self.epoch:
            self.verdict.n_signed += 1
        else:
            self.verdict.n_unsigned += 1

    def _purge(self, path, at, fields):
        if fields["cause"] == records.FOUND_MISSING:
            words = f"segments up to {fields['segment']} were gone when the unit started"
            self.find("missing", path, at, words)
        else:
            self.purged_to = max(self.purged_to, fields["segment"])

    # What the host knows besides

    def must_hold(self, known):
        """The log still contains the place where it ended at an earlier pull."""
        if known.log_id != self.verdict.log_id:
            words = f"a log begun anew; the one known until now was {known.log_id:08x}"
            words += " (if the unit was flashed anew, or its log erased: --accept)"
            self.find("anew", self.folder, 0, words)
            return
        if self.ends.get((known.segment, known.n_bytes), b"").hex() == known.tag:
            return
        if known.n_bytes == 0 and self._is_before(known):
            return  # that segment was empty, and may be gone after a power cut
        if known.segment not in self._numbers and known.segment <= self.purged_to:
            return
        path = archive.segment_path(self.folder, known.segment)
        self.find("truncated", path, known.n_bytes, "the log once ended here, and does so no more")

    def _is_before(self, empty):
        """The last batch before an empty segment is there."""
        return any(
            number < empty.segment and tag.hex() == empty.tag
            for (number, _end), tag in self.ends.items()
        )

    def must_end_at(self, told):
        head = self.verdict.head
        if told.n_bytes == 0 and head and head.segment < told.segment and head.tag == told.tag:
            return
        if head is None or (head.segment, head.n_bytes, head.tag) != (
            told.segment, told.n_bytes, told.tag
        ):  # fmt: skip
            path = archive.segment_path(self.folder, told.segment)
            self.find("truncated", path, told.n_bytes, "the unit says that its log ends here")


def purged_to(folder):
    """The last segment that retention has removed on this computer; 0: none."""
    note = Path(folder) / PURGE_NOTE
    try:
        return int(json.loads(note.read_text(encoding="utf-8"))["segment"])
    except (OSError, ValueError, KeyError, TypeError):
        return 0


def verify(folder, log_key=None, known=None, told=None, old_keys=()):
    """A Verdict on one log folder; see the module's docstring."""
    folder = Path(folder)
    paths = archive.segment_paths(folder)
    segments = ((int(path.stem), path, path.read_bytes()) for path in paths)
    note = purged_to(folder)
    log_id = int(folder.name, 16)
    return verify_segments(segments, folder, log_id, log_key, known, told, note, old_keys)


def verify_segments(
    segments, folder, log_id, log_key=None, known=None, told=None, host_purged_to=0, old_keys=()
):
    """The same over (number, path, bytes) of segments that need not be files."""
    log_keys = [*([log_key] if log_key else []), *old_keys]
    verifier = _Verifier(folder, log_id, log_keys, host_purged_to)
    verifier.run(segments)
    if known is not None:
        verifier.must_hold(known)
    if told is not None:
        verifier.must_end_at(told)
    return verifier.verdict
