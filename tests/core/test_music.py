"""Hold music is found within six seconds, and voices and noise never are music."""

import numpy as np
import pytest
from callclip.core.config import Config
from callclip.core.frame import MUSIC, NEVER
from callclip.core.hearing import Hearing
from callclip.core.net import CUSTOMER_LATE
from callclip.core.tuning import MUSIC_HINT_Q8, MUSIC_LATE_FRAMES

from simulator import codecs, noises, render
from simulator.onechannel import OneChannel
from tests.core.listen import hear, quiet, white
from tests.core.test_tones import voice_clips


@pytest.mark.parametrize("noise_db", [-70, -50])
@pytest.mark.parametrize("piece", ["music/cold-day", "music/morning-coffee"])
def test_music_is_found_and_left(piece, noise_db):
    music = render.clip(piece)[: 12 * 16000]
    line = np.concatenate((np.zeros(2 * 16000), music, np.zeros(2 * 16000)))
    line = line + white(len(line) / 16000, noise_db)
    got = hear(quiet(len(line) / 16000), line)
    found = next(i for i, h in enumerate(got) if h.line_state == MUSIC)
    assert found <= (2 + 6) * 50
    assert all(h.line_state == MUSIC for h in got[found : 13 * 50])
    assert got[-1].line_state != MUSIC
    assert sum(h.line_speech for h in got[found : 13 * 50]) == 0


@pytest.mark.parametrize(
    ("piece", "noise_db"), [("music/cold-day", -50), ("music/morning-coffee", -70)]
)
def test_music_is_dated_back_to_its_begin(piece, noise_db):
    line = np.concatenate((np.zeros(2 * 16000), render.clip(piece)[: 6 * 16000]))
    line = line + white(len(line) / 16000, noise_db)
    got = hear(quiet(len(line) / 16000), line, Hearing(Config()))
    found = next(h for h in got if h.line_state == MUSIC)
    assert abs(found.line_since - 100) <= 60  # a soft beginning in noise is told late


@pytest.mark.parametrize("voice", sorted({name.split("/")[0] for name in voice_clips()}))
def test_no_voice_is_music(voice):
    words = [render.clip(name) for name in voice_clips() if name.startswith(voice + "/")]
    line = np.concatenate(words)[: 25 * 16000]
    line = line + white(len(line) / 16000, -62)
    assert not any(h.line_state == MUSIC for h in hear(quiet(len(line) / 16000), line))


@pytest.mark.parametrize("level_db", [-60, -35])
def test_noise_is_not_music(level_db):
    line = np.concatenate((quiet(2), white(10, level_db)))
    assert not any(h.line_state == MUSIC for h in hear(quiet(12), line))


SUMS_Q8 = (100, 300, 1000, 700, 1500)  # a step, maybe, on, off, the most
NONE_Q8 = -2000  # surely no music


def told(*runs):
    """(is_music, is_maybe, since) after each frame of (logit, frames) pairs."""
    one = OneChannel(sums_q8=SUMS_Q8)
    music = one.music
    out = []
    for logit_q8, n in runs:
        for _ in range(n):
            one.add_music(logit_q8, len(out))
            since = music.since if music.since == NEVER else music.since + MUSIC_LATE_FRAMES
            out.append((music.is_music, music.is_maybe, since))
    return out


def test_opinions_add_up_to_music_since_the_sum_left_nothing():
    got = told((NONE_Q8, 5), (50, 25))
    assert got[9] == (0, 0, NEVER) and got[10] == (0, 1, NEVER)
    assert got[23] == (0, 1, NEVER) and got[24:] == [(1, 1, 5)] * 6


def test_one_frame_counts_for_a_step_at_the_most():
    got = told((30000, 10))
    assert [is_music for is_music, _maybe, _since in got] == [0] * 9 + [1]


def test_doubt_begins_the_sum_anew():
    got = told((50, 10), (NONE_Q8, 12), (50, 20))
    assert got[40] == (0, 1, NEVER) and got[41] == (1, 1, 22)


def test_music_began_where_the_doubts_did():
    assert told((NONE_Q8, 5), (MUSIC_HINT_Q8 + 1, 150), (50, 20))[-1] == (1, 1, 5)
    assert told((NONE_Q8, 5), (MUSIC_HINT_Q8, 150), (50, 20))[-1] == (1, 1, 155)


def test_doubts_parted_by_a_quarter_second_are_others():
    assert told((-500, 50), (NONE_Q8, 10), (-500, 50), (50, 20))[-1] == (1, 1, 0)
    assert told((-500, 50), (NONE_Q8, 11), (-500, 50), (50, 20))[-1] == (1, 1, 61)


def test_doubts_of_more_than_four_seconds_are_a_hum():
    assert told((-500, 201), (50, 20))[-1] == (1, 1, 201)
    assert told((-500, 200), (50, 20))[-1] == (1, 1, 0)


def test_music_ends_when_the_sum_has_fallen_from_its_top():
    got = told((100, 500), (-30000, 8), (-30000, 1))
    assert got[507][0] == 1 and got[508][0] == 0


def test_after_a_pause_it_is_the_same_music_and_after_a_long_one_other():
    got = told((100, 20), (-100, 12), (100, 10))
    assert 0 in [is_music for is_music, _maybe, _since in got[20:32]]
    assert got[-1] == (1, 1, 0)
    got = told((100, 20), (NONE_Q8, 16), (100, 10))
    assert got[-1] == (1, 1, 36)


def test_a_busy_tone_forgets_all():
    one = OneChannel(sums_q8=SUMS_Q8)
    music = one.music
    for index in range(12):
        one.add_music(100, index)
    assert music.is_music
    one.add_music(100, 12, is_busy=1)
    assert not music.is_music and not music.is_maybe
    for index in range(13, 22):
        one.add_music(100, index)
    assert not music.is_music


@pytest.mark.parametrize("lead_s", [2, 20])
@pytest.mark.parametrize("seed", [0, 1])
@pytest.mark.parametrize("kind", ["telephone", "white", "pink"])
def test_noise_that_sings_through_a_codec_is_no_music(kind, seed, lead_s):
    generator = np.random.default_rng(seed)
    noise = noises.of(kind, 25 * 16000, -28, generator, ())
    noise = codecs.with_loss(codecs.coded(noise, "gsm"), 3.0, generator)
    line = np.concatenate((quiet(lead_s), noise))
    assert not any(h.line_state == MUSIC for h in hear(quiet(len(line) / 16000), line))


def test_music_may_hold_a_chord():
    t = np.arange(4 * 16000) / 16000
    chord = sum(np.sin(2 * np.pi * hz * t) for hz in (440, 554, 659, 880)) * 0.02
    music = np.concatenate((render.clip("music/cold-day")[: 8 * 16000], chord))
    got = hear(quiet(12), music + white(12, -60))
    found = next(i for i, h in enumerate(got) if h.line_state == MUSIC)
    assert all(h.line_state == MUSIC for h in got[found:590])


def after_chords(n_chords, apart=110, chord=10, then=(), ringing=40, late_q8=0, doubt_q8=-100):
    """Whether there is music after chords, each of so many frames, that ring out and die away.

    then: (logit, frames, is_high) that follow.
    """
    on = 80 * 4096
    one = OneChannel(sums_q8=(100, 300, on, on - 3000, on + 3000))
    one.logits_q8[CUSTOMER_LATE] = late_q8
    told = []
    rows = n_chords * [(chord, 1, 3), (ringing, 1, 0), (apart - chord - ringing, 0, 0)]
    rows = [(n, doubt_q8, is_high, n_standing) for n, is_high, n_standing in rows]
    for n, logit_q8, is_high, n_standing in rows + [(n, x, is_high, 0) for x, n, is_high in then]:
        for _ in range(n):
            one.add_music(logit_q8, len(told), n_standing=n_standing, is_high=is_high)
            told.append(one.music.is_music)
    return told


def test_chords_are_music_whatever_the_net_says():
    told = after_chords(9)
    assert told.index(1) // 110 == 8 and all(told[told.index(1) :])
    assert not any(after_chords(9, chord=9))
    assert not any(after_chords(9, ringing=90))  # it is no chord that rings on
    assert not any(after_chords(9, apart=250, ringing=40))  # the rest is too long for a beginning


def test_a_piece_may_rest_as_long_as_before_and_no_longer():
    ended = [-100, 200, 0]
    told = after_chords(12, then=[ended])
    rest = 110 - 50 + 10  # as before, and a margin; then the sum has to fall
    assert all(told[12 * 110 : 12 * 110 + 10]) and not any(told[12 * 110 + rest :])


def test_a_sound_behind_a_known_piece_ends_it_and_a_sure_voice_sooner():
    def end(late_q8):
        """The frame without music, from the last chord's rest on; there is no more after it."""
        told = after_chords(12, late_q8=late_q8, then=[[-100, 400, 1]])[12 * 110 :]
        assert not any(told[told.index(0) :])
        return told.index(0)

    assert end(900) < 70 < 80 < end(899) < 150


def test_two_lines_or_a_faint_or_a_foreign_chord_tell_nothing():
    def is_music(n_standing=3, **changes):
        one = OneChannel(sums_q8=SUMS_Q8)
        for index in range(20):
            one.add_music(-500, index, n_standing=n_standing, **changes)
        return one.music.is_music

    assert is_music()
    assert not is_music(n_standing=2)
    assert not is_music(level_cdb=-6001)
    assert not is_music(is_foreign=1)
    assert not is_music(is_high=0)


CHORDS_HZ = ((440, 554, 659), (523, 784, 1047), (466, 622, 932))


def struck(chords_hz, seconds=2.7):
    """Chords that die away before the next one, between silences: the net takes them for words."""
    t = np.arange(int(seconds * 16000)) / 16000
    ringing = 0.15 * np.exp(-2.5 * t)
    notes = [
        sum(np.sin(2 * np.pi * hz * t) + 0.5 * np.sin(4 * np.pi * hz * t) for hz in chord) * ringing
        for chord in chords_hz
    ]
    line = np.concatenate((np.zeros(2 * 16000), *notes))
    return hear(quiet(len(line) / 16000), line + white(len(line) / 16000, -60))


@pytest.mark.parametrize("order", [(0, 1, 2, 0, 1), (1, 2, 1, 2, 1), (2, 0, 0, 1, 1)])
def test_struck_chords_that_ring_alone_are_music(order):
    got = struck([CHORDS_HZ[k] for k in order])
    found = next(i for i, h in enumerate(got) if h.line_state == MUSIC)
    assert found <= (2 + 6) * 50
    assert all(h.line_state == MUSIC for h in got[found : 15 * 50])


@pytest.mark.parametrize("notes_hz", [(1000, 2000, 3000), (660, 1320, 1980)])
def test_a_machine_that_beeps_is_no_music(notes_hz):
    t = np.arange(int(0.5 * 16000)) / 16000
    beep = sum(np.sin(2 * np.pi * hz * t) for hz in notes_hz) * 0.04
    line = np.concatenate((np.zeros(2 * 16000), np.tile(np.append(beep, np.zeros(16000)), 12)))
    got = hear(quiet(len(line) / 16000), line + white(len(line) / 16000, -58))
    assert not any(h.line_state == MUSIC for h in got)


@pytest.mark.parametrize("seconds", [1.0, 1.5])
def test_a_note_that_is_held_once_is_no_music(seconds):
    """Whoever says "mmmh", sings a note, or a machine that beeps: again after six seconds."""
    t = np.arange(int(seconds * 16000)) / 16000
    note = sum(np.sin(2 * np.pi * 210 * k * t) for k in range(1, 15)) * 0.02
    silence = np.zeros(6 * 16000 - len(note))
    line = np.concatenate((np.zeros(2 * 16000), note, silence, note, silence))
    got = hear(quiet(len(line) / 16000), line + white(len(line) / 16000, -60))
    assert not any(h.line_state == MUSIC for h in got)


def music_after_clipping(n_frames, n_samples=8, floor_cdb=-2800, silent=()):
    """Whether there is music still when so many frames had so many samples at full scale."""
    one = OneChannel(sums_q8=SUMS_Q8)
    for index in range(160 + n_frames):
        one.channel.n_clipped = n_samples if index >= 160 else 0
        one.channel.floor_cdb = -6000 if index in silent else floor_cdb
        one.add_music(100, index)
    return one.music.is_music


def test_a_channel_that_clips_and_is_never_silent_has_no_music():
    assert music_after_clipping(24)
    assert not music_after_clipping(25)
    assert music_after_clipping(80, n_samples=7)
    assert music_after_clipping(80, floor_cdb=-2801)
    assert music_after_clipping(80, silent=[140])  # only a loud voice, or loud music
    assert not music_after_clipping(80, silent=[139])


def test_clipping_is_forgotten():
    one = OneChannel(sums_q8=SUMS_Q8)
    one.channel.floor_cdb = -1500
    told = []
    for index in range(1000):
        one.channel.n_clipped = 320 if index < 400 else 0
        one.add_music(100, index)
        told.append(one.music.is_music)
    assert not any(told[149:800]) and all(told[812:])  # 8 s later


def spoken(voice, seconds=25):
    words = [render.clip(name) for name in voice_clips() if name.startswith(voice + "/")]
    return np.concatenate(words)[: seconds * 16000]


@pytest.mark.parametrize("voice", ["reader", "studio"])
def test_a_line_out_of_order_is_no_music(voice):
    """Sixty times too loud and cut off: a voice, the line's noise, a leak, of which most was music.

    And whoever leaks from the agent's side, 20 dB down, is not there, loud as he is.
    """
    words = spoken(voice)
    n = len(words)
    line = np.concatenate((words, np.zeros(5 * 16000), words, 0.1 * words))
    line = np.clip((line + white(len(line) / 16000, -50)) * 60.0, -1.0, 1.0)
    agent = np.concatenate((np.zeros(len(line) - n), words)) + quiet(len(line) / 16000)
    got = hear(agent, line)
    assert not any(h.line_state == MUSIC for h in got)
    own, leaked = got[: -n // 320], got[-n // 320 :]
    assert sum(h.line_speech for h in own) > 0.9 * (2 * n // 320)
    assert sum(h.line_speech for h in leaked) < 0.3 * (n // 320)


@pytest.mark.parametrize("is_double_talk", [False, True])
@pytest.mark.parametrize("gain_db", [14, 18])
@pytest.mark.parametrize("noise_db", [-60, -36])
def test_a_loud_voice_is_a_voice(gain_db, noise_db, is_double_talk):
    """At -12 and -8 dBFS, cut off at full scale, without a pause for breath."""
    words = spoken("reader", 20)
    seconds = len(words) / 16000
    line = np.clip(words * 10 ** (gain_db / 20) + white(seconds, noise_db), -1.0, 1.0)
    agent = quiet(seconds) + (spoken("studio", 20)[: len(words)] if is_double_talk else 0.0)
    got = hear(agent, line)
    assert sum(h.line_speech for h in got) > 0.88 * len(got)


def test_loud_music_is_music():
    music = render.clip("music/cold-day")[: 15 * 16000]
    line = np.clip(np.concatenate((np.zeros(16000), music * 10 ** (16 / 20))), -1.0, 1.0)
    got = hear(quiet(len(line) / 16000), line + white(len(line) / 16000, -60))
    found = next(i for i, h in enumerate(got) if h.line_state == MUSIC)
    assert found <= (1 + 6) * 50
    assert all(h.line_state == MUSIC for h in got[found : 15 * 50])
