"""Fits the last two of tuning.SYLLABLES: what a hill counts, and what a frame takes away.

    fit(jobs)  ->  Fitted

Synthesised voices of the tuning part, and those that only teach, say sentences of known count at
several speeds; the firmware counts. Its hills follow from what it reported with the committed
numbers, nearly: talk time, which has short pauses, stands for the frames of own speech. From these
least squares of the relative error, each band of speed counting alike.
Called by: __main__.py.
"""

import dataclasses

import numpy as np
from callclip.core.tuning import SYLLABLES
from callclip.core.units import FRAME_MS

from benches.detection import hear, syllables
from simulator.world import cast, packages
from training import voices

SPEEDS = {"flite": (42, 50, 58, 66, 74, 82, 90, 100, 110, 120), "espeak": (80, 100, 120, 140)}
BANDS_SPM = (75, 105, 130, 160, 190, 220, 260)
ONE = 1024
FRAMES_A_MINUTE = 60_000 // FRAME_MS


@dataclasses.dataclass(frozen=True)
class Fitted:
    """Numbers in 1/1024, and the share of calls within a tenth before and after."""

    n_calls: int
    before: tuple
    after: tuple
    within_before: float
    within_after: float


def speakers():
    """[(voice, which sentences)]; of the reporting part none."""
    known = [v for v in cast.voices("tuning") if v.engine in SPEEDS]
    further = [cast.Voice(model, "further", "espeak", model, rate) for model, rate in voices.SPOKEN]
    each = [(v, rate) for v in known + further for rate in SPEEDS[v.engine]]
    return [(dataclasses.replace(v, rate=rate), 7 * n) for n, (v, rate) in enumerate(each)]


def fit(jobs, on_done=None):
    packages.fetch()
    said = hear.in_parallel(syllables.one, speakers(), jobs, on_done)
    said = [s for s in said if s.ended and BANDS_SPM[0] <= s.true_spm < BANDS_SPM[-1]]
    gain, drift = SYLLABLES[2:]
    frames = np.array([s.ended["talk_agent_ms"] / FRAME_MS for s in said])
    counted = np.array([s.ended["syllables_per_min"] for s in said]) * frames / FRAMES_A_MINUTE
    hills = (counted * ONE + drift * frames) / gain
    true = np.array([s.true_spm for s in said]) * frames / FRAMES_A_MINUTE
    rows = np.stack((hills, -frames), axis=1) / true[:, None] / ONE
    band = np.digitize([s.true_spm for s in said], BANDS_SPM) - 1
    weight = np.sqrt(1 / np.bincount(band)[band])[:, None]
    (after, *_rest) = np.linalg.lstsq(rows * weight, weight[:, 0], rcond=None)
    rounded = tuple(round(float(number)) for number in after)
    return Fitted(
        len(said),
        (gain, drift),
        rounded,
        *(_within(rows, each) for each in ((gain, drift), rounded)),
    )


def _within(rows, numbers):
    return float(np.mean(np.abs(rows @ np.array(numbers) - 1) <= syllables.CLOSE_PCT / 100))
