"""How loud the hold music is that plays: what stands far below it is not of it, or a rest.

The net hears music for one to four seconds after the last note: what it has heard before counts.
While a piece is known, its level is; and a frame FAR_CDB below it must sound far surer of music to
count. After a rest of a third of a second, or what looks like one, the next sound must be sure of
it, too: mostly that is the customer who is back. What the net takes rather for a voice than for
music counts as none. On the other hand a floor that has risen to a long note is no reason to doubt.
A piece is forgotten when the sum of music is down to 0 (music.py).
Out: the opinion on music, Q8, in the net's stead; is_high of the line's moment.
Followed by kernels/piece.py. Called by: hearing.py, for the line.
Ref: none; the figures are in docs/decisions/0023-a-piece-has-a-level.md.
"""

from array import array

from callclip.core.kernels import piece
from callclip.core.pack import pack

OPINION_Q8, LEVEL_64TH_CDB, N_FAR, N_AFTER = range(4)  # in state


class Piece:
    def __init__(self, spectrum, moment, logits_q8, music):
        """spectrum: of the line; moment: its facts; music: state of MusicDetector."""
        self.state = array("i", bytes(4 * 4))
        self.step = (piece.judge, pack(spectrum.levels_cdb, moment, logits_q8, music, self.state))
