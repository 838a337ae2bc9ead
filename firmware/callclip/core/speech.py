"""Is this channel's person speaking? A frame-by-frame decision that ignores noise and leak.

A frame is active when its bands rise far enough above the louder of noise floor and the other
channel's leak. A few active frames begin speech: fewer when a voice's pitch is heard in them, more
when not; on a line that was dead only a voice can begin it. Sound that stays active without any
voice for BLOCK_FRAMES, or stands still, is noise: speech is taken back, and the noise floor may
start anew there.
Talk spurts join pieces up to SPURT_GAP_FRAMES apart and count only once a voice was heard in them.
In: centi-dB. Out: Channel.is_active, is_speech, spurt_start, spurt_ms, last_active.
Called by: hearing.py. Ref: ITU-T P.56 (200 ms hangover) for the spurt gap.
"""

from array import array

from callclip.core.frame import NEVER
from callclip.core.frontend import FULL, N_BANDS, TELEPHONE
from callclip.core.kernels import levels
from callclip.core.units import FRAME_MS, frames_from_ms

ON_CDB = 100
OFF_CDB = 60
LEAST_SPEECH_CDB = -6500
VOICED_Q10 = 520
SURE_Q10 = 650  # where noise is more likely than speech
HINT_Q10 = 420
MOST_HINTS = 2  # of a block of voiceless sound
CONFIRM_VOICED_FRAMES = 2
CONFIRM_FRAMES = 4
MIN_VOICED_FRAMES = 2
BLOCK_FRAMES = frames_from_ms(300)
ATTACK_FRAMES = 3  # the first frames of a sound still hold what was before
STILL_CDB = 250  # no voice holds its level like this for 300 ms
MOVE_FRAMES = 4  # on a line that was dead, a voice must also move within so many frames
MOVE_CDB = 80  # by more than this: mains hum does not
STEADY_CDB = 900
HANGOVER_FRAMES = 2
SPURT_GAP_FRAMES = frames_from_ms(200)


class SpeechDetector:
    """Decides for one channel; counters are bounded by the frames of a spurt."""

    def __init__(self):
        self.above_cdb = array("i", [0] * N_BANDS)  # each band's rise over floor and leak
        self.score_cdb = 0  # mean rise of the bands
        self.is_noise = 0  # 1 in the frame in which steady sound turned out to be noise
        self._hold = array("i", [-12000] * N_BANDS)
        self._run = 0  # active frames lately: +1 each, -1 each other
        self._first = NEVER  # first frame of that run
        self.n_voiced = 0  # voiced frames in it
        self._n_hints = 0  # frames of the present block that may hold a voice
        self._is_locked = False  # active without a voice: only a voice can begin speech
        self._spurt_frames = 0
        self._n_block = 0  # frames of the present block, and their range of levels
        self._low_cdb = 0
        self._high_cdb = 0

    def score(self, spectrum, floor, other, leak_cdb):
        """First half: how far this frame rises; other: the other Spectrum; leak_cdb with margin."""
        self.score_cdb = levels.excess(
            spectrum.levels_cdb,
            floor.levels_cdb,
            N_BANDS,
            other.levels_cdb,
            self._hold,
            leak_cdb,
            self.above_cdb,
        )

    def decide(
        self, channel, spectrum, voicing_q10, must_be_voiced, may_be_tone, is_other_sound, index
    ):
        """Second half. must_be_voiced: the line was dead; is_other_sound: a tone or music.

        may_be_tone: speech does not begin here yet, but if it is none, this frame belonged to it.
        """
        self.is_noise = 0
        is_likely = channel.is_speech or voicing_q10 >= SURE_Q10
        needed_cdb = OFF_CDB if is_likely else ON_CDB
        if (
            self.score_cdb >= needed_cdb
            and spectrum.levels_cdb[TELEPHONE] >= LEAST_SPEECH_CDB
            and not is_other_sound
        ):
            self._rise(
                channel,
                spectrum.levels_cdb[FULL],
                voicing_q10,
                must_be_voiced,
                may_be_tone,
                index,
            )
        else:
            self._fall(channel, is_other_sound, index)

    def _rise(self, channel, level_cdb, voicing_q10, must_be_voiced, may_be_tone, index):
        if self._run == 0:
            self._first = index
            self.n_voiced = 0
            self._n_block = 0
            self._n_hints = 0
        self._run += 1
        if voicing_q10 >= HINT_Q10:
            self._n_hints += 1
        is_doubtful = must_be_voiced or self._is_locked
        if voicing_q10 >= (SURE_Q10 if is_doubtful else VOICED_Q10):
            self.n_voiced += 1
            if self.n_voiced >= MIN_VOICED_FRAMES:
                self._is_locked = False
        elif is_doubtful:
            self.n_voiced = 0  # in doubt only voiced frames in a row are a voice
        if self._run > ATTACK_FRAMES:
            self._watch(channel, level_cdb)
            if self._is_locked:
                return
        if channel.is_speech:
            self._go_on(channel, index)
        elif not may_be_tone and self._may_begin(must_be_voiced):
            self._begin(channel, index)

    def _may_begin(self, must_be_voiced):
        if must_be_voiced and (
            self._n_block < MOVE_FRAMES or self._high_cdb - self._low_cdb <= MOVE_CDB
        ):
            return False
        if self.n_voiced >= MIN_VOICED_FRAMES or (self.n_voiced and not must_be_voiced):
            return self._run >= CONFIRM_VOICED_FRAMES
        return self._run >= CONFIRM_FRAMES and not must_be_voiced and not self._is_locked

    def _watch(self, channel, level_cdb):
        """Every BLOCK_FRAMES active frames: is this too steady or too voiceless for speech?"""
        self._n_block += 1
        if self._n_block == 1:
            self._low_cdb = level_cdb
            self._high_cdb = level_cdb
        elif level_cdb < self._low_cdb:
            self._low_cdb = level_cdb
        elif level_cdb > self._high_cdb:
            self._high_cdb = level_cdb
        if self._n_block < BLOCK_FRAMES:
            return
        self._n_block = 0
        n_hints = self._n_hints
        self._n_hints = 0
        range_cdb = self._high_cdb - self._low_cdb
        is_voiceless = n_hints <= MOST_HINTS
        if is_voiceless or range_cdb <= STILL_CDB:
            self._is_locked = True
            self.n_voiced = 0
            channel.is_speech = 0
            channel.is_active = 0
            self.is_noise = 1 if range_cdb <= STEADY_CDB else 0

    def _begin(self, channel, index):
        is_new = (
            channel.last_active == NEVER or self._first - channel.last_active > SPURT_GAP_FRAMES
        )
        if is_new:
            channel.spurt_start = self._first
            channel.spurt_ms = 0
            self._spurt_frames = 0
        self._spurt_frames += self._run - 1
        channel.is_speech = 1
        self._go_on(channel, index)

    def _go_on(self, channel, index):
        channel.is_active = 1
        channel.last_active = index
        self._spurt_frames += 1
        if self.n_voiced >= MIN_VOICED_FRAMES or channel.spurt_ms:
            channel.spurt_ms = self._spurt_frames * FRAME_MS

    def _fall(self, channel, is_other_sound, index):
        channel.is_active = 0
        if channel.is_speech:
            if is_other_sound or index - channel.last_active > HANGOVER_FRAMES:
                channel.is_speech = 0
                self._run = 0
        elif is_other_sound:
            self._run = 0
        elif self._run > 0:
            self._run -= 1
        if self._run == 0:
            self._is_locked = False
            self.n_voiced = 0
