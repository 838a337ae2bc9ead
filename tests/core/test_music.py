"""Hold music is found within six seconds, and voices and noise never are music."""

import numpy as np
import pytest
from callclip.core.frame import MUSIC

from simulator import render
from tests.core.listen import hear, quiet, white
from tests.core.test_tones import voice_clips


@pytest.mark.parametrize("noise_db", [-70, -50])
@pytest.mark.parametrize("piece", ["music/cold-day", "music/morning-coffee"])
def test_music_is_found_dated_and_left(piece, noise_db):
    music = render.clip(piece)[: 12 * 16000]
    line = np.concatenate((np.zeros(2 * 16000), music, np.zeros(2 * 16000)))
    line = line + white(len(line) / 16000, noise_db)
    got = hear(quiet(len(line) / 16000), line)
    found = next(i for i, h in enumerate(got) if h.line_state == MUSIC)
    assert found <= (2 + 6) * 50
    assert abs(got[found].line_since - 100) <= 50
    assert all(h.line_state == MUSIC for h in got[found : 13 * 50])
    assert got[-1].line_state != MUSIC
    assert sum(h.line_speech for h in got[found : 13 * 50]) == 0


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
