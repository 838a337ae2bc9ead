"""The whole application in the heap that it is meant for, with all that a host may ask.

100 KB for the application, with room to work, and 21 for what stands in for the chip's own drivers:
docs/esp32.md, Memory. A growth that breaks this is one to look at first.
"""

from callclip.core import protocol, ringstates

from host_tools import keyfile, provision
from host_tools.link import Client
from host_tools.pulling import pull_log
from simulator import calls, runner
from simulator.device import VirtualUnit
from simulator.recording import open_recording

HEAP_BYTES = 124 * 1024
SITE = keyfile.KeyFile("test", "site", bytes(range(32)))
_NO_CHANNEL = {"known_cdb": 0, "is_agent": 0}


def _ask_all(client):
    """What needs the most memory."""
    values, is_in_force = client.configuration()
    assert is_in_force and values["retention_days"] == 30
    assert client.ask(protocol.SELF_TEST)["is_store_ok"]
    asked = {"action": protocol.CALIBRATE_START, "known_cdb": 9400, "is_agent": 0}
    assert client.ask(protocol.CALIBRATE, asked)["known_cdb"] == 9400
    client.ask(protocol.CALIBRATE, {"action": protocol.CALIBRATE_STOP, **_NO_CHANNEL})
    told = client.ask(protocol.RINGER, {"action": protocol.RINGER_LEARN})
    assert told["learning"] == ringstates.WAIT_FIRST
    client.ask(protocol.RINGER, {"action": protocol.RINGER_STOP})
    client.ask(protocol.LIVE_SUBSCRIBE, {"period_ms": 100})


def test_a_call_and_every_request_in_little_heap(tmp_path):
    path = calls.sound_path("silent_call")
    recording = open_recording(path)
    expected = runner.run(recording).raw_events
    with VirtualUnit(wav=path, heap_bytes=HEAP_BYTES) as unit:
        unit.wait_played(120)
        with Client(unit.port, timeout_s=60) as client:
            provision.open_unit(client, SITE)
        for _ in range(3):
            with Client(unit.port, key=SITE) as client:
                _ask_all(client)
                result, log = pull_log(client, tmp_path)
        assert result["damages"] == [] and result["records_lost"] == 0
        heard = [
            (row.code, row.t_frames, row.call, tuple(row.values)) for row in log.boots[0].events
        ]
        assert [row for row in heard if row[1] <= recording.n_frames] == [
            (code, at, call, tuple(values)) for code, at, call, values in expected
        ]
        assert not any("reset" in line for line in unit.signals())
