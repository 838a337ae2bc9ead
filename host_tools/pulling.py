"""One unit's log into the archive: fetched, proven, remembered, old parts let go.

The order is what makes it safe: on the disk and synced, then acknowledged, then verified against
the chain and what was known of the unit, then remembered; only then may the unit purge, and only
what it knows to be held. A log that does not verify is kept as it came, and nothing is purged or
remembered.
Called by: cmd_pull, cmd_demo. Ref: docs/protocol.md (how to pull), docs/log-format.md.
"""

import time

from callclip.core import protocol

from host_tools import archive, known, logchain, retention
from host_tools.failure import NOT_VERIFIED, Failure
from host_tools.logfetch import LogFetch
from host_tools.output import reason_of
from host_tools.pullprogress import Silent

SIGNED = "verified with the unit's key"
UNSIGNED = "whole; nothing is signed, as the unit has no keys"
UNSIGNED_YET = "whole; nothing is signed, as it was written before the unit had keys"
UNCHECKED = "whole; whether the unit wrote it cannot be told without a supervisor's key"


def _set_clock(client, is_forced):
    """Give the unit the time if it has none: (was it set, its offset from ours in ms)."""
    clock = client.ask(protocol.CLOCK_GET)
    offset_ms = clock["unix_ms"] - time.time_ns() // 1_000_000 if clock["is_known"] else None
    if (clock["is_known"] and not is_forced) or not client.may(protocol.CLOCK_SET):
        return False, offset_ms
    client.ask(protocol.CLOCK_SET, {"unix_ms": time.time_ns() // 1_000_000})
    return True, offset_ms


def _told_head(client, log_id, head):
    """Where the unit says that its log ends; None: nothing is written yet."""
    segment, n_bytes, tag = head
    if not segment:
        return None
    return logchain.Head(log_id, segment, n_bytes, tag.hex(), client.hello.get("key_epoch", 0))


class Pull:
    """One unit's pull. `result` is a dict for people and programs, `log` what was read."""

    def __init__(self, client, out, progress=None, is_reading=False, old_keys=()):
        """is_reading: change nothing on the unit, and let nothing go. old_keys: KeyFiles that the
        unit was opened with before."""
        self.client = client
        self._is_reading = is_reading
        self._old_keys = old_keys
        self.out = out
        self._progress = progress or Silent()
        self.log = None
        self.verdict = None
        self.fetch = None
        self.folder = None
        self.n_retired = 0
        self.n_purged = 0

    def run(self, is_all=False, is_clock_forced=False, is_accepting=False, is_purging=False):
        client = self.client
        clock = (False, None) if self._is_reading else _set_clock(client, is_clock_forced)
        log_id, rows, head = client.segments()
        self.folder = archive.log_folder(self.out, client.hello["unit_id"], log_id)
        remembered = known.load(self.folder.parent)
        self._refuse_lost_keys(remembered, is_accepting)
        self._fetch(rows, is_all)
        self._verify(remembered, _told_head(client, log_id, head), is_accepting)
        self.log = archive.read_log(self.folder)
        if not self.damages and not self._is_reading:
            epoch = client.hello.get("key_epoch", 0)
            known.save(self.folder.parent, known.Known(self.verdict.head, epoch))
            self._let_go(is_purging)
        return self._result(clock)

    def _refuse_lost_keys(self, remembered, is_accepting):
        if remembered.epoch and not self.client.hello.get("is_keyed") and not is_accepting:
            unit = self.client.hello["unit_id"]
            words = f"unit {unit} had keys and has none now; if it was flashed anew, give it keys"
            words += " again and pull with --accept, else do not trust what is connected"
            raise Failure(f"{self.client.port}: {words}", NOT_VERIFIED)

    def _fetch(self, rows, is_all):
        gone = logchain.purged_to(self.folder)
        rows = [row for row in rows if row[0] > gone]
        is_acknowledging = self.client.may(protocol.LOG_ACK) and not self._is_reading
        self.fetch = LogFetch(self.client, self.folder, is_all, is_acknowledging)
        total = sum(n_bytes for _number, n_bytes in rows)
        try:
            with self._progress.task(f"unit {self.client.hello['unit_id']}", total) as progress:
                self.fetch.run(rows, progress)
        except OSError as error:
            place = error.filename or self.folder
            words = f"{place}: cannot be written ({reason_of(error)})"
            raise Failure(f"{words}; free some space or give another folder with --out") from error

    def _verify(self, remembered, told, is_accepting):
        log_key = self.client.log_key()
        head = None if is_accepting else remembered.head
        # A conflict is told by itself: what is kept is then not what the unit says it ends with.
        told = None if self.fetch.conflicts else told
        unit_id = self.client.hello["unit_id"]
        old_keys = [key.log_unit_key(unit_id) for key in self._old_keys]
        old_keys = [key for key in old_keys if key]
        self.verdict = logchain.verify(self.folder, log_key, head, told, old_keys)

    @property
    def damages(self):
        """What must not be, as sentences with their places."""
        return [str(alarm) for alarm in self.verdict.alarms] + self.fetch.conflicts

    def _let_go(self, is_purging):
        days = self.client.hello.get("retention_days")
        if days:
            self.n_retired = retention.apply(self.folder, days)
        if is_purging and self.fetch.held:
            row = {"last_segment": self.fetch.held}
            self.n_purged = self.client.ask(protocol.LOG_PURGE, row)["n_segments"]

    def _proof(self):
        if self.verdict.n_unchecked:
            return UNCHECKED
        if self.verdict.n_signed:
            return SIGNED
        return UNSIGNED_YET if self.client.hello.get("is_keyed") else UNSIGNED

    def _result(self, clock):
        hello, log = self.client.hello, self.log
        notes = [str(row) for row in self.verdict.findings if not row.is_alarm]
        return {
            "unit": hello["unit_id"],
            "unit_number": hello.get("unit_number", 0),
            "folder": str(self.folder),
            "log_id": f"{log.log_id:08x}",
            "problem": hello.get("problem", ""),
            "new_bytes": self.fetch.n_new_bytes,
            "bytes": log.n_bytes,
            "records": log.n_records,
            "records_lost": log.n_lost,
            "boots": len(log.boots),
            "events": sum(len(boot.events) for boot in log.boots),
            "is_keyed": bool(hello.get("is_keyed")),
            "proof": self._proof(),
            "batches_signed": self.verdict.n_signed,
            "batches_unsigned": self.verdict.n_unsigned,
            "batches_unchecked": self.verdict.n_unchecked,
            "segments_retired": self.n_retired,
            "segments_purged": self.n_purged,
            "is_clock_set": clock[0],
            "clock_offset_ms": clock[1],
            "torn_tails": notes,
            "damages": self.damages,
        }


def pull_log(client, out, **choices):
    """Fetch and check everything: (result dict, Log). Raises Failure; damage is in the result."""
    pull = Pull(client, out)
    result = pull.run(**choices)
    return {"port": client.port} | result, pull.log
