"""Speech flags frame by frame: F1, conditions, the peers' gate; onset delays."""

import math

import numpy as np
import pytest

from benches.detection import frames, onset, speech
from tests.bench.made_calls import heard


def flags(*spans, n=100):
    return frames.mask(spans, n)


def test_a_frame_belongs_to_a_stretch_when_its_middle_does():
    assert np.flatnonzero(flags([30, 70])).tolist() == [1, 2]
    assert np.flatnonzero(flags([31, 71])).tolist() == [2, 3]


def test_short_gaps_are_filled_and_edges_are_not():
    given = np.array([0, 1, 0, 0, 1, 0, 0, 0, 1, 0], bool)
    assert frames.filled(given, 2).astype(int).tolist() == [0, 1, 1, 1, 1, 0, 0, 0, 1, 0]


def test_f1():
    true, said = flags([0, 400]), flags([200, 600])
    assert speech.f1(true, said) == 0.5
    assert speech.rates(true, said) == (0.5, 10 / 80)
    assert speech.f1(flags(), flags()) == 1.0


def call(unit_line, peer=None, levels_db=(-90.0, -90.0), **truth):
    made = heard(100, rows={"line_speech": unit_line}, levels_db=levels_db, **truth)
    if peer is not None:
        made.peers = {"silero-vad": np.stack([np.zeros(100), peer], axis=1).astype(np.uint8)}
    return made


def test_figures_by_condition():
    quiet = call(flags([0, 400]), customer=[[0, 400]])
    noisy = call(flags([0, 200]), customer=[[0, 400]], noises=[["babble", -40, 0, 2000]])
    found = speech.measure([quiet, noisy])["line"]["detectors"]["callclip"]["f1"]
    assert found["clean"] == 1.0
    assert found["babble"] == pytest.approx(2 / 3)
    assert found["all"] == pytest.approx(6 / 7)


def test_music_and_tones_are_no_speech():
    made = call(flags([1000, 1500]), music=[[1000, 2000]], tones=[[0, 500, "ring", "uk"]])
    found = speech.measure([made])["line"]["detectors"]["callclip"]["flagged"]
    assert found == {"hold music": 0.5, "ring or busy": 0.0}


def test_the_gate_lets_no_leak_through():
    leak = call(flags(), peer=np.full(100, 255), levels_db=(-26.0, -47.0))
    own = call(flags(), peer=np.full(100, 255), levels_db=(-26.0, -45.0), customer=[[0, 2000]])
    pool = speech.Pool([leak, own])
    gated = pool.gated("silero-vad", 1)
    assert (gated[:100].sum(), gated[100:].sum()) == (0, 100)


def test_the_best_of_a_peer_is_given_its_look_ahead_and_threshold():
    late = np.roll(flags([400, 1000]), 3) * 180
    made = call(flags(), peer=late + 60, levels_db=(-90.0, -26.0), customer=[[400, 1000]])
    best, settings = speech.best_of(speech.Pool([made]), "silero-vad", 1)
    assert speech.f1(flags([400, 1000]), best) == 1.0
    assert settings["look_ahead_ms"] == 60


def test_the_best_peer_is_found():
    detectors = {
        "callclip": {"f1": {"all": 1.0}},
        "a, gated": {"f1": {"all": 0.8}},
        "a, plain": {"f1": {"all": 0.95}},
        "b, best": {"f1": {"all": 0.9}},
    }
    assert speech.best_peer(detectors, "all") == ("b, best", 0.9)


def test_onset_delays():
    up = flags([480, 800], [1500, 1600])
    found, n_early = onset.delays_ms([[400, 800], [1400, 1800]], up, 80)
    assert found == [480 + 20 + 80 - 400, 1500 + 20 + 80 - 1400]
    assert n_early == 0


def test_a_missed_spurt_is_infinitely_late():
    found, _n_early = onset.delays_ms([[400, 800]], flags(), 80)
    assert found == [math.inf]
    assert onset.summed([40, math.inf]) == {
        "n": 2, "median_ms": None, "p95_ms": None, "missed": 1,
    }  # fmt: skip


def test_a_flag_that_is_up_tells_nothing_about_an_onset():
    found, n_early = onset.delays_ms([[400, 800]], flags([300, 800]), 0)
    assert (found, n_early) == ([], 1)


def test_a_spurt_soon_after_another_is_left_out():
    found, _n_early = onset.delays_ms([[400, 800], [1100, 1500]], flags([400, 1500]), 0)
    assert len(found) == 1
