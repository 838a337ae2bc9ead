"""callclip pull against the unit's own code in the VM: whole, again, broken off, through noise,
and everything that can be wrong with port, unit, log and archive."""

import json
import os
import re
import resource
import subprocess
import sys
import threading
import time
import tty

import pytest
from callclip.core import batches, protocol, records

from host_tools import archive
from host_tools.link import Client
from host_tools.logfetch import LogFetch
from host_tools.pullprogress import Silent
from simulator.cable import Cable
from tests.host.desk import Desk, noise
from tests.logbytes import LogWriter
from tests.program import assert_refused, callclip

N_EVENTS = 600


@pytest.fixture
def desk(tmp_path):
    with Desk(tmp_path / "unit", N_EVENTS) as unit:
        yield unit


def pull(port, out, *words):
    return callclip("pull", port, "--out", out, *words)


def pulled_ok(port, out, *words):
    outcome = pull(port, out, "--json", *words)
    assert outcome.exit_code == 0, outcome.out + outcome.err
    return json.loads(outcome.out)


def segments(folder):
    """Segment files below a folder as {number: bytes}."""
    return {int(path.stem): path.read_bytes() for path in folder.rglob("*.clog")}


def assert_same_log(desk, out):
    assert segments(out) == segments(desk.folder)
    assert not list(out.rglob("*.part"))


def test_fetches_everything_and_says_what(desk, tmp_path):
    out = tmp_path / "logs"
    found = pulled_ok(desk.port, out)
    assert_same_log(desk, out)
    assert found["unit"] == "02c1a55e0001"
    assert found["events"] == N_EVENTS
    assert found["records"] == N_EVENTS + 3  # BOOT, CONFIG, and the CLOCK of this pull
    assert found["bytes"] == found["new_bytes"] == sum(map(len, segments(out).values()))
    assert found["is_clock_set"]
    assert found["damages"] == found["torn_tails"] == []
    assert len(segments(out)) > 1


def test_a_second_pull_fetches_only_what_is_new(desk, tmp_path):
    out = tmp_path / "logs"
    pulled_ok(desk.port, out)
    assert pulled_ok(desk.port, out)["new_bytes"] == 0
    again = pulled_ok(desk.port, out, "--set-clock")
    assert 0 < again["new_bytes"] < 80  # the CLOCK record, the GAP of its write
    assert_same_log(desk, out)


def test_all_fetches_everything_again(desk, tmp_path):
    out = tmp_path / "logs"
    first = pulled_ok(desk.port, out)
    assert pulled_ok(desk.port, out, "--all")["new_bytes"] == first["bytes"]
    assert_same_log(desk, out)


def test_events_as_json_lines(desk, tmp_path):
    path = tmp_path / "events.jsonl"
    before_ms = time.time() * 1000
    pulled_ok(desk.port, tmp_path / "logs", "--events", path)
    rows = [json.loads(line) for line in path.read_text().splitlines()]
    assert len(rows) == N_EVENTS
    assert [row["stage"] for row in rows[:4]] == [1, 2, 3, 1]
    assert {(row["event"], row["boot"], row["is_unix"]) for row in rows} == {
        ("SILENT_CALL", 1, True)
    }
    # No microphones here: the clock was set in frame 0, and event i lies 50 i frames later.
    assert 0 <= rows[0]["t_ms"] - before_ms < 20000
    assert [row["t_ms"] - rows[0]["t_ms"] for row in rows] == [1000 * i for i in range(N_EVENTS)]


@pytest.mark.parametrize("n_bytes", [300, 1500, 3000, 4400, 5000])
def test_a_broken_pull_goes_on_where_it_stopped(desk, tmp_path, n_bytes):
    out = tmp_path / "logs"
    left = n_bytes

    def cut(data):
        nonlocal left
        left -= len(data)
        return data if left >= 0 else b""

    with Cable(desk.port, cut) as cable:
        broken = pull(cable.port, out, "--timeout", 0.7)
    assert broken.exit_code == 3
    assert "no answer" in broken.err
    n_held = sum(path.stat().st_size for path in out.rglob("*.clog*"))
    again = pulled_ok(desk.port, out)
    assert_same_log(desk, out)
    if n_bytes > 2000:
        assert n_held > 0
        assert again["new_bytes"] <= again["bytes"] - n_held + 40  # and the clock's record


@pytest.mark.parametrize("seed", range(3))
def test_a_noisy_cable_only_takes_longer(desk, tmp_path, seed):
    out = tmp_path / "logs"
    with Cable(desk.port, noise(seed, 0.0005)) as cable:
        pulled_ok(cable.port, out, "--timeout", 20)
    assert_same_log(desk, out)


def test_a_long_answer_that_never_arrives_whole_is_asked_for_in_pieces(desk, tmp_path):
    """A cable that loses one byte in 700, as regular as a faulty hub."""
    out = tmp_path / "logs"
    n_passed = 0

    def lossy(data):
        nonlocal n_passed
        kept = bytes(byte for i, byte in enumerate(data, n_passed) if i % 700 != 699)
        n_passed += len(data)
        return kept

    with Cable(desk.port, lossy) as cable:
        pulled_ok(cable.port, out, "--timeout", 20)
    assert_same_log(desk, out)


def test_nobody_answers(tmp_path):
    master, slave = os.openpty()
    tty.setraw(slave)
    started = time.monotonic()
    outcome = pull(os.ttyname(slave), tmp_path / "logs", "--timeout", 0.5)
    assert_refused(outcome, os.ttyname(slave), "no answer within 0.5 s", exit_code=3)
    assert time.monotonic() - started < 3
    assert not (tmp_path / "logs").exists()
    os.close(master)
    os.close(slave)


def test_no_such_port(tmp_path):
    outcome = pull("/dev/ttyNOWHERE", tmp_path / "logs")
    assert_refused(outcome, "/dev/ttyNOWHERE", "no such port", "callclip devices", exit_code=3)


def test_a_file_is_no_port(tmp_path):
    (tmp_path / "file").write_text("x")
    assert_refused(pull(tmp_path / "file", tmp_path / "logs"), "not a serial port")
    assert_refused(pull(tmp_path, tmp_path / "logs"), f"{tmp_path}: not a serial port")


def test_out_is_a_file(desk, tmp_path):
    (tmp_path / "file").write_text("x")
    assert_refused(pull(desk.port, tmp_path / "file"), "file", "--out")


@pytest.mark.parametrize("timeout_s", ["0", "-1", "nan", "soon"])
def test_a_time_out_that_is_none(desk, tmp_path, timeout_s):
    outcome = pull(desk.port, tmp_path / "logs", "--timeout", timeout_s)
    assert_refused(outcome, "--timeout")


def test_the_archive_cannot_grow(desk, tmp_path):
    """A limit on file size stands for a full disk: the same write fails."""
    out = tmp_path / "logs"
    command = [sys.executable, "-m", "host_tools.cli", "pull", desk.port, "--out", str(out)]

    def limit():
        resource.setrlimit(resource.RLIMIT_FSIZE, (2500, 2500))

    done = subprocess.run(
        command, capture_output=True, text=True, preexec_fn=limit, timeout=30, check=False
    )
    assert done.returncode == 2
    assert re.fullmatch(r"callclip: .*cannot be written.*--out\n", done.stderr), done.stderr
    assert not list(out.rglob("*.clog"))
    pulled_ok(desk.port, out)
    assert_same_log(desk, out)


def test_the_folder_for_events_is_missing(desk, tmp_path):
    out = tmp_path / "logs"
    outcome = pull(desk.port, out, "--events", tmp_path / "nowhere" / "events.jsonl")
    assert_refused(outcome, "nowhere", "folder")
    assert not out.exists()


def test_a_unit_that_cannot_keep_a_log_says_so(tmp_path):
    folder = tmp_path / "unit"
    folder.mkdir()
    (folder / "log").write_text("not a folder")
    with Desk(folder, 10) as desk:
        outcome = pull(desk.port, tmp_path / "logs")
    assert outcome.exit_code == 0
    assert "0 records" in outcome.out
    assert " reports: log: " in outcome.err


def test_a_segment_deleted_while_it_is_fetched(desk, tmp_path):
    """The unit's oldest segment goes between list and read: everything else is fetched."""
    with Client(desk.port) as client:
        log_id, rows, _head = client.segments()
        folder = archive.log_folder(tmp_path, "x", log_id)
        fetch = LogFetch(client, folder, False)
        with Silent().task("", 1) as progress:
            fetch.run([(99, 500), *rows], progress)
    assert_same_log(desk, tmp_path / "x")


def damage(desk, number, offset_bytes):
    path = desk.folder / "log" / f"{number:06d}.clog"
    data = bytearray(path.read_bytes())
    data[offset_bytes] ^= 0x10
    path.write_bytes(data)


def test_damage_on_the_unit_is_told_with_its_place(desk, tmp_path):
    out = tmp_path / "logs"
    whole = segments(desk.folder)[1]
    hit = [row[0] for row in batches.scan(whole)][20]
    damage(desk, 1, hit + 9)
    outcome = pull(desk.port, out)
    assert outcome.exit_code == 4
    assert re.search(rf"000001\.clog, byte {hit}: .*CRC", outcome.err), outcome.err
    log = archive.read(out)[0]
    assert sum(len(boot.events) for boot in log.boots) == N_EVENTS - 8  # one batch of the desk's


def test_a_torn_tail_is_no_damage(desk, tmp_path):
    path = max((desk.folder / "log").glob("*.clog"))
    path.write_bytes(path.read_bytes()[:-5])
    desk.restart()
    found = pulled_ok(desk.port, tmp_path / "logs")
    assert len(found["torn_tails"]) == 1
    assert path.name in found["torn_tails"][0]


def test_what_was_pulled_whole_outlives_damage_on_the_unit(desk, tmp_path):
    out = tmp_path / "logs"
    pulled_ok(desk.port, out)
    whole = segments(out)
    damage(desk, 1, 500)
    outcome = pull(desk.port, out)
    assert outcome.exit_code == 4
    assert "the earlier one stays" in outcome.err
    assert segments(out) == whole


def test_a_whole_segment_is_never_replaced_by_another_one(desk, tmp_path):
    out = tmp_path / "logs"
    pulled_ok(desk.port, out)
    path = next(out.rglob("000001.clog"))
    gap = (records.GAP, {"t_frames": 5, "lost_ms": 6, "cause": 1})
    other = LogWriter().batch([gap])
    path.write_bytes(other)
    outcome = pull(desk.port, out)
    assert outcome.exit_code == 4
    assert "000001.clog" in outcome.err
    assert path.read_bytes() == other


def test_damage_in_the_archive_is_healed(desk, tmp_path):
    out = tmp_path / "logs"
    pulled_ok(desk.port, out)
    path = next(out.rglob("000001.clog"))
    path.write_bytes(path.read_bytes()[:700] + bytes(300))
    pulled_ok(desk.port, out)
    assert_same_log(desk, out)


def test_a_log_begun_anew_is_told_and_stands_beside_the_old_one(tmp_path):
    out = tmp_path / "logs"
    with Desk(tmp_path / "first", 20) as unit:
        pulled_ok(unit.port, out)
    with Desk(tmp_path / "second", 20) as unit:
        for _time in range(2):  # until somebody says why
            outcome = pull(unit.port, out)
            assert outcome.exit_code == 4
            assert "begun anew" in outcome.err
        pulled_ok(unit.port, out, "--accept")
        pulled_ok(unit.port, out)
    assert len(archive.read(out)) == 2


def test_boots_are_told_apart(desk, tmp_path):
    out = tmp_path / "logs"
    pulled_ok(desk.port, out)
    desk.restart()
    found = pulled_ok(desk.port, out)
    assert (found["boots"], found["events"]) == (2, 2 * N_EVENTS)
    log = archive.read(out)[0]
    assert [boot.number for boot in log.boots] == [1, 2]
    assert log.n_lost == 0


def other_level(master, level):
    """A unit of another time: answers any request, in its own level."""
    deframer = protocol.Deframer()
    while True:
        try:
            data = os.read(master, 4096)
        except OSError:
            return
        for message in deframer.feed(data):
            body = bytes((protocol.WRONG_LEVEL,)) + b"another level"
            mtype = message.mtype | protocol.ANSWER
            os.write(master, protocol.frame(mtype, message.request_id, body, level))


@pytest.mark.parametrize(("level", "remedy"), [(1, "callclip flash"), (3, "on this computer")])
def test_another_protocol_level_names_the_side_to_update(tmp_path, level, remedy):
    master, slave = os.openpty()
    tty.setraw(slave)
    threading.Thread(target=other_level, args=(master, level), daemon=True).start()
    outcome = pull(os.ttyname(slave), tmp_path / "logs")
    assert_refused(outcome, f"level {level}", remedy, exit_code=3)
    os.close(slave)


def test_a_boot_banner_and_a_prompt_before_the_answer_do_no_harm(desk, tmp_path):
    is_first = True

    def chatty(data):
        nonlocal is_first
        text = b"rst:0x1 (POWERON_RESET)\r\nMicroPython v1.25\r\n>>> " if is_first else b""
        is_first = False
        return text + data

    with Cable(desk.port, chatty) as cable:
        pulled_ok(cable.port, tmp_path / "logs")
    assert_same_log(desk, tmp_path / "logs")
