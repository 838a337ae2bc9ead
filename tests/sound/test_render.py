"""Rendered calls: levels, truth and sound agree, and a seed gives the same call again."""

import numpy as np
import pytest

from simulator import render, scenario, sound

CLEAN = """
seed 5
agent room -100  leak -80
line  room -100  leak -60  floor -100
"""


def rendered(rows, header=""):
    samples, truth = render.render(scenario.parse(CLEAN + header + rows))
    return samples / 32768.0, truth


def part(signal, interval_ms):
    return signal[interval_ms[0] * 16 : interval_ms[1] * 16]


@pytest.mark.parametrize("level_db", [-40, -26, -16])
@pytest.mark.parametrize("voice", ["studio", "reader", "caller", "operator"])
def test_speech_comes_at_its_active_level(voice, level_db):
    clip = sorted(p.stem for p in (scenario.CLIPS / voice).glob("*.flac"))[-1]
    header = f"customer voice {voice} level {level_db}\n"
    signal, truth = rendered(f"0.5 customer {clip}\n+0.0 end", header)
    measured_db, _factor = sound.active_level_db(signal[:, 1])
    assert measured_db == pytest.approx(level_db, abs=0.5)
    spoken = np.concatenate([part(signal[:, 1], interval) for interval in truth["customer"]])
    assert sound.rms_db(spoken) == pytest.approx(level_db, abs=1.5)


def test_pitch_changes_the_speed_and_keeps_the_level():
    rows = "0.5 customer mister-dashwood\n+0.5 end"
    normal, _ = rendered(rows)
    low, truth = rendered(rows, "customer pitch 80\n")
    assert len(low) - 16000 == pytest.approx((len(normal) - 16000) / 0.8, abs=2)
    assert sound.active_level_db(low[:, 1])[0] == pytest.approx(-26, abs=0.5)
    assert truth["customer"][-1][1] == pytest.approx(len(low) / 16 - 500, abs=20)


@pytest.mark.parametrize("kind", (*sound.NOISE_KINDS, "babble"))
def test_noise_comes_at_its_level_between_its_switches(kind):
    signal, truth = rendered(f"1.0 noise {kind} -40\n+4.0 noise off\n+1.0 end")
    assert sound.rms_db(part(signal[:, 1], (1100, 4900))) == pytest.approx(-40, abs=0.5)
    assert sound.rms_db(part(signal[:, 1], (0, 990))) < -90
    assert sound.rms_db(part(signal[:, 1], (5010, 6000))) < -90
    assert [row[2] for row in truth["line_states"]] == ["NO_SIGNAL", "NOISE", "NO_SIGNAL"]


def test_a_connected_line_has_comfort_noise_and_a_dead_one_the_microphones_own():
    text = "1.0 line up\n+3.0 line dead\n+2.0 end"
    samples, truth = render.render(scenario.parse(text))  # default noises
    signal = samples / 32768.0
    assert sound.rms_db(part(signal[:, 1], (1100, 3900))) == pytest.approx(-60, abs=0.5)
    assert sound.rms_db(part(signal[:, 1], (4100, 6000))) < -79
    assert sound.rms_db(part(signal[:, 0], (0, 6000))) == pytest.approx(-62, abs=0.5)
    assert truth["line_states"] == [
        [0, 1000, "NO_SIGNAL"], [1000, 4000, "COMFORT_NOISE"], [4000, 6000, "NO_SIGNAL"],
    ]  # fmt: skip


@pytest.mark.parametrize("leak_db", [-15, -20, -30])
def test_leaks_are_quieter_copies_a_little_later(leak_db):
    text = CLEAN.replace("leak -60", f"leak {leak_db} delay 1.0").replace("leak -80", "leak -35")
    text += "0.5 agent lines-busy\n+0.5 customer mister-dashwood\n+0.5 end"
    samples, truth = render.render(scenario.parse(text))
    signal = samples / 32768.0
    agent_ms, customer_ms = truth["agent"][0], truth["customer"][0]
    at_mouth, at_ear = (sound.rms_db(part(signal[:, n], agent_ms)) for n in (0, 1))
    assert at_ear - at_mouth == pytest.approx(leak_db, abs=0.5)
    at_ear, at_mouth = (sound.rms_db(part(signal[:, n], customer_ms)) for n in (1, 0))
    assert at_mouth - at_ear == pytest.approx(-35, abs=0.5)
    first, last = agent_ms[0] * 16, agent_ms[1] * 16
    delayed = signal[first : last - 16, 0] * sound.gain_from_db(leak_db)
    assert np.abs(signal[first + 16 : last, 1] - delayed).max() < 4 / 32768


def test_tones_have_the_cadence_level_and_frequencies_of_their_plan():
    signal, truth = rendered("1.0 ring north-america 2\n+0.5 end")
    assert truth["tones"] == [
        [1000, 3000, "ring", "north-america"],
        [7000, 9000, "ring", "north-america"],
    ]
    burst = part(signal[:, 1], (1100, 2900))
    assert sound.rms_db(burst) == pytest.approx(-24, abs=0.2)
    assert sound.rms_db(part(signal[:, 1], (3010, 6990))) < -90
    spectrum = np.abs(np.fft.rfft(burst[:16000]))
    assert sorted(np.argsort(spectrum)[-2:]) == [440, 480]


def test_the_last_spoken_moment_is_exact():
    """Speech ends where truth says: a window later there is nothing, a window earlier there is."""
    for path in sorted((scenario.CLIPS / "studio").glob("*.flac")):
        signal, truth = rendered(f"0.5 agent {path.stem}\n+0.5 end")
        end_ms = truth["agent"][-1][1]
        assert truth["agent"][0][0] == pytest.approx(500, abs=20)
        assert sound.rms_db(part(signal[:, 0], (end_ms + 20, end_ms + 60))) < -85, path.stem
        assert sound.rms_db(part(signal[:, 0], (end_ms - 40, end_ms))) > -52, path.stem


def test_pauses_up_to_200_ms_belong_to_a_spurt():
    for gap_s, n_spurts in ((0.15, 1), (0.3, 2)):
        _signal, truth = rendered(f"0.5 agent no no gap {gap_s}\n+0.5 end")
        assert len(truth["agent"]) == n_spurts


def test_a_seed_gives_the_same_call_again_and_another_one_other_noise():
    call = scenario.load("silent_call")
    first, truth = render.render(call)
    again, truth_again = render.render(call)
    other, truth_other = render.render(call.varied({}, seed=77))
    assert first.dtype == np.int16
    assert first.shape[1] == 2
    assert np.array_equal(first, again)
    assert truth == truth_again
    assert not np.array_equal(first, other)
    assert truth_other["agent"] == truth["agent"]


def test_full_scale_is_clipped_not_wrapped():
    loud, _truth = rendered("0.5 customer studio/terribly-wrong level 0\n+0.5 end")
    quiet, _truth = rendered("0.5 customer studio/terribly-wrong level -26\n+0.5 end")
    assert (loud.max(), loud.min()) == (32767 / 32768, -1.0)
    over = np.abs(quiet[:, 1]) > 0.06  # 26 dB more than full scale
    assert over.sum() > 100
    assert np.array_equal(np.sign(loud[over, 1]), np.sign(quiet[over, 1]))


@pytest.mark.parametrize(
    ("rows", "wanted"),
    [
        ("0.1 agent hello\n-2.0 agent hello\n+1 end", "line 6: begins before the recording"),
        ("0.1 agent lines-busy\n1.0 end", "line 5: lasts beyond the end row"),
    ],
)
def test_what_does_not_fit_is_told_with_file_and_line(rows, wanted):
    with pytest.raises(scenario.ScenarioError, match=wanted):
        rendered(rows)


def test_active_level_of_a_known_signal():
    """A tone that is on half of the time, in long bursts: its level is that of the bursts."""
    burst = sound.tone((1000,), 32000, -20)
    signal = np.concatenate([burst, np.zeros(32000)] * 3)
    level_db, factor = sound.active_level_db(signal)
    # The hangover of 0.2 s counts as activity: 2.2 of 4 seconds.
    assert level_db == pytest.approx(-20 + 10 * np.log10(2.0 / 2.2), abs=0.3)
    assert factor == pytest.approx(0.55, abs=0.03)
    assert sound.active_level_db(np.zeros(1000)) == (sound.FLOOR_DB, 0.0)
