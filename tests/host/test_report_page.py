"""The report's page: well formed, needs nothing from outside, draws what the calls were."""

import re

import pytest

from host_tools import report_page
from host_tools import report_svg as svg
from tests.host.outline import page_of
from tests.host.pulled_logs import CALL, DROPPED, HELD, SUMMARY, calls_of, row, write


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


def test_a_log_without_calls_makes_a_page_that_says_so(tmp_path):
    write(tmp_path, [row("DOSE", 3600, 0, pct=20, leq_cdb=-3000)])
    _text, page = page_of(tmp_path)
    assert "There are no calls in these logs" in page.text


def test_an_event_of_a_newer_firmware_is_shown_by_number(tmp_path):
    write(tmp_path, [*CALL[:4], (99, 1600, 1, (1, 2)), CALL[4]])
    _text, page = page_of(tmp_path)
    assert "event 99" in page.text
