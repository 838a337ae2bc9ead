"""`callclip pull PORT`: fetch the unit's session log, check it, keep it in the archive.

What is there already is not fetched again: a segment goes on at the byte where the archive's copy
ends, once its CRC-32 up to there agrees with the unit's. A segment under way stands in a .part
file, so a pull that breaks off goes on where it stopped.
Ref: docs/protocol.md (how to pull), docs/log-format.md.
"""

import json
import os
import time
import zlib
from pathlib import Path

import click
from callclip.core import protocol

from host_tools import archive, options
from host_tools.failure import NOT_VERIFIED, Failure
from host_tools.link import TIMEOUT_S, Client, Refused, Silence
from host_tools.output import reason_of, say, show, show_json, whole_file
from host_tools.progress import Progress

_LEAST_PAGE_BYTES = 32


class Pull:
    """One log's segments from the unit into its folder."""

    def __init__(self, client, folder, log_id, is_all):
        self._client = client
        self._folder = folder
        self._log_id = log_id
        self._is_all = is_all
        self._page_bytes = protocol.MAX_PAGE_BYTES
        self.n_new_bytes = 0
        self.conflicts = []  # sentences: archive and unit disagree, and the archive's is kept

    def run(self, rows, progress):
        self._folder.mkdir(parents=True, exist_ok=True)
        for number, n_bytes in rows:
            self._segment(number, n_bytes, progress)

    def _segment(self, number, n_bytes, progress):
        path = archive.segment_path(self._folder, number)
        kept = path.read_bytes() if path.exists() else b""
        is_held = self._agrees(number, kept)
        if is_held and len(kept) >= n_bytes and not self._is_all:
            return
        part = path.with_suffix(path.suffix + ".part")
        self._fill(part, self._start(part, kept if is_held else b"", number), number, n_bytes)
        data = part.read_bytes()
        if kept and not is_held and _is_sound(path, kept) and not _is_sound(path, data):
            words = f"{path}: the unit's copy of this segment is damaged now; the earlier one stays"
            self.conflicts.append(words)
            part.unlink()
        else:
            self._finish(part, path)
        progress.at(self.n_new_bytes)

    def _agrees(self, number, held):
        """True: the unit's segment begins with these bytes."""
        if not held:
            return True
        try:
            sent = {"segment": number, "n_bytes": len(held)}
            return self._client.ask(protocol.LOG_CRC, sent)["crc"] == zlib.crc32(held)
        except Refused as refusal:
            if refusal.code == protocol.BAD_BODY:
                return False  # the unit's segment is shorter: not the same one
            raise

    def _start(self, part, kept, number):
        """Bytes to go on from: a .part of an earlier pull, else what the archive holds."""
        begun = part.read_bytes() if part.exists() else b""
        if self._is_all:
            return b""
        if len(begun) > len(kept) and self._agrees(number, begun):
            return begun
        return kept

    def _fill(self, part, held, number, n_bytes):
        with open(part, "wb") as file:
            file.write(held)
            at = len(held)
            while at < n_bytes:
                data = self._page(number, at, n_bytes)
                file.write(data)
                file.flush()
                at += len(data)
                self.n_new_bytes += len(data)
            os.fsync(file.fileno())

    def _page(self, number, at, n_bytes):
        """The next bytes of a segment; on a bad cable less and less at a time, as a short answer
        arrives whole where a long one never does."""
        ends = time.monotonic() + self._client.timeout_s
        while True:
            wanted = min(self._page_bytes, n_bytes - at)
            sent = {"segment": number, "offset_bytes": at, "n_bytes": wanted}
            try:
                page = self._client.try_briefly(protocol.LOG_READ, sent)
                break
            except Silence:
                if time.monotonic() > ends:
                    raise
                self._page_bytes = max(_LEAST_PAGE_BYTES, self._page_bytes // 2)
        if page["offset_bytes"] != at or not page["data"]:
            words = f"segment {number} ends at byte {at} of {n_bytes}"
            raise Failure(f"{self._client.port}: {words}; pull again", NOT_VERIFIED)
        return page["data"]

    @staticmethod
    def _finish(part, path):
        os.replace(part, path)
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)  # the new name itself survives a power cut
        finally:
            os.close(folder)


def _is_sound(path, data):
    return not any(isinstance(item, archive.Problem) for item in archive.stretches(path, data))


def _set_clock(client, is_forced):
    """Give the unit the time if it has none: (was it set, its offset from ours in ms)."""
    clock = client.ask(protocol.CLOCK_GET)
    offset_ms = clock["unix_ms"] - time.time_ns() // 1_000_000 if clock["is_known"] else None
    if clock["is_known"] and not is_forced:
        return False, offset_ms
    client.ask(protocol.CLOCK_SET, {"unix_ms": time.time_ns() // 1_000_000})
    return True, offset_ms


def _write_events(path, log):
    with whole_file(path) as file:
        for row in archive.event_rows(log):
            file.write(json.dumps(row, ensure_ascii=False) + "\n")


def _result(client, log, folder, pull, clock):
    return {
        "port": client.port,
        "unit": client.hello["unit_id"],
        "unit_number": client.hello["unit_number"],
        "folder": str(folder),
        "log_id": f"{log.log_id:08x}",
        "new_bytes": pull.n_new_bytes,
        "bytes": log.n_bytes,
        "records": log.n_records,
        "records_lost": log.n_lost,
        "boots": len(log.boots),
        "events": sum(len(boot.events) for boot in log.boots),
        "is_clock_set": clock[0],
        "clock_offset_ms": clock[1],
        "torn_tails": [str(problem) for problem in log.problems if problem.is_loss],
        "damages": [str(problem) for problem in log.problems if not problem.is_loss]
        + pull.conflicts,
    }


def _tell(result):
    show(
        f"unit {result['unit']}: {result['records']} records in {result['bytes']} bytes, "
        f"{result['new_bytes']} bytes new, {result['events']} events; "
        f"{'damaged' if result['damages'] else 'verified'}"
    )
    show(f"kept in {result['folder']}")
    if result["is_clock_set"]:
        say("the unit did not know the time; its clock is set now")
    if result["records_lost"]:
        say(f"{result['records_lost']} records were never written by the unit (file system full?)")
    for words in result["torn_tails"]:
        say(f"note: {words}; the records before it are whole")


def pull_log(client, out, is_all=False, is_clock_forced=False):
    """Fetch and check everything: (result dict, Log). Raises Failure; damage is in the result."""
    clock = _set_clock(client, is_clock_forced)
    log_id, rows = client.segments()
    folder = archive.log_folder(out, client.hello["unit_id"], log_id)
    pull = Pull(client, folder, log_id, is_all)
    n_total = sum(n_bytes for _number, n_bytes in rows)
    try:
        with Progress(f"unit {client.hello['unit_id']}", n_total) as progress:
            pull.run(rows, progress)
    except OSError as error:
        place = error.filename or folder
        words = f"{place}: cannot be written ({reason_of(error)})"
        raise Failure(f"{words}; free some space or give another folder with --out") from error
    log = archive.read_log(folder)
    return _result(client, log, folder, pull, clock), log


@click.command()
@click.argument("port")
@click.option(
    "--out", default=archive.DEFAULT_FOLDER, show_default=True, metavar="DIR",
    help="Archive folder; each unit has its own below it.",
)  # fmt: skip
@click.option("--all", "is_all", is_flag=True, help="Fetch again what the archive already holds.")
@click.option("--events", metavar="OUT.jsonl", help="Write the unit's events as JSON lines, too.")
@click.option("--set-clock", is_flag=True, help="Set the unit's clock although it knows a time.")
@options.timeout(TIMEOUT_S)
@options.as_json
def command(port, out, is_all, events, set_clock, timeout_s, is_json):
    """Fetch the session log from the unit on PORT and verify it.

    Fetches only what the archive does not hold yet, and goes on where an earlier pull broke off.
    Gives the unit the time if it does not know it.
    """
    if Path(out).exists() and not Path(out).is_dir():
        raise Failure(f"{out}: is not a folder; give a folder with --out")
    with Client(port, timeout_s) as client:
        result, log = pull_log(client, out, is_all, set_clock)
    if events:
        _write_events(events, log)
    if is_json:
        show_json(result)
    else:
        _tell(result)
    if result["damages"]:
        words = result["damages"][0]
        raise Failure(f"{words}; the records outside the damage are kept", NOT_VERIFIED)
