"""`callclip demo` as a user runs it: with and without a terminal, interrupted, and refused."""

import json
import os
import pty
import select
import signal
import subprocess
import sys
import time

import pytest

from host_tools import archive
from tests.program import assert_refused, callclip

COMMAND = [sys.executable, "-m", "host_tools.cli", "demo"]


@pytest.fixture(scope="module")
def told(tmp_path_factory):
    """(outcome, folder) of a fast morning with --json."""
    folder = tmp_path_factory.mktemp("demo")
    return callclip("demo", "--speed", "60", "--json", "--out", folder, timeout_s=120), folder


def test_json_has_stdout_for_itself(told):
    outcome, folder = told
    assert outcome.exit_code == 0, outcome.err
    result = json.loads(outcome.out)
    assert result["report"] == str(folder / "report.html")
    assert result["pull"]["damages"] == []
    assert "Nobody there: hang up." in outcome.err


def test_the_pulled_log_has_the_events_that_were_seen(told):
    outcome, folder = told
    seen = json.loads(outcome.out)["events"]
    (log,) = archive.read(str(folder / "logs"))
    (boot,) = log.boots
    pulled = [(event.name, event.t_frames * 20, event.call) for event in boot.events]
    assert pulled == [(event["event"], event["t_ms"], event["call"]) for event in seen]
    moments = [boot.ms_from_frames(n_frames) / 1000 for n_frames in (-750, 750)]
    first, last = (time.strftime("%H:%M", time.localtime(moment)) for moment in moments)
    assert (first, last) == ("08:59", "09:00")


def test_the_report_is_a_page_with_the_calls(told):
    _outcome, folder = told
    page = (folder / "report.html").read_text(encoding="utf-8")
    assert page.startswith("<!")
    assert page.rstrip().endswith("</html>")
    assert "silent call" in page.lower()


def read_for(handle, process, timeout_s):
    """What comes out of a pty until the process ends or time is up."""
    out, ends = b"", time.monotonic() + timeout_s
    while time.monotonic() < ends:
        if select.select([handle], [], [], 0.1)[0]:
            try:
                data = os.read(handle, 65536)
            except OSError:
                break  # the other side is closed
            if not data:
                break
            out += data
        elif process.poll() is not None:
            break
    return out.decode("utf-8", "replace")


def start_on_terminal(folder, speed):
    """The demo on a pty of its own: (process, master side)."""
    master, slave = pty.openpty()
    environment = {**os.environ, "TERM": "xterm-256color", "COLUMNS": "100", "LINES": "40"}
    environment.pop("NO_COLOR", None)
    process = subprocess.Popen(
        [*COMMAND, "--speed", str(speed), "--out", str(folder)],
        stdin=slave, stdout=slave, stderr=slave, env=environment, start_new_session=True,
    )  # fmt: skip
    os.close(slave)
    return process, master


def test_on_a_terminal_the_bead_is_drawn_and_the_report_named(tmp_path):
    process, master = start_on_terminal(tmp_path, 60)
    try:
        text = read_for(master, process, 120)
        assert process.wait(120) == 0, text[-2000:]
    finally:
        process.kill()
        process.wait()
        os.close(master)
    assert "▀" in text
    assert "\x1b[?25l" in text  # cursor away while drawing
    assert text.rindex("\x1b[?25h") > text.rindex("\x1b[?25l")  # and back
    assert "The report:" in text
    assert (tmp_path / "report.html").is_file()


def test_ctrl_c_ends_it_cleanly(tmp_path):
    process, master = start_on_terminal(tmp_path, 4)
    try:
        text = ""
        ends = time.monotonic() + 60
        while "▀" not in text and time.monotonic() < ends:
            text += read_for(master, process, 0.5)
        os.killpg(process.pid, signal.SIGINT)
        text += read_for(master, process, 20)
        assert process.wait(120) == 130
    finally:
        process.kill()
        process.wait()
        os.close(master)
    assert "Traceback" not in text
    assert "callclip: stopped" in text
    assert text.rindex("\x1b[?25h") > text.rindex("\x1b[?25l")
    assert not (tmp_path / "report.html").exists()


def test_a_place_that_cannot_be_written_is_told_at_once(tmp_path):
    (tmp_path / "file").write_text("")
    outcome = callclip("demo", "--out", tmp_path / "file" / "sub")
    assert_refused(outcome, tmp_path / "file", "--out")


def test_a_speed_out_of_range_is_told():
    assert_refused(callclip("demo", "--speed", "0"), "0", "1<=x<=60")
