"""Syllables without words: each hill in the level of the vowels' band is one.

The level of the band of first and second formants, smoothed over five frames, must climb out of a
valley and fall as far again, over a frame that is own speech and no hiss. Fast syllables run
together in hills of LOW_CDB, slow ones have several of these within a hill of HIGH_CDB: each hill
counts about half of a syllable in each of the two measures, and what both find too many in slow
speech, each frame of own speech takes away. The three weights are a least-squares fit.
In: power spectrum of the present frame, speech of the frame that the channel describes, which may
be `lag` frames older. Out: Channel.n_syllables. Called by: hearing.py, for the agent.
Ref: N. de Jong, T. Wempe, Praat script to detect syllable nuclei and measure speech rate
automatically, Behavior Research Methods 41(2), 2009; measured with tests/sound/test_syllables.py.
"""

from array import array

from callclip.core import units
from callclip.core.kernels import hills, levels

# Vowels 280-1560 Hz, what is left out, hiss 2-4 kHz.
EDGES_BINS = (9, 50, 64, 127)
LOW_CDB = 125
HIGH_CDB = 300
LOW_GAIN_Q10 = 665
HIGH_GAIN_Q10 = 636
DRIFT_Q10 = 16
LEAST_Q10 = -1024  # a long hum is no debt
_ONE_Q10 = 1024
_BIT_CDB = 602  # of a sample, in power
_N_HISTORY = 24  # frames
_STATE_WORDS = 11


class Hills:
    """Finds hills of one height over frames that were own speech."""

    def __init__(self, rise_cdb):
        self._rise_cdb = rise_cdb
        self._state = array("i", bytes(4 * _STATE_WORDS))
        self._waiting = 0  # hills whose frame is not judged yet, by the frames still to go

    def count(self, level_cdb, is_vowel, history, lag):
        """Hills that turn out to be speech in this frame. history: newest frame in bit 0."""
        age = hills.hill_age(level_cdb, is_vowel, self._rise_cdb, self._state)
        waiting = self._waiting >> 1
        n_hills = waiting & history & 1
        if age:
            if age < lag:
                waiting |= 1 << (lag - age)
            elif age - lag < _N_HISTORY:
                n_hills += history >> (age - lag) & 1
        self._waiting = waiting
        return n_hills


class SyllableCounter:
    def __init__(self):
        self._edges = array("i", EDGES_BINS)
        self._sums = array("i", (0, 0, 0))
        self._out = array("i", (0,))
        self._log_table = units.LOG_TABLE
        self._low = Hills(LOW_CDB)
        self._high = Hills(HIGH_CDB)
        self._history = 0  # speech of the last _N_HISTORY frames, one bit each
        self._credit_q10 = 0

    def update(self, channel, spectrum, lag):
        """lag: frames by which `channel` is older than `spectrum`, below 8."""
        sums = self._sums
        out = self._out
        levels.band_sums(spectrum.power, self._edges, 3, sums)
        levels.centidb(sums, 1, self._log_table, spectrum.shift * _BIT_CDB, out, 0)
        is_vowel = 1 if sums[0] >> 1 > sums[2] else 0
        history = (self._history << 1 | channel.is_active) & ((1 << _N_HISTORY) - 1)
        self._history = history
        n_low = self._low.count(out[0], is_vowel, history, lag)
        n_high = self._high.count(out[0], is_vowel, history, lag)
        if history:
            credit_q10 = self._credit_q10 + n_low * LOW_GAIN_Q10 + n_high * HIGH_GAIN_Q10
            if channel.is_active:
                credit_q10 -= DRIFT_Q10
            while credit_q10 >= _ONE_Q10:
                credit_q10 -= _ONE_Q10
                channel.n_syllables += 1
            self._credit_q10 = credit_q10 if credit_q10 > LEAST_Q10 else LEAST_Q10
