"""The log store on a real LittleFS in the real VM: budget, full, missing, read-only, garbage, power
cuts. Whatever happens it must not raise, must count, and must go on."""

import json
import subprocess
from pathlib import Path

import pytest

from simulator import vm

ROOT = Path(__file__).resolve().parents[2]


def run(case, number=0):
    script = ROOT / "tests/vm/store_script.py"
    command = [*vm.find(), str(script), str(ROOT / "firmware"), case, str(number)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=240, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    # Before it the VM may complain of files that a power cut left open, when it collects them.
    return json.loads(done.stdout.splitlines()[-1])


def test_keeps_its_budget_by_deleting_the_oldest():
    found = run("oldest_goes_first")
    assert found["log_bytes"] <= 8192
    assert found["n_errors"] == 0
    seqs = found["seqs"]
    assert seqs == list(range(seqs[0], 801))
    assert len(seqs) > 250  # most of the budget is used
    assert len(found["segments"]) == 4


def test_a_full_file_system_costs_records_never_the_loop_and_recovers():
    found = run("full_then_free")
    assert found["full"]["n_errors"] > 0
    assert "28" in found["full"]["last_error"]  # ENOSPC
    assert found["is_done"]
    assert found["free"]["n_waiting"] == 0
    seqs = sorted(set(found["seqs"]))
    assert seqs[-1] == found["free"]["next_seq"] - 1
    n_expected = found["free"]["next_seq"] - seqs[0]
    assert n_expected - len(seqs) <= found["free"]["n_records_lost"]


@pytest.mark.parametrize("case", ["no_folder", "no_file_system"])
def test_without_a_place_for_logs_it_counts_and_goes_on(case):
    found = run(case)
    assert found["n_errors"] > 0
    assert found["last_error"].startswith("log: ")
    assert found["n_records_lost"] > 0
    assert found["next_seq"] == 301
    assert found["n_waiting"] + found["n_records_lost"] == 300
    assert not found.get("is_writable")


def test_a_read_only_file_system_keeps_what_is_there():
    found = run("read_only")
    assert found["seqs"] == list(range(1, 41))
    assert found["boot"] == 2
    assert found["n_errors"] > 0
    assert found["is_writable"] is False


def test_a_flash_that_wears_out_costs_records_never_the_loop():
    """Blocks that fail are left out as long as there are others; then failures are counted."""
    found = run("worn")
    assert found["n_synced"] > 200
    assert found["n_errors"] > 0
    assert found["last_error"].startswith("log: ")
    assert found["next_seq"] == 481


@pytest.mark.parametrize("number", range(9))
def test_appends_cleanly_behind_a_torn_tail(number):
    found = run("garbage", number)
    assert found["seqs"] == list(range(1, 49))
    assert found["n_errors"] == 0
    n_segments = 1 if number == 0 else 2
    assert [row[0] for row in found["segments"]] == list(range(1, n_segments + 1))


def test_a_power_cut_at_any_operation_loses_nothing_that_was_promised():
    """In the real VM, with nothing, half or noise of the last operation written; many more cuts in
    tests/powercut."""
    assert run("power_cuts", 7)["bad"] == []


def test_removes_what_is_older_than_the_retention_time():
    days = run("retention")["days"]
    assert days == list(range(days[0], 60))
    assert 28 <= days[0] <= 30  # day 59 less 30, and what shares a segment with day 29


def test_a_unit_that_is_never_switched_off_forgets_day_by_day():
    found = run("daily")
    assert found["n_errors"] == 0
    assert 5 <= len(found["segments"]) <= 7


def test_writes_in_quiet_soon_in_speech_late_and_never_for_a_gap_alone():
    found = run("when")
    assert found["quiet"] == [5000]
    assert found["speech"] == [30000]
    assert found["many"] == [0]
    assert found["gap"] == []
