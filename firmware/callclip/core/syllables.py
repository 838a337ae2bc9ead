"""Syllables without words: each hill in the level of the vowels' band is one.

The level of the band of first and second formants, smoothed over five frames, must climb out of a
valley and fall as far again, over a frame that is own speech and no hiss. Fast syllables run
together in hills of LOW_CDB, slow ones have several of these within a hill of HIGH_CDB: each hill
counts about half of a syllable in each of the two measures, and what both find too many in slow
speech, each frame of own speech takes away. The three weights are a least-squares fit.
In: the vowels' level in the present frame, speech of the frame that the channel describes, which
may be `lag` frames older. Out: Channel.n_syllables. Called by: hearing.py, for the agent.
Ref: N. de Jong, T. Wempe, Praat script to detect syllable nuclei and measure speech rate
automatically, Behavior Research Methods 41(2), 2009; measured with tests/sound/test_syllables.py.
"""

from array import array

from callclip.core.kernels import hills
from callclip.core.pack import pack

LOW_CDB = 125
HIGH_CDB = 300
LOW_GAIN_Q10 = 665
HIGH_GAIN_Q10 = 636
_HEAD_WORDS = 8
_ROW = 7 * [0]


class SyllableCounter:
    def __init__(self, spectrum, facts, lag):
        """facts: of the channel; lag: frames by which they are older than `spectrum`, below 8."""
        low = _ROW + [LOW_CDB, LOW_GAIN_Q10]
        high = _ROW + [HIGH_CDB, HIGH_GAIN_Q10]
        self.state = array("i", _HEAD_WORDS * [0] + low + high)
        self._pack = pack(spectrum.levels_cdb, spectrum.scales, lag, self.state, facts)

    def update(self):
        """Take in the frame's level, and whether the channel speaks."""
        hills.count(self._pack)
