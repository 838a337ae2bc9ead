"""A piece of hold music has a level: what stands far below it is a rest, or the end."""

import numpy as np
import pytest
from callclip.core.frame import MUSIC
from callclip.core.kernels import piece as kernel
from callclip.core.music import OPINION_Q8
from callclip.core.net import CUSTOMER_LIVE

from simulator import noises, render
from simulator.onechannel import OneChannel
from tests.core.listen import hear, quiet, white

PIECE_CDB = -3000
FAR_CDB = PIECE_CDB - kernel._FAR_CDB - 10


class Line:
    """A line on which music of PIECE_CDB is known, heard frame by frame."""

    def __init__(self, seconds=8, before_cdb=-6500):
        self.one = OneChannel()
        self.index = 0
        self.floor_cdb = before_cdb
        self.hear(seconds * 50, 2000, PIECE_CDB)
        assert self.one.music.is_music

    def hear(self, n, logit_q8, level_cdb, is_high=1, **more):
        """Whether there is music, after each of n frames."""
        told = []
        levels = {"level_cdb": level_cdb, "floor_cdb": self.floor_cdb, **more}
        for _ in range(n):
            self.one.add_music(logit_q8, self.index, is_high=is_high, **levels)
            self.index += 1
            told.append(self.one.music.is_music)
        return told

    @property
    def opinion_q8(self):
        return self.one.music.facts[OPINION_Q8]


def frames_to_end(told):
    return told.index(0)


def test_what_stands_far_below_the_piece_must_sound_far_surer_of_music():
    assert all(Line().hear(200, 1000, FAR_CDB + 20))
    assert frames_to_end(Line().hear(200, 1000, FAR_CDB)) < 50
    assert all(Line().hear(200, 1600, FAR_CDB))


def test_a_short_rest_is_no_end():
    line = Line()
    told = line.hear(kernel._LONG_REST_FRAMES - 1, 0, FAR_CDB, is_high=0)
    assert all(told) and all(line.hear(50, 2000, PIECE_CDB))


class TestAfterARest:
    """The customer is back, or the piece goes on; what the net has heard before counts for it."""

    def opinion_q8(self, rest, sound_q8=900, live_q8=-200, **sound):
        line = Line()
        line.hear(rest, 0, FAR_CDB, is_high=0)
        line.one.logits_q8[CUSTOMER_LIVE] = live_q8
        line.hear(1, sound_q8, PIECE_CDB, **sound)
        return line.opinion_q8

    def test_a_sound_must_be_sure_of_music(self):
        assert self.opinion_q8(kernel._REST_FRAMES - 1) == 900
        assert self.opinion_q8(kernel._REST_FRAMES) == 900 - kernel._SURE_Q8
        assert self.opinion_q8(kernel._REST_FRAMES, sound_q8=1001) == 1001

    def test_unless_it_is_no_voice(self):
        assert self.opinion_q8(kernel._REST_FRAMES, live_q8=kernel._NO_VOICE_Q8) == 900

    def test_a_voice_is_no_music_however_sure_it_sounds(self):
        voice = {"sound_q8": 1400, "live_q8": 1}
        assert self.opinion_q8(kernel._REST_FRAMES - 1, **voice) == 1400
        assert self.opinion_q8(kernel._REST_FRAMES, **voice) == 1400 - kernel._FAR_Q8

    def test_the_agents_leak_is_no_music(self):
        leak = {"sound_q8": 1400, "live_q8": -2000, "is_foreign": 1}
        assert self.opinion_q8(kernel._REST_FRAMES, **leak) == 1400 - kernel._FAR_Q8


@pytest.mark.parametrize(
    ("before_cdb", "level_cdb", "is_over"),
    [
        (-4500, -4000, True),
        (-4500, PIECE_CDB - kernel._NOISE_FAR_CDB, False),  # not fainter than the piece can be
        (-5000, -5000 + kernel._NOISE_CDB - 10, True),
        (-5000, -5000 + kernel._NOISE_CDB, False),  # too far out of the noise
        (-6500, -4000, False),
    ],
)
def test_what_may_be_the_noise_of_before_is_no_piece(before_cdb, level_cdb, is_over):
    """The net hears music in it for as long as it remembers the piece."""
    told = Line(before_cdb=before_cdb).hear(100, 1000, level_cdb)
    assert bool(told[-1]) != is_over


def test_what_sounds_below_the_telephones_band_is_no_rest():
    bass = {"level_cdb": PIECE_CDB, "telephone_cdb": FAR_CDB - 1000}
    assert all(Line().hear(200, 600, **bass))
    assert not all(Line().hear(200, 600, level_cdb=FAR_CDB, telephone_cdb=FAR_CDB - 1000))


def test_a_floor_that_has_risen_to_a_long_note_is_no_reason_to_doubt():
    assert all(Line().hear(400, 1500, PIECE_CDB, is_high=0))
    assert not all(Line().hear(400, 1000, PIECE_CDB, is_high=0))


def test_before_a_piece_is_known_no_level_is_far():
    one = OneChannel()
    for index in range(100):
        one.add_music(1000, index, level_cdb=-2000 if index < 50 else -5000)
    assert one.music.is_music


@pytest.mark.parametrize("kind", ["white", "telephone", "pink"])
@pytest.mark.parametrize("piece", ["music/cold-day", "music/morning-coffee"])
def test_music_is_left_within_two_seconds_when_noise_is_back(piece, kind):
    """Twenty decibels below the piece, and heard before it, too."""
    noise = noises.of(kind, 6 * 16000, -52, np.random.default_rng(1), ())
    music = render.clip(piece)[: 12 * 16000]
    line = np.concatenate((noise, music, noise)) + white(24, -62)
    got = hear(quiet(24), line)
    assert any(h.line_state == MUSIC for h in got[: 18 * 50])
    assert not any(h.line_state == MUSIC for h in got[20 * 50 :])


def test_a_voice_half_a_second_after_music_is_heard_within_a_second_and_a_half():
    voice = render.clip("reader/amiable-woman")[: 4 * 16000]
    music = render.clip("music/cold-day")[: 12 * 16000]
    line = np.concatenate((np.zeros(16000), music, np.zeros(8000), voice))
    got = hear(quiet(len(line) / 16000), line + white(len(line) / 16000, -60))
    begin = int(13.5 * 50)
    assert any(h.line_speech for h in got[begin : begin + 75])


@pytest.mark.parametrize(("logit_q8", "is_heard"), [(kernel._SURE_Q8 + 1, True), (500, False)])
def test_within_a_noise_that_was_there_only_what_is_sure_counts(logit_q8, is_heard):
    """A loud noise may sing; a piece that was taken for a noise at first is known all the same."""
    one = OneChannel()
    levels = {"level_cdb": PIECE_CDB, "floor_cdb": PIECE_CDB - 300}
    for index in range(20 * 50):
        one.add_music(-1000, index, **levels)
    for index in range(20 * 50, 40 * 50):
        one.add_music(logit_q8, index, **levels)
    assert bool(one.music.is_music) == is_heard


def test_what_stands_out_of_the_floor_of_before_counts():
    one = OneChannel()
    for index in range(5 * 50):
        one.add_music(-1000, index, level_cdb=-6000, floor_cdb=-6000)
    for index in range(5 * 50, 10 * 50):
        one.add_music(500, index, level_cdb=PIECE_CDB, floor_cdb=PIECE_CDB)
    assert one.music.is_music


@pytest.mark.parametrize("floor_db", [-62, -85])
def test_music_is_left_when_noise_is_back_that_was_silent_for_a_moment_before_it(floor_db):
    """The floor of before is then the microphone's: no reason to take the noise for music."""
    noise = noises.of("white", 6 * 16000, -52, np.random.default_rng(1), ())
    music = render.clip("music/cold-day")[: 12 * 16000]
    line = np.concatenate((noise, np.zeros(4800), music, noise)) + white(24.3, floor_db)
    got = hear(quiet(24.3), line)
    assert any(h.line_state == MUSIC for h in got[: 18 * 50])
    assert not any(h.line_state == MUSIC for h in got[int(20.3 * 50) :])
