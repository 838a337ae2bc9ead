"""The bench that holds the core against the truth must itself see what is wrong."""

import json

import numpy as np
import pytest
import soundfile

from simulator import expected, render, scenario, sweep


@pytest.fixture(scope="module")
def truth():
    return render.render(scenario.load("silent_call"))[1]


def perfect(truth):
    """The events a perfect ear would report."""
    windows = ("early_ms", "late_ms")
    return [{k: v for k, v in e.items() if k not in windows} for e in truth["events"]]


def test_what_is_right_makes_no_difference(truth):
    assert sweep.differences(perfect(truth), truth) == ([], [])


def test_a_missing_event_is_seen(truth):
    missing, extra = sweep.differences(perfect(truth)[:-1], truth)
    assert [event["event"] for event in missing] == ["CALL_ENDED"]
    assert extra == []


def test_an_invented_event_is_seen(truth):
    invented = {"t_ms": 5000, "event": "NOISY_LINE", "call": 1, "stage": 1}
    missing, extra = sweep.differences([*perfect(truth), invented], truth)
    assert missing == []
    assert extra == [invented]


@pytest.mark.parametrize("change", [{"t_ms": +250}, {"t_ms": -250}, {"stage": 3}, {"call": 2}])
def test_a_stage_that_is_late_early_or_wrong_is_seen(truth, change):
    events = perfect(truth)
    (first,) = [e for e in events if e["event"] == "SILENT_CALL" and e["stage"] == 1]
    for key, value in change.items():
        first[key] = first[key] + value if key == "t_ms" else value
    missing, extra = sweep.differences(events, truth)
    assert len(missing) == len(extra) == 1


def test_events_that_the_truth_knows_nothing_of_are_left_alone(truth):
    other = {"t_ms": 1200, "event": "DOSE", "call": 0, "pct": 1, "leq_cdb": -3000}
    assert other["event"] not in truth["event_kinds"]
    assert sweep.differences([*perfect(truth), other], truth) == ([], [])


def test_f1_of_flags():
    flags = np.zeros(100, bool)
    flags[10:20] = True
    assert sweep.speech_f1(flags, [[200, 400]]) == 1.0
    assert sweep.speech_f1(flags, [[300, 500]]) == pytest.approx(0.5)
    assert sweep.speech_f1(flags, []) == 0.0
    assert sweep.speech_f1(np.zeros(5, bool), []) == 1.0


def test_a_grid_gives_every_combination():
    grid = {"line.leak": [-15.0, -30.0], "line.comfort": [-64.0, -54.0, -50.0]}
    labels = [label for label, _samples, _truth in sweep.variants(["silent_call"], grid, (1, 2))]
    assert len(set(labels)) == 12
    assert "silent_call line.leak=-15 line.comfort=-64 seed=1" in labels


def test_slots_are_the_samples_in_the_upper_half():
    samples = np.array([[1, -2]] * 700, np.int16)
    heard = sweep.Heard(samples)
    slots = np.frombuffer(b"".join(heard.blocks()), "<i4").reshape(-1, 2)
    assert heard.n_frames == 2
    assert slots.shape == (640, 2)  # the last, incomplete frame is dropped
    assert (slots == [1 << 16, -2 << 16]).all()


def test_the_command_tells_good_from_bad(capsys):
    assert sweep.main(["silent_call", "--set", "line.leak=-20"]) == 0
    assert capsys.readouterr().out.startswith("ok ")
    with pytest.raises(SystemExit):
        sweep.main(["silent_call", "--set", "line.leak=loud"])
    assert "--set line.leak=loud: numbers wanted" in capsys.readouterr().err


def test_render_all_writes_sound_and_truth(tmp_path):
    paths = render.render_all(tmp_path)
    assert [path.stem for path in paths] == scenario.names()
    assert len(paths) >= 10
    for path in paths:
        true = json.loads(path.with_suffix(".json").read_text())
        info = soundfile.info(path)
        assert (info.samplerate, info.channels, info.subtype) == (16000, 2, "PCM_16")
        assert true["duration_ms"] == pytest.approx(info.duration * 1000, abs=1)


def test_a_perfect_ear_hears_an_unsure_hold_end_with_the_line():
    """dead_hold: dropped while talking, back without a ring: a hold, then a drop for good."""
    true = render.render(scenario.load("dead_hold"))[1]
    kinds = [(e["event"], e.get("cause"), e.get("sure")) for e in expected.events(true)]
    assert [kind for kind in kinds if kind[0] != "RING"] == [
        ("CALL_STARTED", None, None),
        ("HOLD_STARTED", "LINE_DROPPED", False),
        ("HOLD_ENDED", None, None),
        ("HOLD_STARTED", "LINE_DROPPED", False),
    ]
