"""Is this channel's person speaking? A frame-by-frame decision that ignores the other's leak.

A frame is active when its bands rise far enough above the louder of noise floor and the other
channel's leak. Three active frames out of four begin a talk spurt, back-dated to the first;
the spurt ends HANGOVER_FRAMES after its last active frame.
In: centi-dB. Out: Channel.is_active, is_speech, spurt_start, spurt_ms, last_active.
Called by: hearing.py. Ref: ITU-T P.56 for hangover as a notion.
"""

from array import array

from callclip.core import kernels
from callclip.core.frontend import N_BANDS, TELEPHONE
from callclip.core.frame import NEVER
from callclip.core.units import FRAME_MS

ON_CDB = 280
OFF_CDB = 180
LEAST_SPEECH_CDB = -6500
CONFIRM_FRAMES = 3
HANGOVER_FRAMES = 7


class SpeechDetector:
    def __init__(self):
        self._hold = array("i", [-12000] * N_BANDS)
        self.above_cdb = array("i", [0] * N_BANDS)
        self._run = 0  # active frames lately: +1 each, -1 each other, 0..CONFIRM
        self._first = NEVER
        self.score_cdb = 0

    def update(self, channel, spectrum, floor, other, leak_cdb, index):
        """Decide frame `index`; other: the other channel's Spectrum; leak_cdb: with margin."""
        score_cdb = kernels.excess(
            spectrum.levels_cdb,
            floor.levels_cdb,
            N_BANDS,
            other.levels_cdb,
            self._hold,
            leak_cdb,
            self.above_cdb,
        )
        self.score_cdb = score_cdb
        needed_cdb = OFF_CDB if channel.is_speech else ON_CDB
        if score_cdb >= needed_cdb and spectrum.levels_cdb[TELEPHONE] >= LEAST_SPEECH_CDB:
            self._active(channel, index)
        else:
            channel.is_active = 0
            if self._run > 0:
                self._run -= 1
            if channel.is_speech and index - channel.last_active > HANGOVER_FRAMES:
                channel.is_speech = 0
                self._run = 0

    def _active(self, channel, index):
        if channel.is_speech:
            channel.is_active = 1
            channel.last_active = index
            channel.spurt_ms += FRAME_MS
            return
        if self._run == 0:
            self._first = index
        self._run += 1
        if self._run >= CONFIRM_FRAMES:
            channel.is_active = 1
            channel.is_speech = 1
            channel.spurt_start = self._first
            channel.spurt_ms = self._run * FRAME_MS
            channel.last_active = index
