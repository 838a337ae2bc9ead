"""Calibration: what is found from levels, frame by frame; and on a unit whose microphones a test
plays."""

import json

import pytest
from callclip.core import calibstates, config, protocol, records
from callclip.core.calibration import HALF_SECOND, N_STEADY, Calibration, calibrated, uncalibrated
from hypothesis import given
from hypothesis import strategies as st

from benches.soak.unit import Unit
from tests.logbytes import rows_of

KNOWN_CDB = 9400
STEADY = N_STEADY * HALF_SECOND
OFFSETS = st.integers(9500, 13900)


def heard(levels, known_cdb=KNOWN_CDB, n_clipped=0):
    found = Calibration(known_cdb, 10)
    for i, level_cdb in enumerate(levels, 11):
        found.hear(i, level_cdb, n_clipped)
    return found


@given(OFFSETS)
def test_a_steady_tone_gives_its_offset(offset_cdb):
    found = heard([KNOWN_CDB - offset_cdb] * STEADY)
    assert found.state == calibstates.DONE
    assert abs(found.offset_cdb - offset_cdb) <= 10
    assert found.spread_cdb == 0


@given(OFFSETS, st.lists(st.integers(-40, 40), min_size=STEADY, max_size=STEADY))
def test_a_little_unrest_is_averaged(offset_cdb, unrest):
    found = heard([KNOWN_CDB - offset_cdb + u for u in unrest])
    assert found.state == calibstates.DONE
    assert abs(found.offset_cdb - offset_cdb) <= 50


def test_one_frame_less_is_not_enough():
    assert heard([-2600] * (STEADY - 1)).state == calibstates.LISTENING


@pytest.mark.parametrize("n_silent", range(HALF_SECOND))
def test_a_tone_that_sets_in_within_a_half_second_gives_the_same(n_silent):
    found = heard([-8000] * n_silent + [-2600] * (STEADY + HALF_SECOND))
    assert found.state == calibstates.DONE
    assert abs(found.offset_cdb - (KNOWN_CDB + 2600)) <= 10


def test_silence_before_the_calibrator_is_on_is_waited_for():
    found = heard([-8000] * 333 + [-2600] * (STEADY + HALF_SECOND))
    assert (found.state, found.offset_cdb // 10) == (calibstates.DONE, 1200)


@pytest.mark.parametrize(
    ("levels", "n_clipped", "reason"),
    [
        ([-8000] * 1001, 0, calibstates.NO_SOUND),
        ([-2600] * 1001, 1, calibstates.CLIPPED),
        (([-2600] * 50 + [-2800] * 50) * 11, 0, calibstates.UNSTEADY),
    ],
)
def test_what_stands_against_it_is_named_after_20_s(levels, n_clipped, reason):
    found = heard(levels[:999], n_clipped=n_clipped)
    assert found.state == calibstates.LISTENING
    found = heard(levels[:1000], n_clipped=n_clipped)
    assert (found.state, found.reason) == (calibstates.FAILED, reason)
    assert found.offset_cdb == 0


def test_lost_sound_begins_anew():
    found = Calibration(KNOWN_CDB, 0)
    for i in [*range(1, STEADY), *range(STEADY + 4, 2 * STEADY + 4)]:
        found.hear(i, -2600, 0)
        found.hear(i, -2600, 0)  # the loop may look twice at a frame
    assert found.state == calibstates.LISTENING
    found.hear(2 * STEADY + 4, -2600, 0)
    assert found.state == calibstates.DONE


@given(OFFSETS, OFFSETS)
def test_the_limit_of_a_shock_stays_the_sound_pressure_it_was(first, second):
    once = calibrated({"greeting_ms": 2500}, first)
    twice = calibrated(once, second)
    assert not config.problems(twice) and twice["greeting_ms"] == 2500
    assert once["spl_offset_cdb"] + once["shock_peak_cdb"] == 10200 or once["shock_peak_cdb"] in (
        -3000,
        -10,
    )
    if -3000 < once["shock_peak_cdb"] < -10 and -3000 < twice["shock_peak_cdb"] < -10:
        assert twice["spl_offset_cdb"] + twice["shock_peak_cdb"] == 10200
    assert uncalibrated(twice) == {"greeting_ms": 2500}


class Desk(Unit):
    """Plays levels to a unit's calibration as its loop would."""

    def ask_calibrate(self, action, known_cdb=0):
        return self.ask(protocol.CALIBRATE, {"action": action, "known_cdb": known_cdb})

    def hear(self, level_cdb, n_frames, agent_cdb=-3000):
        view = self.bead.view
        for _ in range(n_frames):
            view.index = self.bead.n_frames
            view.line.weighted_cdb = level_cdb
            view.agent.weighted_cdb = agent_cdb
            self.bead.lose(1)
            self.say(b"")


@pytest.fixture
def desk(tmp_path):
    return Desk(tmp_path / "unit")


def test_a_unit_is_calibrated_keeps_it_and_forgets_it(desk):
    status, told = desk.ask_calibrate(protocol.CALIBRATE_START, KNOWN_CDB)
    assert (status, told["state"], told["spl_offset_cdb"]) == (0, calibstates.LISTENING, 0)
    desk.hear(-2600, STEADY)
    told = desk.ask_calibrate(protocol.CALIBRATE_TELL)[1]
    assert told["state"] == calibstates.DONE
    assert abs(told["spl_offset_cdb"] - 12000) <= 10
    assert told["spl_offset_cdb"] + told["shock_peak_cdb"] == 10200
    kept = json.loads((desk.folder / "config.json").read_text())
    assert set(kept) == set(calibstates.KEYS)
    assert desk.ask(protocol.CONFIG_GET, {"offset_bytes": 0})[1]["is_in_force"] == 0
    told = desk.ask_calibrate(protocol.CALIBRATE_CLEAR)[1]
    assert (told["state"], told["spl_offset_cdb"], told["shock_peak_cdb"]) == (0, 0, -300)
    assert json.loads((desk.folder / "config.json").read_text()) == {}
    desk.store.sync()
    sources = [
        records.unpack(rtype, body)["source"]
        for rtype, _seq, body in rows_of(desk.store.read(1, 0, 9999))
        if rtype == records.CONFIG
    ]
    assert sources == [records.CONFIG_AT_BOOT] + 2 * [records.CONFIG_CALIBRATED]


def test_the_agents_microphone_has_an_offset_of_its_own(desk):
    told = desk.ask_calibrate(protocol.CALIBRATE_START_AGENT, KNOWN_CDB)[1]
    assert (told["state"], told["is_agent"]) == (calibstates.LISTENING, 1)
    desk.hear(-2600, STEADY, agent_cdb=-3100)
    told = desk.ask_calibrate(protocol.CALIBRATE_TELL)[1]
    assert (told["state"], told["is_agent"]) == (calibstates.DONE, 1)
    assert abs(told["agent_offset_cdb"] - 12500) <= 10
    assert (told["spl_offset_cdb"], told["shock_peak_cdb"]) == (0, -300)
    desk.ask_calibrate(protocol.CALIBRATE_START, KNOWN_CDB)
    desk.hear(-2600, STEADY, agent_cdb=-3100)
    told = desk.ask_calibrate(protocol.CALIBRATE_TELL)[1]
    assert abs(told["spl_offset_cdb"] - 12000) <= 10 and abs(told["agent_offset_cdb"] - 12500) <= 10
    values = json.loads((desk.folder / "config.json").read_text())
    assert set(values) == {*calibstates.KEYS, *calibstates.AGENT_KEYS}
    limit_cdb = calibstates.at_the_mouth(config.Config(values), -3600)
    assert limit_cdb + told["agent_offset_cdb"] == calibstates.AGENT_OFFSET_CDB - 3600
    told = desk.ask_calibrate(protocol.CALIBRATE_CLEAR)[1]
    assert (told["spl_offset_cdb"], told["agent_offset_cdb"]) == (0, 0)
    assert json.loads((desk.folder / "config.json").read_text()) == {}


def test_a_start_at_the_other_microphone_begins_anew(desk):
    desk.ask_calibrate(protocol.CALIBRATE_START, KNOWN_CDB)
    desk.hear(-2600, STEADY - 10)
    desk.ask_calibrate(protocol.CALIBRATE_START_AGENT, KNOWN_CDB)
    desk.hear(-2600, STEADY - 10)
    assert desk.ask_calibrate(protocol.CALIBRATE_TELL)[1]["state"] == calibstates.LISTENING


def test_a_unit_stops_when_asked_and_refuses_odd_levels(desk):
    desk.ask_calibrate(protocol.CALIBRATE_START, KNOWN_CDB)
    desk.hear(-2600, 20)
    assert desk.ask_calibrate(protocol.CALIBRATE_STOP)[1]["state"] == calibstates.IDLE
    desk.hear(-2600, STEADY)
    assert desk.ask_calibrate(protocol.CALIBRATE_TELL)[1]["spl_offset_cdb"] == 0
    for action, known_cdb in ((1, 5999), (1, 12501), (4, 5999), (5, 9400)):
        assert desk.ask_calibrate(action, known_cdb)[0] == protocol.BAD_BODY


def test_a_file_system_that_refuses_is_told(desk):
    desk.ask_calibrate(protocol.CALIBRATE_START, KNOWN_CDB)
    (desk.folder / "config.json.new").mkdir()  # what save would write
    desk.hear(-2600, STEADY)
    told = desk.ask_calibrate(protocol.CALIBRATE_TELL)[1]
    assert (told["state"], told["reason"]) == (calibstates.FAILED, calibstates.NOT_KEPT)
    assert told["spl_offset_cdb"] == 0


def test_no_calibration_in_a_call(desk, monkeypatch):
    monkeypatch.setattr(desk.bead.call, "state", 3)
    status, words = desk.ask_calibrate(protocol.CALIBRATE_START, KNOWN_CDB)
    assert (status, words) == (protocol.BUSY, "a call is going on")
