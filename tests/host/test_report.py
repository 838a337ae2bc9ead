"""`callclip report` from outside: the table in a terminal, the page, JSON, and refusals."""

import io
import json
import re

import pytest

from host_tools import report_table
from tests.host.pulled_logs import CALL, HELD, units_of, write
from tests.program import assert_refused, callclip


def test_the_command_prints_a_table_writes_a_page_and_gives_json(tmp_path):
    logs = tmp_path / "logs"
    write(logs, CALL + HELD)
    outcome = callclip("report", logs)
    assert outcome.exit_code == 0
    (line,) = [line for line in outcome.out.splitlines() if line.startswith("c1d2")]
    assert re.split(r"\s{2,}", line) == [
        *("c1d2", "2024-05-13", "2", "1 min 30 s", "7.0 s"),
        *("27 %", "20 %", "22 %", "33 %", "2/4", "2"),
    ]
    page = tmp_path / "report.html"
    assert callclip("report", logs, "--html", page).exit_code == 0
    assert page.read_text().startswith("<!DOCTYPE html>")
    data = json.loads(callclip("report", logs, "--json").out)
    assert data["total"]["n_calls"] == 2 and len(data["calls"]) == 2
    assert data["findings"][0]["calls"] == ["24a160f0c1d2-00000001-1-2"]


class Terminal(io.StringIO):
    def isatty(self):
        return True


def printed(folder, monkeypatch, columns):
    """Lines of the report in a terminal that is so wide, without colours."""
    out = Terminal()
    monkeypatch.setattr("sys.stdout", out)
    monkeypatch.setenv("COLUMNS", str(columns))
    monkeypatch.setenv("TERM", "xterm")
    report_table.show(units_of(folder))
    return re.sub(r"\x1b\[[0-9;]*m", "", out.getvalue()).splitlines()


@pytest.mark.parametrize("columns", [40, 60, 80, 100, 120])
def test_a_narrow_terminal_cuts_no_date_and_no_heading(tmp_path, monkeypatch, columns):
    write(tmp_path, CALL + HELD)
    lines = printed(tmp_path, monkeypatch, columns)
    assert max(map(len, lines)) <= columns
    assert "…" not in "\n".join(lines)
    (line,) = [line for line in lines if line.startswith("c1d2")]
    assert re.split(r"\s{2,}", line)[1:3] == ["2024-05-13", "2"]
    if columns == 80:
        assert {"1 min 30 s", "27 %", "20 %", "22 %", "33 %"} <= set(re.split(r"\s{2,}", line))


def test_a_long_finding_goes_on_under_its_first_word(tmp_path, monkeypatch):
    write(tmp_path, CALL + HELD)
    lines = printed(tmp_path, monkeypatch, 80)
    begin = next(
        n for n, line in enumerate(lines) if line.startswith("  soon    1 call with a long")
    )
    assert re.match(r" {10}\S", lines[begin + 1])


def test_bad_input_is_refused_and_nothing_is_written(tmp_path):
    page = tmp_path / "report.html"
    assert_refused(callclip("report", tmp_path / "none", "--html", page), "no such folder")
    (tmp_path / "empty").mkdir()
    assert_refused(callclip("report", tmp_path / "empty", "--html", page), "no pulled logs")
    assert not page.exists()
    write(tmp_path / "logs", CALL)
    target = tmp_path / "no" / "report.html"
    assert_refused(callclip("report", tmp_path / "logs", "--html", target), "cannot be written")


def test_a_damaged_log_is_reported_as_far_as_it_is_whole_with_exit_code_1(tmp_path):
    path = write(tmp_path, CALL + HELD)
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 0xFF
    path.write_bytes(data)
    outcome = callclip("report", tmp_path)
    assert outcome.exit_code == 1
    assert str(path) in outcome.err
    assert "with damaged or lost records" in outcome.out
