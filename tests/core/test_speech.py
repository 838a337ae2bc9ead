"""Speech on either channel, and what is none: noise, steps of noise, hum, clicks, leak."""

import numpy as np
import pytest
from callclip.core.config import Config
from callclip.core.hearing import Hearing

from simulator import render
from tests.core.listen import buzz, hear, quiet, sine, white

AGENT_WORDS = "studio/thank-you-patience"
CUSTOMER_WORDS = "caller/queen-of-clubs"
LAST_FRAMES = 8


def speech_ms(heard_frames, channel):
    return 20 * sum(getattr(h, f"{channel}_speech") for h in heard_frames)


def with_quiet(signal, before_s, after_s):
    pad = lambda s: np.zeros(int(s * 16000))  # noqa: E731
    return np.concatenate((pad(before_s), signal, pad(after_s)))


@pytest.mark.parametrize("clip", [AGENT_WORDS, CUSTOMER_WORDS, "reader/cold-hearted"])
@pytest.mark.parametrize("channel", ["agent", "line"])
def test_words_are_speech_from_near_their_start_to_near_their_end(clip, channel):
    words = render.clip(clip)
    signal = with_quiet(words, 2, 1)
    signal = signal + white(len(signal) / 16000, -60)
    other = quiet(len(signal) / 16000)
    got = hear(signal, other) if channel == "agent" else hear(other, signal)
    flags = [getattr(h, f"{channel}_speech") for h in got]
    assert not any(flags[:99])
    first = flags.index(1)
    assert first <= 100 + 16  # a voice may set in 20 dB below its level
    end = 100 + len(words) // 320
    last = len(flags) - 1 - flags[::-1].index(1)
    assert end - 16 <= last <= end + 6


# None is the goal: loud noise that ends at once sounds, in hindsight, like an s that ends a word.
@pytest.mark.parametrize(("level_db", "end_ms"), [(-70, 0), (-50, 0), (-35, 100)])
def test_steady_noise_is_not_speech(level_db, end_ms):
    got = hear(white(20, level_db), white(20, level_db, seed=3))
    assert speech_ms(got, "agent") == 0
    assert speech_ms(got[:-LAST_FRAMES], "line") == 0
    assert speech_ms(got[-LAST_FRAMES:], "line") <= end_ms
    assert not any(h.line_live for h in got)


def test_a_step_of_noise_is_taken_back_and_not_heard_again():
    line = np.concatenate((white(4, -60), white(8, -40, seed=9)))
    got = hear(quiet(12), line, Hearing(Config()))
    assert speech_ms(got[4 * 50 + 25 :], "line") == 0
    # None is the goal: it may pass for a word until more of it has been heard.
    assert max(h.line_spurt_ms for h in got) <= 400


def test_a_line_that_comes_up_is_not_speech():
    line = np.concatenate((quiet(3), white(5, -58)))
    assert speech_ms(hear(quiet(8), line), "line") == 0


def test_hum_that_sets_in_is_taken_back():
    line = white(10, -60) + np.concatenate((np.zeros(4 * 16000), buzz(6, 100, -40)))
    got = hear(quiet(10), line)
    assert speech_ms(got[5 * 50 :], "line") == 0


def test_key_clicks_never_count_as_words():
    agent = white(12, -62)
    for at in range(2 * 16000, 11 * 16000, 3700):
        agent[at : at + 160] += white(0.01, -25, seed=at)[:160]
    got = hear(agent, quiet(12))
    assert speech_ms(got, "agent") <= 600
    hearing = Hearing(Config())
    hear(agent, quiet(12), hearing)
    assert hearing.frame.agent.spurt_ms == 0


@pytest.mark.parametrize("leak_db", [-15, -20, -25, -30])
def test_the_agents_leak_is_not_speech_on_the_line(leak_db):
    agent = with_quiet(render.clip(AGENT_WORDS), 2, 1)
    agent = np.tile(agent, 3) + white(3 * len(agent) / 16000, -62)
    line = np.roll(agent, 10) * 10 ** (leak_db / 20) + white(len(agent) / 16000, -60, seed=8)
    got = hear(agent, line)
    assert speech_ms(got, "agent") > 2000
    assert speech_ms(got, "line") <= 40


def test_both_at_once_are_both_heard():
    agent = with_quiet(render.clip(AGENT_WORDS), 2, 1)
    customer = render.clip(CUSTOMER_WORDS)
    n = min(len(agent) - 2 * 16000, len(customer))
    line = np.roll(agent, 10) * 10 ** (-20 / 20) + white(len(agent) / 16000, -60)
    line[2 * 16000 : 2 * 16000 + n] += customer[:n]
    got = hear(agent + white(len(agent) / 16000, -62), line)
    spoken = got[100 : 100 + n // 320]
    assert speech_ms(spoken, "line") >= 0.7 * 20 * len(spoken)
    assert speech_ms(spoken, "agent") >= 0.7 * 20 * len(spoken)


def test_a_tone_is_not_speech():
    line = white(6, -60) + with_quiet(sine(425, 3, -24), 2, 1)
    assert speech_ms(hear(quiet(6), line), "line") <= 40
