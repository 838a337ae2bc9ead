"""Hold music on the line: the net's opinion of single frames, added up over seconds.

A cumulative sum of the net's music logit: music is heard once it has grown large enough, and is
over when it has fallen a little (tuning.py): half a second without music is an end, which a pause
of a tune may be, too; then it goes on where it was. A strange tune's first notes may pass for a
voice for seconds, but the net has its doubts from the first one on: music began with the frames in
which it was more than MUSIC_HINT_Q8, or where the sum last left 0. A channel out of order, whose
voices clip and whose silence is as loud as a word, sounds like music to the net; it is none.

The net hears music for one to four seconds after the last note: what it has heard before counts.
While a piece is known, its level is; and a frame far below it must sound far surer of music to
count. Far is 15 dB, but 6 dB where the frame may be the noise that was there before the piece;
else, nothing is far that sounds in the full band as the piece does, a bass below the telephone's
band. After a rest of a third of a second, or what looks like one, the customer may be back: for a
second, what may be a voice must sound surer of music, and what is rather one, or the agent's leak,
far surer. On the other hand a floor that has risen to a long note is no reason to doubt. A piece is
forgotten when the sum is down to 0.
In: what the opinion weighs (chords.py), Q8. Out: is_music, is_maybe, since, until (frames); the
net's opinion in the light of the piece, Q8.
Followed by kernels/piece.py, then kernels/speech.py. Called by: hearing.py, for the line.
Ref: E. S. Page, Continuous inspection schemes, Biometrika 41, 1954 (cumulative sum); the figures
that the piece's level rests on: docs/decisions/0023-a-piece-has-a-level.md.
"""

from array import array

from callclip.core.frame import NEVER
from callclip.core.tuning import MUSIC_HINT_Q8, MUSIC_LATE_FRAMES

SINCE, UNTIL, IS_MUSIC, IS_MAYBE = range(8, 12)  # in facts, after the limits
OPINION_Q8 = 22
_LONG_AGO = -(1 << 20)  # frames


class MusicDetector:
    """`facts` tells it, in the words above. The sum stays below 2^18."""

    def __init__(self, sums_q8):
        """sums_q8: tuning.MUSIC_Q8."""
        kept = (0, NEVER, NEVER, NEVER, 0, 0)
        hints = (MUSIC_HINT_Q8, NEVER, _LONG_AGO)
        clipping = (0, 0, 0, NEVER)
        steady = (0, 0, 0)
        limits = tuple(sums_q8) + (MUSIC_LATE_FRAMES,)
        piece = (0, 0, 0, 0, 0, 0, 0)
        self.facts = array("i", limits + kept + hints + clipping + steady + piece)
