"""Notes that stand: three lines at once that have kept to their places for 0.3 s are music.

The lines of a voice glide: of the customers' frames in the labelled world one in 50,000 has three
that stand so long, of the music's one in twenty. The net hears each frame for itself, and takes a
struck chord that rings alone for a vowel.
Out: how many lines stand. Followed by kernels/chords.py; what comes of it: kernels/speech.py.
Called by: hearing.py, for the line.
Ref: J. Saunders, Real-time discrimination of broadcast speech/music, ICASSP 1996; the steadiness of
peaks: K. Minami et al., Video handling with music and speech detection, IEEE MultiMedia 5, 1998.
"""

from array import array

from callclip.core.bands import N_BINS
from callclip.core.kernels import chords
from callclip.core.pack import pack


class Chords:
    """`found` holds one word, the number of lines that stand."""

    def __init__(self, spectrum):
        self.found = array("i", (0,))
        self._runs = bytearray(N_BINS)
        self.steps = ((chords.follow, pack(spectrum.power, self._runs, self.found)),)
