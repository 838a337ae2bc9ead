"""ACOUSTIC_SHOCK: a sudden, dangerously loud sound on the line.

Serves headset safety. A shock is a frame whose peak reaches `shock_peak_cdb`, stands
`shock_rise_cdb` above the running level, and 5 dB above the running peak. Both rise with
the sound (the level within some frames) and fade by 1 dB a second while the line carries sound,
hardly in silence: the peaks of a customer who shouts, or of a ring, do not stand out, a sound out
of nowhere does. After JUDGE_MS it is seen whether a voice is speaking. Until the customer
has spoken for KNOWN_MS, that voice is what was heard, his first loud words; later it takes
VOICE_RISE_CDB above the running peak and, less for what clips, above how loud he gets in this
call, however long ago, and a sound brighter than loud vowels are; else he has but raised his voice.
Whoever cries out after it was no part of it. The light comes then; the event when the sound is
over, or with LONGEST_MS when it goes on. One event a shock: it is over when its peaks have stayed
OVER_CDB below the limit for QUIET_MS.
Without calibration `shock_peak_cdb` is no sound pressure (see dose.py): -300 is assumed to be
102 dB SPL. Levels centi-dB re full scale, lengths ms. Runs in every frame, calls or not.
Ref: ITU-T P.10, acoustic shock ("a sudden sharp rise in the acoustic pressure"); G616 (102 dB SPL).
"""

from callclip.core import events
from callclip.core.frame import fact
from callclip.core.kernels import watches
from callclip.core.rules.rule import HEAD_WORDS, Rule
from callclip.core.signals import row_of
from callclip.core.units import FRAME_MS, frames_from_ms

LONGEST_MS = 500  # ITU-T P.360 draws its line between short and long there
QUIET_MS = 200
KNOWN_MS = 1000
JUDGE_MS = 80
OVER_CDB = 600
SOUND_CDB = -5000  # a louder frame carries sound
FADE_SOUND_16TH_CDB = 32  # 1 dB a second, in 1/16 centi-dB a frame
FADE_SILENCE_16TH_CDB = 3
ATTACK_SHIFT = 2  # a quarter of the way a frame
VOICE_RISE_CDB = 700  # where somebody speaks
CLIPPED_RISE_CDB = 500  # what clips is a click, or a word as loud as his others
LEAST_CDB = -6000
_LEAST_16TH_CDB = LEAST_CDB << 4


class AcousticShock(Rule):
    n_heard = fact(HEAD_WORDS)  # of the present shock, 0: there is none; at most one over LONGEST
    level_16th_cdb = fact(HEAD_WORDS + 1)  # running level, and running peak
    peaks_16th_cdb = fact(HEAD_WORDS + 2)
    call_counted = fact(HEAD_WORDS + 3)  # of the call in which his speech is counted
    n_speech = fact(HEAD_WORDS + 4)  # frames with the customer's speech, up to KNOWN_MS

    def __init__(self, call, config):
        self._known = frames_from_ms(KNOWN_MS)
        self._limit_cdb = config.shock_peak_cdb
        limits = (self._known, self._limit_cdb, config.shock_rise_cdb)
        running = (_LEAST_16TH_CDB, _LEAST_16TH_CDB)
        super().__init__(call, (0,) + running + (0, 0) + limits + (LEAST_CDB,))
        self._longest = frames_from_ms(LONGEST_MS)
        self._quiet = frames_from_ms(QUIET_MS)
        self._judge = frames_from_ms(JUDGE_MS)
        self._n_quiet = 0
        self._last = 0  # its last loud frame, counted like n_frames
        self._peak_cdb = 0
        self._loudest_cdb = 0  # level of its loudest frame
        self._tilt_cdb = 0  # and how far A-weighting raises it: above 0 it is bright
        self._over_cdb = 0  # rise
        self._is_clipped = 0
        self._voice_cdb = 0  # how loud the customer got before it

    def meter(self):
        return watches.shock

    def judge(self, frame):
        line = frame.line
        if self.n_heard == 0:
            self._begin(line)
            return
        if self.n_heard == self._judge:
            if self._is_voice(frame):
                self.n_heard = 0
                self._follow(self._loudest_cdb, self._peak_cdb)
                return
            self._call.prompts.see(row_of(events.ACOUSTIC_SHOCK), frame.index)
        self._go_on(frame)

    def _begin(self, line):
        self.n_heard = 1
        self._n_quiet = 0
        self._last = 1
        self._peak_cdb = line.peak_cdb
        self._loudest_cdb = line.level_cdb
        self._tilt_cdb = line.weighted_cdb - line.band_cdb
        self._over_cdb = line.peak_cdb - (self.level_16th_cdb >> 4)
        self._is_clipped = 1 if line.n_clipped else 0
        self._voice_cdb = self._call.talk.voice_cdb()

    def _follow(self, level_cdb, peak_cdb):
        fade = FADE_SOUND_16TH_CDB if level_cdb > SOUND_CDB else FADE_SILENCE_16TH_CDB
        running = self.level_16th_cdb
        rise = (level_cdb << 4) - running
        running += rise >> ATTACK_SHIFT if rise > 0 else -fade
        self.level_16th_cdb = running if running > _LEAST_16TH_CDB else _LEAST_16TH_CDB
        peaks = self.peaks_16th_cdb - fade
        if peaks < peak_cdb << 4:
            peaks = peak_cdb << 4
        self.peaks_16th_cdb = peaks if peaks > _LEAST_16TH_CDB else _LEAST_16TH_CDB

    def _is_word(self, frame):
        """Whether a word of the customer's had begun by the moment when it is judged."""
        line = frame.line
        if not (line.is_in_spurt and line.spurt_ms):
            return False
        return line.spurt_start <= frame.index - self.n_heard + self._judge

    def _is_usual(self):
        """Whether a word so loud is nothing new: the first of a call, or as loud as his others."""
        if self.call_counted == 0 or self.n_speech < self._known:
            return True
        if not self._call.talk.is_customer_heard:
            return True
        most_cdb = CLIPPED_RISE_CDB if self._is_clipped else VOICE_RISE_CDB
        return self._loudest_cdb - self._voice_cdb < most_cdb

    def _is_voice(self, frame):
        """Whether this is but a loud word, usual or one that stands out."""
        if not self._is_word(frame):
            return False
        if self._is_usual():
            return True
        peak_rise_cdb = self._peak_cdb - (self.peaks_16th_cdb >> 4)
        return peak_rise_cdb < VOICE_RISE_CDB or self._tilt_cdb < 0

    def _go_on(self, frame):
        line = frame.line
        is_told = self.n_heard > self._longest
        if not is_told:
            self.n_heard += 1
        else:
            self._follow(line.level_cdb, line.peak_cdb)  # whatever lasts is what the ear is used to
        if line.peak_cdb >= self._limit_cdb - OVER_CDB:
            self._n_quiet = 0
            self._last = self.n_heard
        else:
            self._n_quiet += 1
        if not is_told:
            if line.level_cdb > self._loudest_cdb:
                self._loudest_cdb = line.level_cdb
                self._tilt_cdb = line.weighted_cdb - line.band_cdb
            if line.peak_cdb > self._peak_cdb:
                self._over_cdb += line.peak_cdb - self._peak_cdb
                self._peak_cdb = line.peak_cdb
            if line.n_clipped:
                self._is_clipped = 1
            if self._n_quiet >= self._quiet or self.n_heard > self._longest:
                if self._is_word(frame) and self._is_usual():  # known later than JUDGE_MS
                    self._follow(self._loudest_cdb, self._peak_cdb)
                else:
                    self._tell()
        if self._n_quiet >= self._quiet:
            self.n_heard = 0

    def _tell(self):
        n_frames = self._last
        if n_frames > self._longest:
            n_frames = self._longest
        self._call.log(
            events.ACOUSTIC_SHOCK,
            self._peak_cdb,
            self._over_cdb,
            n_frames * FRAME_MS,
            self._is_clipped,
        )
