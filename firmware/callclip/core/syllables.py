"""Syllables without words: each rise and fall of the telephone band around a voiced peak is one.

The level, smoothed over two frames, must climb RISE_CDB out of a valley and fall as far again, and
a voice's pitch must have been heard on the way. 20 ms frames resolve 8 syllables a second.
In: centi-dB. Out: Channel.n_syllables. Called by: hearing.py, for the agent.
Ref: N. de Jong, T. Wempe, Praat script to detect syllable nuclei and measure speech rate
automatically, Behavior Research Methods 41(2), 2009 (intensity peaks with a 2 dB dip, voiced).
"""

from callclip.core.frontend import TELEPHONE

RISE_CDB = 200
VOICED_Q10 = 450


class SyllableCounter:
    def __init__(self):
        self._smooth_cdb = -12000
        self._valley_cdb = -12000
        self._peak_cdb = -12000
        self._is_rising = False
        self._is_voiced = False

    def update(self, channel, spectrum, voicing_q10):
        smooth_cdb = (self._smooth_cdb + spectrum.levels_cdb[TELEPHONE]) >> 1
        self._smooth_cdb = smooth_cdb
        if self._is_rising:
            if channel.is_active and voicing_q10 >= VOICED_Q10:
                self._is_voiced = True
            if smooth_cdb > self._peak_cdb:
                self._peak_cdb = smooth_cdb
            elif smooth_cdb <= self._peak_cdb - RISE_CDB:
                if self._is_voiced:
                    channel.n_syllables += 1
                self._is_rising = False
                self._valley_cdb = smooth_cdb
        elif smooth_cdb < self._valley_cdb:
            self._valley_cdb = smooth_cdb
        elif smooth_cdb >= self._valley_cdb + RISE_CDB:
            self._is_rising = True
            self._is_voiced = False
            self._peak_cdb = smooth_cdb
