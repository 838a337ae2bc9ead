"""Syllables without words: each hill in the levels of the vowels' bands is one.

The mean level of the bands of first and second formants, smoothed over nine frames, must climb out
of a valley by a decibel and fall as far again, over a frame that is own speech. A mean of levels,
not the level of the sum: the first formant alone hardly moves in some voices. Fast syllables run
together in one hill, slow ones have more than one: a hill counts for more than a syllable, and each
frame of own speech takes something away. Limits: tuning.SYLLABLES, of which these two are a
least-squares fit (docs/tuning.md).
In: the levels of the present frame, speech of the frame that the channel describes, which
is `lag` frames older. Out: Channel.n_syllables. Called by: hearing.py, for the agent.
Ref: N. de Jong, T. Wempe, Praat script to detect syllable nuclei and measure speech rate
automatically, Behavior Research Methods 41(2), 2009; measured with tests/sound/test_syllables.py.
"""

from array import array

from callclip.core.kernels import hills
from callclip.core.pack import pack
from callclip.core.tuning import SYLLABLES

N_VOWEL_BANDS = 9
MOST_LAG = 4  # the smoothing takes so long
_N_KEPT = 14


class SyllableCounter:
    def __init__(self, spectrum, facts, lag, limits=SYLLABLES):
        """facts: of the channel; lag: frames by which they are older than `spectrum`; limits: as
        tuning.SYLLABLES."""
        rise_cdb, *others = limits
        self.state = array("i", _N_KEPT * [0] + [rise_cdb * N_VOWEL_BANDS] + others)
        self._pack = pack(spectrum.levels_cdb, lag, self.state, facts)

    def update(self):
        """Take in the frame's level, and whether the channel speaks."""
        hills.count(self._pack)
