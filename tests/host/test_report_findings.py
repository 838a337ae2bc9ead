"""What a report calls to attention, in order of urgency."""

import pytest

from host_tools import report_attention
from tests.host.outline import page_of
from tests.host.pulled_logs import CALL, HELD, row, units_of, write


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
