"""callclip pull of logs of every awkward size: nothing, a byte, a page and a chunk and one byte to
either side of them, a full ring."""

import json

import pytest
from callclip.core import batches, chain, protocol, records

from host_tools import logchain
from host_tools.link import Client
from host_tools.logfetch import MOST_CHUNK_BYTES, LogFetch
from tests.host.desk import Desk
from tests.logbytes import LogWriter
from tests.program import callclip

PAGE, CHUNK = protocol.MAX_PAGE_BYTES, MOST_CHUNK_BYTES
SIZES = [size + more for size in (PAGE, CHUNK, 2 * CHUNK) for more in (-1, 0, 1)]
LOG_ID = 0xC11B
_MOST_WORDS = 200


def segment_of(log, number, n_bytes):
    """A segment of exactly that many bytes, sealed at its end."""
    n_seal = number - 1
    rows = [log.segment_row(LOG_ID, number, seal=n_seal)]
    seal = (records.SEAL, {"seal": n_seal, "unix_ms": 0})
    data = log.batch(rows)
    frame = batches.HEAD_BYTES + batches.TAIL_BYTES + records.HEAD_BYTES + 1
    last = frame + len(records.encode(seal[0], records.pack(*seal)))
    while True:
        n_left = n_bytes - len(data)
        n_words = min(_MOST_WORDS, n_left - last)
        if n_left - n_words - frame < last and n_left - last > n_words:
            n_words = (n_left - last - frame) // 2  # so that what is left has room for its own
        is_last = n_words == n_left - last
        rows = [(records.RESTART, {"words": "x" * n_words})]
        data += log.batch([*rows, seal] if is_last else rows)
        if is_last:
            assert len(data) == n_bytes
            log.key = chain.next_key(log.key)
            return data


def pulled(desk, out):
    outcome = callclip("pull", desk.port, "--out", out, "--json")
    assert outcome.exit_code == 0, outcome.out + outcome.err
    held = {int(path.stem): path.read_bytes() for path in out.rglob("*.clog")}
    on_unit = {int(path.stem): path.read_bytes() for path in desk.folder.rglob("*.clog")}
    assert held == on_unit
    assert not list(out.rglob("*.part"))
    return json.loads(outcome.out), held


def test_a_page_and_a_chunk_and_a_byte_to_either_side(tmp_path):
    folder = tmp_path / "unit" / "log"
    folder.mkdir(parents=True)
    log = LogWriter()
    for number, n_bytes in enumerate(SIZES, 1):
        (folder / f"{number:06d}.clog").write_bytes(segment_of(log, number, n_bytes))
    with Desk(tmp_path / "unit") as desk:
        found, held = pulled(desk, tmp_path / "logs")
    assert [len(held[number]) for number in range(1, len(SIZES) + 1)] == SIZES
    assert found["torn_tails"] == [] and found["bytes"] > sum(SIZES)
    assert len(held) == len(SIZES) + 1  # the unit's own words of this start


@pytest.mark.parametrize("n_bytes", [0, 1])
def test_a_segment_of_nothing_and_of_a_byte(tmp_path, n_bytes):
    """As a power cut leaves them at a segment's begin."""
    folder = tmp_path / "unit" / "log"
    folder.mkdir(parents=True)
    (folder / "000001.clog").write_bytes(segment_of(LogWriter(), 1, 500))
    (folder / "000002.clog").write_bytes(b"\xc2"[:n_bytes])
    with Desk(tmp_path / "unit") as desk:
        found, held = pulled(desk, tmp_path / "logs")
        purged = callclip("pull", desk.port, "--out", tmp_path / "logs", "--purge", "--json")
        assert json.loads(purged.out)["segments_purged"] == 2, purged.err
    assert len(held[2]) == n_bytes
    assert len(found["torn_tails"]) == n_bytes
    assert len(held) == 3


def test_a_log_that_has_just_begun(tmp_path):
    with Desk(tmp_path / "unit") as desk:
        found, held = pulled(desk, tmp_path / "logs")
    assert list(held) == [1]
    assert found["records"] == 3  # BOOT, CONFIG, and the CLOCK of this pull


def test_a_full_ring(tmp_path):
    """128 KB, of which the oldest segments are gone already."""
    with Desk(tmp_path / "unit", 14_000, segment_bytes=32_704) as desk:
        found, held = pulled(desk, tmp_path / "logs")
    assert min(held) > 1 and len(held) >= 3
    assert found["bytes"] > 90_000
    verdict = logchain.verify(found["folder"])
    assert verdict.is_good and verdict.n_unsigned == verdict.n_batches > 1000


class _Seen:
    """Progress, as somebody would see it who reckons a rate from it."""

    def __init__(self):
        self.calls = []

    def at(self, n_bytes):
        self.calls.append(("at", n_bytes))

    def go_on_at(self, n_bytes):
        self.calls.append(("go on", n_bytes))


def test_bytes_that_were_there_count_for_no_rate(tmp_path):
    """A pull that goes on: the whole of one segment and half of another are in the archive."""
    folder = tmp_path / "unit" / "log"
    folder.mkdir(parents=True)
    log = LogWriter()
    for number in (1, 2):
        (folder / f"{number:06d}.clog").write_bytes(segment_of(log, number, 3000))
    with Desk(tmp_path / "unit") as desk, Client(desk.port) as client:
        _log_id, rows, _head = client.segments()
        out = tmp_path / "logs"
        out.mkdir()
        (out / "000001.clog").write_bytes((folder / "000001.clog").read_bytes())
        (out / "000002.clog").write_bytes((folder / "000002.clog").read_bytes()[:2000])
        seen = _Seen()
        LogFetch(client, out, False).run(rows, seen)
    (third,) = (n_bytes for number, n_bytes in rows if number == 3)
    assert [n for kind, n in seen.calls if kind == "go on"] == [3000, 5000]
    came = [n for kind, n in seen.calls if kind == "at"]
    assert came == sorted(came) and came[0] > 5000 and came[-1] == 6000 + third
