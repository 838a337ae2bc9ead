"""Facts of a frame that are not about speech: level, floor, peak, clipping, a stuck channel, dB(A).

They go into the Channels that call and rules see, `delay_frames` later than they were heard, so
that they belong to the frame that hearing shows. A-weighting is a table over the 16 bands; with the
rest, which rules/dose.py adds, its error against IEC 61672-1 is below 0.2 dB for speech, white and
pink noise, 1 dB for tones from 125 to 3500 Hz and 3 dB up to 8 kHz (tests/core/test_loudness.py).
In: the front end's levels, the floors and the slots. Out: Channel.level_cdb, floor_cdb, peak_cdb,
n_clipped, is_still, weighted_cdb, band_cdb, rise_cdb; centi-dB re full scale.
Called by: hearing.py, once a frame. Ref: IEC 61672-1:2013, equation E.1 (A-weighting).
"""

from array import array

from callclip.core.kernels import loudness
from callclip.core.pack import pack

_LEAST_CDB = -12000
_NOTHING = [_LEAST_CDB, _LEAST_CDB, _LEAST_CDB, 0, 0, _LEAST_CDB, _LEAST_CDB, 0]  # of a channel


class Loudness:
    def __init__(self, front, agent_floor, line_floor, facts, delay_frames=0):
        n_rows = delay_frames + 1
        self._late = array("i", [n_rows, 0] + 2 * n_rows * _NOTHING)
        floors = (agent_floor.levels_cdb, line_floor.levels_cdb)
        self.pack = pack(front.scales, front.levels_cdb, *floors, self._late, facts)

    def update(self, slots):
        """Take in the frame that the front end has just analysed; show the one due now."""
        loudness.tell(0, 0, slots, self.pack)
