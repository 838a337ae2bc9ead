"""Pulls that are killed, again and again, over a cable that loses bytes: what is in the archive
at the end must be what the unit has, and at most one chunk a kill may cross the cable twice.

Each round begins a fresh archive of one unit, kills `callclip pull` (SIGKILL) a few times at
moments of dice, lets it finish, and compares. Every other round the cable also loses 5 % of all
bytes. The pages that come out of it whole are noted: what was among them and is not in the
archive after a kill must be sent again, and that may be one chunk. On a line without loss all
bytes of pages are counted, too. Each pull is a process of its own, forked from one that has the
program loaded.
Counters: pull_kills, pull_mismatches, pull_most_bytes_again (after any one kill).
Called by: soak, tests.
"""

import multiprocessing
import os
import random
import signal
import sys
import tempfile
import time
from pathlib import Path

from callclip.core import protocol

from host_tools.logfetch import MOST_CHUNK_BYTES, PART
from host_tools.partfile import PartFile
from simulator.cable import Cable
from tests.host.desk import Desk

LOSS = 0.05
BAUD = 921_600
SEGMENT_BYTES = 32_704  # as on the unit
EVENTS = (0, 1, 100, 2500, 9000)  # in the log; the last makes some 100 KB, a dozen chunks
LOSSY_EVENTS = (0, 1, 30, 80)
LOSSY_S = 20  # that a pull takes at the least if its line loses bytes; it is repeats, not bytes
KILLS = 10  # a round
_PULL_S = 900  # on a busy computer, too
_FORKS = multiprocessing.get_context("forkserver")
_FORKS.set_forkserver_preload(["host_tools.cli", "host_tools.cmd_pull"])


def segments(folder):
    return {int(path.stem): path.read_bytes() for path in folder.rglob("*.clog")}


def _pull(port, out, said):
    """A process: `callclip pull`, with what it says in a file."""
    from host_tools import cli

    with open(said, "wb") as file:
        os.dup2(file.fileno(), 1)
        os.dup2(file.fileno(), 2)
    cli.main(["pull", port, "--out", str(out), "--timeout", "60"])


class Noting(Cable):
    """Loses each byte with probability `loss`; notes the pages of log that come out whole."""

    def __init__(self, port, loss, seed):
        super().__init__(port, baud=BAUD)
        self._loss = loss
        self._dice = random.Random(seed)
        self._sent, self._came = protocol.Deframer(), protocol.Deframer()
        self.n_page_bytes = 0  # sent by the unit
        self.pages = set()  # (offset, data) that came out

    def passes(self, data, is_to_host):
        out = data
        if self._loss:
            out = bytes(byte for byte in data if self._dice.random() >= self._loss)
        if is_to_host:
            self.n_page_bytes += sum(len(row[1]) for row in self._pages(self._sent, data))
            self.pages |= set(self._pages(self._came, out))
        return super().passes(out, is_to_host)

    @staticmethod
    def _pages(deframer, data):
        for message in deframer.feed(data):
            if message.mtype & ~protocol.SEALED == protocol.LOG_READ | protocol.ANSWER:
                status, values = protocol.read_answer(message)
                if status == protocol.OK:
                    yield values["offset_bytes"], values["data"]


def _n_again(pages, on_unit, out):
    """Bytes that came over the cable and are not in the archive: they must come once more."""
    n_again = 0
    for number, data in on_unit.items():
        is_due = bytearray(len(data))  # 1 for each byte that came and is not kept
        for offset, page in pages:
            if page and data[offset : offset + len(page)] == page:
                is_due[offset : offset + len(page)] = b"\x01" * len(page)
        kept = next(out.rglob(f"{number:06d}.clog"), None)
        n_kept = kept.stat().st_size if kept else 0
        is_due[:n_kept] = bytes(n_kept)
        part = next(out.rglob(f"{number:06d}{PART}"), None)
        if part:
            with PartFile(part, n_kept, len(data)) as file:
                missing = [is_due[start:end] for start, end in file.gaps]
            is_due = b"".join(missing)
        n_again += sum(is_due)
    return n_again


def _difference(before, held, on_unit):
    """What is wrong with the segments of an archive, or "".

    The unit goes on to write while it is pulled: the archive has all that was there before, and
    beyond that only what is there now.
    """
    for number in sorted(before.keys() | held.keys()):
        data, kept, now = (part.get(number, b"") for part in (before, held, on_unit))
        if not kept.startswith(data) or not now.startswith(kept):
            sizes = f"{len(data)} bytes before, {len(kept)} kept, {len(now)} now"
            return f"segment {number} is not the unit's: {sizes}"
    return ""


class Kills:
    def __init__(self, seed, n_kills=KILLS):
        """n_kills: in a round."""
        self._n_kills = n_kills
        self.counters = {"pull_kills": 0, "pull_mismatches": 0, "pull_most_bytes_again": 0}
        self.findings = []
        self._dice = random.Random(seed)

    def _run(self, port, out, after_s):
        """A pull that is killed then: (whether the kill came before its end, seconds)."""
        said = out.parent / "said"
        pull = _FORKS.Process(target=_pull, args=(port, out, said))
        begun = time.monotonic()
        pull.start()
        pull.join(after_s)
        pull.kill()
        pull.join()
        took_s = time.monotonic() - begun
        if pull.exitcode not in (0, -signal.SIGKILL) or after_s == _PULL_S and pull.exitcode:
            self._found(f"a pull ended with {pull.exitcode}: {said.read_text()[-500:]}")
        return pull.exitcode == -signal.SIGKILL, took_s

    def round(self, desk, folder, loss):
        """A few kills and a pull that may finish."""
        out = folder / "logs"
        with Noting(desk.port, loss, self._dice.random()) as cable:
            usual_s = LOSSY_S
            if not loss:
                _is_killed, usual_s = self._run(cable.port, folder / "first", _PULL_S)
            cable.n_page_bytes = 0
            cable.pages.clear()
            n_kills = 0
            for _ in range(self._n_kills):
                is_killed, _s = self._run(cable.port, out, usual_s * self._dice.uniform(0.05, 0.3))
                n_kills += is_killed
                if is_killed:
                    self._look(cable, desk, out)
            before = segments(desk.folder)
            self._run(cable.port, out, _PULL_S)
        self.counters["pull_kills"] += n_kills
        held, on_unit = segments(out), segments(desk.folder)
        words = _difference(before, held, on_unit)
        if list(out.rglob("*.part")):
            words = "a part of a segment is left over"
        if words:
            self._found(f"after {n_kills} kills, {loss:.0%} lost: {words}")
        n_bytes = sum(len(data) for data in on_unit.values())
        if not loss and cable.n_page_bytes > n_bytes + n_kills * MOST_CHUNK_BYTES:
            self._found(f"{cable.n_page_bytes} bytes of pages for a log of {n_bytes}")

    def _look(self, cable, desk, out):
        """After a kill: what must come again?"""
        n_again = _n_again(cable.pages, segments(desk.folder), out)
        most = max(self.counters["pull_most_bytes_again"], n_again)
        self.counters["pull_most_bytes_again"] = most
        if n_again > MOST_CHUNK_BYTES:
            self._found(f"{n_again} bytes came and were not kept")

    def _found(self, words):
        self.counters["pull_mismatches"] += 1
        self.findings.append(words)


def run(seconds, seed, on_progress, n_least=0, lossy_events=LOSSY_EVENTS, n_kills=KILLS):
    """The counters once the time is over and n_least kills are done; two rounds at the least."""
    ends = time.monotonic() + seconds
    kills = Kills(seed, n_kills)
    dice = random.Random(seed)
    n_rounds = 0
    while not kills.findings:
        is_enough = kills.counters["pull_kills"] >= n_least and n_rounds >= 2
        if is_enough and time.monotonic() >= ends:
            break
        with tempfile.TemporaryDirectory(prefix="callclip-soak-") as name:
            loss = LOSS if n_rounds % 2 else 0
            sizes = lossy_events if loss else EVENTS
            n_events = sizes[-1] if n_rounds < 2 else dice.choice(sizes)
            folder = Path(name)
            with Desk(folder / "unit", n_events, segment_bytes=SEGMENT_BYTES) as desk:
                kills.round(desk, folder, loss)
        n_rounds += 1
        on_progress(f"{kills.counters['pull_kills']} kills in {n_rounds} rounds")
    for words in kills.findings:
        sys.stderr.write(f"soak: kills: FOUND {words}\n")
    return kills.counters
