"""Voices through rooms and machines: other sound, the same words at the same time."""

import numpy as np
import pytest

from simulator import clips
from training import effects

CLIP = "studio/thank-you-patience"


@pytest.mark.parametrize("effect", sorted(set(effects.EFFECTS), key=lambda each: each.__name__))
@pytest.mark.parametrize("seed", range(3))
def test_an_effect_changes_the_sound_and_not_the_words(effect, seed):
    samples = clips.samples(CLIP)
    heard = effect(samples, np.random.default_rng(seed))
    assert len(heard) == len(samples) and np.all(np.isfinite(heard))
    assert np.corrcoef(heard, samples)[0, 1] < 0.98
    envelopes = [np.sqrt(np.mean(np.square(_frames(x)), axis=1)) for x in (samples, heard)]
    assert np.corrcoef(*envelopes)[0, 1] > 0.7


def test_a_monotonous_voice_has_one_pitch():
    heard = effects._monotonous(clips.samples(CLIP), np.random.default_rng(1))
    period = _period(heard[4000:8000])
    assert all(abs(_period(heard[at : at + 4000]) - period) <= 1 for at in (8000, 12000))


def test_a_seed_is_an_effect():
    samples = clips.samples(CLIP)
    one, other = effects.changed(samples, 5), effects.changed(samples, 6)
    assert np.array_equal(one, effects.changed(samples, 5)) and not np.array_equal(one, other)


def _frames(samples):
    return samples[: len(samples) // 320 * 320].reshape(-1, 320)


def _period(samples):
    """Samples after which the sound comes again, 60 to 260 of them."""
    alike = np.correlate(samples, samples, "full")[len(samples) - 1 :]
    return 60 + int(np.argmax(alike[60:260]))
