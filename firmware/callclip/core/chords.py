"""Notes that stand: three lines at once that have kept to their places for 0.3 s are music.

The lines of a voice glide: of the customers' voices in the labelled world hardly a frame has three
that stand so long. The net takes a struck chord that rings alone for a vowel. So a chord counts for
four frames of the surest music, whatever the net says, in a quarter of a second of it, if two of
its lines are not of the one before: two chords make music, one may be a voice that holds a note,
and the same again and again a machine that beeps. What rings out behind it, and rests as long as
the piece has had before (2 s before music is known), are no reason to doubt, until more than a
second after the last chord the net has been sure of a voice for 0.3 s.
Out: how many lines stand, what the net's opinion on music weighs. Followed by kernels/chords.py.
Called by: hearing.py, for the line.
Ref: J. Saunders, Real-time discrimination of broadcast speech/music, ICASSP 1996; the steadiness of
peaks: K. Minami et al., Video handling with music and speech detection, IEEE MultiMedia 5, 1998.
"""

from array import array

from callclip.core.bands import N_BINS
from callclip.core.kernels import chords
from callclip.core.pack import pack

N_STANDING, WEIGHED_Q8, LAST_CHORD = range(3)  # in state
N_WEIGHED, N_NEW = 6, 7
_N_WORDS = 12
_LONG_AGO = -(1 << 20)  # frames


class Chords:
    """`state` tells how many lines stand, and what the opinion of this frame weighs."""

    def __init__(self, spectrum, facts, moment, logits_q8, music):
        """spectrum: of the line; facts, moment: its; music: state of MusicDetector."""
        self.state = array("i", bytes(4 * _N_WORDS))
        self.state[LAST_CHORD] = _LONG_AGO
        self._runs = bytearray(N_BINS)
        self._marks = bytearray(N_BINS)
        lines = (spectrum.power, self._runs, self._marks, self.state)
        self.steps = ((chords.follow, pack(*lines)),)
        self.weigh_pack = pack(facts, moment, logits_q8, music, self.state)
