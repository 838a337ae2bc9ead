"""`callclip report`: from records of a log to calls, figures, findings, table and page."""

import io
import json
import re
from html.parser import HTMLParser

import pytest

from host_tools import (
    archive,
    report_attention,
    report_calls,
    report_figures,
    report_page,
    report_table,
)
from host_tools import report_svg as svg
from tests.host.pulled_logs import MONDAY_MS, SUMMARY, ended, row, write
from tests.program import assert_refused, callclip

CALL = [
    row("RING", 10, 0, n=1),
    row("RING", 14, 0, n=2),
    row("CALL_STARTED", 17, 1, rings=2),
    row("DEAD_AIR", 30, 1, ms=10_000),
    ended(80, 1, end_s=77),
]
HELD = [
    row("CALL_STARTED", 200, 2, rings=0),
    row("HOLD_STARTED", 213, 2, cause="MUSIC", sure=1, since_ms=210_000),
    row("LONG_HOLD", 255, 2, n=1, ms=45_000, sure=1),
    row("HOLD_ENDED", 271, 2, ms=60_000),
    ended(320, 2, duration_ms=120_000, hold_ms=60_000, holds=1, longest_hold_ms=60_000, rings=0),
]
DROPPED = [  # the line drops at 440 s, and that was the end: no hold, no long hold
    row("CALL_STARTED", 400, 3, rings=0),
    row("HOLD_STARTED", 443, 3, cause="LINE_DROPPED", sure=0, since_ms=440_000),
    row("LONG_HOLD", 485, 3, n=1, ms=45_000, sure=0),
    row("LONG_HOLD", 515, 3, n=2, ms=75_000, sure=0),
    row("CALLBACK_DUE", 620, 3, ms=180_000),
    ended(740, 3, end_s=440, cause="LINE_DROPPED", duration_ms=40_000),
]


def units_of(folder):
    return report_calls.unit_logs(archive.read(folder))


def calls_of(folder):
    return [call for unit in units_of(folder) for call in unit.calls]


def test_a_call_has_its_rings_its_true_start_and_end(tmp_path):
    write(tmp_path, CALL)
    (call,) = calls_of(tmp_path)
    assert (call.start_ms, call.end_ms) == (MONDAY_MS + 17_000, MONDAY_MS + 77_000)
    assert [event["event"] for event in call.events] == [
        "RING", "RING", "CALL_STARTED", "DEAD_AIR", "CALL_ENDED",
    ]  # fmt: skip
    assert call.summary["talk_agent_ms"] == SUMMARY["talk_agent_ms"]
    assert call.holds == []


def test_a_ring_long_before_a_call_was_another_ones(tmp_path):
    write(tmp_path, [row("RING", 10, 0, n=1), row("RING", 100, 0, n=1), *HELD])
    (call,) = calls_of(tmp_path)
    assert call.count("RING") == 0


def test_a_hold_lasts_from_its_beginning_not_from_its_detection(tmp_path):
    write(tmp_path, HELD)
    (call,) = calls_of(tmp_path)
    assert call.holds == [(MONDAY_MS + 210_000, MONDAY_MS + 270_000)]


def test_holds_after_what_turned_out_to_be_the_end_are_left_out(tmp_path):
    write(tmp_path, DROPPED)
    (call,) = calls_of(tmp_path)
    assert [event["event"] for event in call.events] == ["CALL_STARTED", "CALL_ENDED"]
    assert call.holds == []
    assert report_attention.findings(units_of(tmp_path)) == []


def test_an_unsure_hold_that_was_one_stays(tmp_path):
    back = [
        *DROPPED[:3],
        row("HOLD_ENDED", 500, 3, ms=60_000),
        ended(540, 3, duration_ms=140_000, hold_ms=60_000, holds=1),
    ]
    write(tmp_path, back)
    (call,) = calls_of(tmp_path)
    assert call.count("LONG_HOLD") == 1
    assert call.holds == [(MONDAY_MS + 440_000, MONDAY_MS + 500_000)]


def test_a_call_that_the_log_cuts_off_counts_but_gives_no_figures(tmp_path):
    write(tmp_path, [*CALL, *HELD[:3]])
    calls = calls_of(tmp_path)
    assert calls[1].summary is None
    assert calls[1].holds == [(MONDAY_MS + 210_000, MONDAY_MS + 255_000)]
    figures = report_figures.of(calls)
    assert (figures.n_calls, figures.n_ended, figures.average_handle_ms) == (2, 1, 60_000)


def test_the_same_call_number_of_two_boots_are_two_calls(tmp_path):
    write(tmp_path, CALL)
    write(tmp_path, CALL, boot=2, unix_ms=MONDAY_MS + 3_600_000)
    assert len({call.key for call in calls_of(tmp_path)}) == 2


def test_a_unit_whose_log_began_anew_keeps_all_its_calls_apart(tmp_path):
    write(tmp_path, CALL)
    write(tmp_path, CALL, unix_ms=MONDAY_MS + 3_600_000, log_id=2)
    assert len({call.key for call in calls_of(tmp_path)}) == 2
    _text, page = page_of(tmp_path)
    ids = page.attributes("id")
    assert len(ids) == len(set(ids))


def test_figures_add_up(tmp_path):
    write(tmp_path, CALL + HELD)
    figures = report_figures.of(calls_of(tmp_path))
    assert figures.handle_ms == 180_000
    assert figures.average_handle_ms == 90_000
    assert figures.average_answer_ms == 7_000  # of the one call that rang
    assert figures.hold_ms == 60_000 and figures.n_held_calls == 1
    assert figures.share_pct("hold_ms") == 33
    assert figures.interruptions_customer == 4


@pytest.mark.parametrize(
    ("longest_ms", "amazon", "nice", "google"),
    [
        (2_980, (0, 0), (0, 0), (0, 0)),
        (3_000, (0, 0), (3_000, 20_000), (0, 0)),
        (3_020, (3_020, 20_000), (3_020, 20_000), (0, 0)),
        (5_000, (5_000, 20_000), (5_000, 20_000), (0, 0)),
        (5_020, (5_020, 20_000), (5_020, 20_000), (5_020, 20_000)),
    ],
)
def test_silence_as_other_programs_count_it(tmp_path, longest_ms, amazon, nice, google):
    write(tmp_path, [*CALL[:-1], ended(77, 1, longest_silence_ms=longest_ms)])
    figures = report_figures.of(calls_of(tmp_path))
    assert figures.non_talk_amazon_ms == amazon
    assert figures.silence_nice_ms == nice
    assert figures.silence_google_ms == google


def test_amazons_non_talk_time_counts_hold_and_the_others_do_not(tmp_path):
    write(tmp_path, HELD)
    figures = report_figures.of(calls_of(tmp_path))
    assert figures.non_talk_amazon_ms == (60_000, 60_000)
    assert figures.silence_nice_ms == (0, 0)


def test_findings_stand_in_order_of_urgency_with_their_calls(tmp_path):
    shock = row("ACOUSTIC_SHOCK", 300, 2, peak_cdb=-100, rise_cdb=2000, ms=80, clipped=1)
    write(tmp_path, [*CALL, *HELD[:-1], shock, HELD[-1]])
    findings = report_attention.findings(units_of(tmp_path))
    assert [finding.rank for finding in findings] == ["urgent", "soon", "soon"]
    assert "dangerously loud" in findings[0].title
    assert [call.number for call in findings[0].calls] == [2]
    assert {call.number for finding in findings[1:] for call in finding.calls} == {1, 2}


def test_what_is_wrong_with_a_log_is_a_finding(tmp_path):
    write(tmp_path, CALL, unix_ms=None, gap_ms=61_000)
    path = write(tmp_path, CALL, unit_id="24a160f00002")
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 0xFF
    path.write_bytes(data)
    titles = " ".join(finding.title for finding in report_attention.findings(units_of(tmp_path)))
    for words in ("damaged", "unknown date", "did not hear 1 min 1 s"):
        assert words in titles


def test_undated_calls_say_so_instead_of_a_date_of_1970(tmp_path):
    write(tmp_path, CALL, unix_ms=None)
    (call,) = calls_of(tmp_path)
    assert (call.day, call.clock) == ("date unknown", "+0:00:17")
    assert report_page.period_words([call]) == "date unknown"


@pytest.mark.parametrize(
    ("ids", "names"),
    [
        (["24a160f0c1d2"], ["c1d2"]),
        (["24a160f0c1d2", "24a161f0c1d2"], ["0f0c1d2", "1f0c1d2"]),
        (["u1", "u2"], ["u1", "u2"]),
    ],
)
def test_a_units_pseudonym_is_the_shortest_end_that_tells_it_apart(ids, names):
    assert list(report_page.unit_names(ids).values()) == names


class Outline(HTMLParser):
    """Elements of a page: tags with attributes, ids, links, and the text."""

    VOID = ("meta", "link", "br", "img")

    def __init__(self, text):
        super().__init__()
        self.elements = []
        self.open = []
        self.words = []
        self.feed(text)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        if self.open and self.open[-1] != "style":
            self.words.append(data)

    def attributes(self, name):
        return [attrs[name] for _tag, attrs in self.elements if name in attrs]

    @property
    def text(self):
        return " ".join(" ".join(self.words).split())


def page_of(folder):
    text = report_page.page(units_of(folder), MONDAY_MS + 86_400_000)
    return text, Outline(text)


def test_the_page_is_well_formed_and_needs_nothing_from_outside(tmp_path):
    write(tmp_path, CALL + HELD + DROPPED)
    text, page = page_of(tmp_path)
    tags = {tag for tag, _attrs in page.elements}
    assert not tags & {"script", "img", "iframe", "object"}
    assert re.findall(r"(?:src|href)=\"(?!#|data:)[^\"]*", text) == []
    assert "@import" not in text and "url(" not in text and "http://" not in text
    assert ("html", {"lang": "en"}) in page.elements
    ids = page.attributes("id")
    assert len(ids) == len(set(ids))
    for link in page.attributes("href"):
        assert link == "data:," or link[1:] in ids, f"{link} leads nowhere"
    for label in page.attributes("aria-labelledby"):
        assert label in ids


def test_the_page_puts_attention_first_and_privacy_last(tmp_path):
    write(tmp_path, CALL + HELD)
    _text, page = page_of(tmp_path)
    sections = [a["id"] for tag, a in page.elements if tag in ("section", "footer")]
    assert sections == ["attention", "figures", "units", "calls", "privacy"]
    assert "never sound" in page.text
    assert "1 call with a long hold" in page.text
    assert "13 May 2024" in page.text


def test_the_page_draws_each_call_with_its_events_and_says_it_in_words(tmp_path):
    write(tmp_path, CALL + HELD)
    _text, page = page_of(tmp_path)
    drawings = [a for tag, a in page.elements if tag == "svg" and a["class"] == "line"]
    assert len(drawings) == 2
    assert all(drawing["role"] == "img" for drawing in drawings)
    assert "customer waits for an answer at 00:13.0" in drawings[0]["aria-label"]
    assert "hold from 00:10.0 to 01:10.0" in drawings[1]["aria-label"]
    assert "hold 1 min" in page.text


def test_marks_and_bars_stand_at_their_place_on_the_line(tmp_path):
    write(tmp_path, CALL)
    (call,) = calls_of(tmp_path)
    drawing = str(svg.TimeLine(call).svg("call"))
    # First ring at 10 s, end at 77 s: the call begins at 7 / 67, dead air comes at 20 / 67.
    assert re.findall(r'<rect class="(\w+)" x="([\d.]+)%"[^>]* width="([\d.]+)%"', drawing) == [
        ("ringing", "0.0", "10.45"),
        ("talk", "10.45", "89.55"),
    ]
    assert re.findall(r'<circle cx="([\d.]+)%"', drawing) == ["29.85"]


def test_the_shares_of_a_call_add_up_to_its_length():
    rows = svg.shares(SUMMARY)
    assert sum(ms for _kind, _words, ms, _pct in rows) == SUMMARY["duration_ms"]
    assert sum(pct for *_rest, pct in rows) == pytest.approx(100, abs=0.3)
    assert [(kind, ms) for kind, _words, ms, _pct in rows][:3] == [
        ("agent", 22_000), ("customer", 16_000), ("both", 2_000),
    ]  # fmt: skip


def test_words_from_a_log_cannot_break_the_page(tmp_path):
    write(tmp_path, CALL, unit_id="<script>alert(1)</script>&\"'")
    text, page = page_of(tmp_path)
    assert "<script" not in text
    assert not any(name.startswith("on") for _tag, attrs in page.elements for name in attrs)


@pytest.mark.parametrize(
    ("pct", "rank", "words"),
    [(120, "soon", "over the day's noise dose"), (60, "note", "past half of the day's noise dose")],
)
def test_a_dose_is_a_finding_that_says_uncalibrated(tmp_path, pct, rank, words):
    doses = [row("DOSE", 3600 * n, 0, pct=pct * n // 4, leq_cdb=-2000) for n in (1, 2, 3, 4)]
    write(tmp_path, CALL + doses)
    (found,) = [f for f in report_attention.findings(units_of(tmp_path)) if "dose" in f.title]
    assert (found.rank, found.units) == (rank, ["24a160f0c1d2"])
    assert words in found.title and f"{pct} %" in found.advice and "Uncalibrated" in found.advice
    _text, page = page_of(tmp_path)
    assert words in page.text


def test_a_small_dose_is_none(tmp_path):
    write(tmp_path, [*CALL, row("DOSE", 3600, 0, pct=20, leq_cdb=-3000)])
    assert not [f for f in report_attention.findings(units_of(tmp_path)) if "dose" in f.title]


def test_a_shock_between_calls_is_urgent(tmp_path):
    shock = row("ACOUSTIC_SHOCK", 3600, 0, peak_cdb=-50, rise_cdb=3000, ms=100, clipped=0)
    write(tmp_path, [*CALL, shock])
    found = report_attention.findings(units_of(tmp_path))[0]
    assert found.rank == "urgent" and "between calls" in found.title
    assert "uncalibrated" in found.advice


def test_a_log_without_calls_makes_a_page_that_says_so(tmp_path):
    write(tmp_path, [row("DOSE", 3600, 0, pct=20, leq_cdb=-3000)])
    _text, page = page_of(tmp_path)
    assert "There are no calls in these logs" in page.text


def test_an_event_of_a_newer_firmware_is_shown_by_number(tmp_path):
    write(tmp_path, [*CALL[:4], (99, 1600, 1, (1, 2)), CALL[4]])
    _text, page = page_of(tmp_path)
    assert "event 99" in page.text


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
