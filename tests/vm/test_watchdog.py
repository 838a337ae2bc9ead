"""Each task of the loop is made to hang: the unit restarts in time, and its log says why.

What was written before is in the log; what waited to be written, one batch at the most, is lost.
"""

import pytest
from callclip import board
from callclip.core import tasks

from host_tools import image
from host_tools.cmd_pull import pull_log
from host_tools.link import Client
from simulator import calls
from simulator.device import POWER_ON, WDT_RESET, VirtualUnit

HANG_AT_MS = 12000  # in the call, with events that wait to be written
NAP_MS = 5

# task -> the method of Unit, or of a part of it, that is entered and does not come back
PLACES = {
    tasks.LISTEN: ("/callclip/ports/mic_i2s.py", "    def poll(self, now_ms):\n"),
    tasks.HEAR: ("/callclip/unit.py", "    def _hear(self, slots):\n"),
    tasks.RECORD: ("/callclip/unit.py", "    def _record(self):\n"),
    tasks.SHOW: ("/callclip/unit.py", "    def _show(self, now_ms):\n"),
    tasks.PRESS: ("/callclip/unit.py", "    def _poll_button(self, now_ms):\n"),
    tasks.SERVE: ("/callclip/service.py", "    def poll(self, now_ms):\n"),
    tasks.STORE: ("/callclip/unit.py", "    def _store(self, now_ms):\n"),
}
HANG = """        import time
        import machine
        while machine.reset_cause() == 1 and time.time_ns() // 1000000 % 3600000 > {at_ms}:
            time.sleep_ms({nap_ms})
"""


def hanging_image(path, task, at_ms=HANG_AT_MS):
    """A flash whose firmware, after power-on, hangs in one task."""
    file, head = PLACES[task]
    files = image.firmware_files()
    hang = HANG.format(at_ms=at_ms, nap_ms=NAP_MS)
    source = files[file].decode()
    assert source.count(head) == 1
    files[file] = source.replace(head, head + hang).encode()
    path.write_bytes(image.build(files))
    return path


def test_each_task_has_a_place_to_hang():
    assert set(PLACES) == set(tasks.IN_TURN)


@pytest.mark.parametrize("task", PLACES)
def test_a_hang_in_any_task_restarts_the_unit_and_the_log_says_which(tmp_path, task):
    flash = hanging_image(tmp_path / "flash.img", task)
    words = "hung while " + tasks.NAMES[task]
    with VirtualUnit(image=flash, wav=calls.sound_path("silent_call")) as unit:
        unit.wait_played(280)
        with Client(unit.port, timeout_s=60) as client:
            assert client.hello["problem"] == words
            assert client.hello["n_frames"] > 50  # it hears on
            result, log = pull_log(client, tmp_path / "logs")
        resets = [line for line in unit.signals() if "reset" in line]
    assert [line["reset"] for line in resets] == ["watchdog"]
    assert resets[0]["t_ms"] <= HANG_AT_MS + board.WATCHDOG_MS + 100
    assert result["damages"] == []
    before, after = log.boots
    assert (after.reset_cause, after.restart) == (WDT_RESET, words)
    assert (before.reset_cause, before.restart) == (POWER_ON, "")
