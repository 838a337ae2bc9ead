"""The agent's own phone, by its learned template: counts its rings at the microphone it was heard.

A frame fits when its level, its purity and the shares of its bands are those of the template. A
ring counts when the frames that fitted in the last second have the rhythm of the template's first
second, and their mean shares are its own; then not again before half its pause is over.
Out: Frame.n_rings, last_ring. Called by: hearing.py, once a frame, after tones.py.
"""

from array import array

from callclip.core.bands import N_BANDS
from callclip.core.frame import NEVER
from callclip.core.kernels import ringers
from callclip.core.ringsound import RingSound
from callclip.core.ringtemplate import AGENT

PATTERN_FRAMES = 50  # of a ring's beginning are compared
_PAST_FRAMES = 64
_PAUSE, _SOUND, _EITHER = range(3)  # what the pattern wants of a frame
QUIETER_CDB = 1200  # a ring may be so much quieter than the learned one
LOUDER_CDB = 1000
IMPURE_Q10 = 200
SHARE_MARGIN_Q10 = 60
BEYOND_Q10 = 160
FAR_Q10 = 400  # distance of the means
NEAR_FRAMES = 3
AGREE_PCT = 75
FOLLOW_SHIFT = 5
OTHER_FRAMES = 75  # a ring that tones.py counted this lately is the same one


_NOTHING = array("i", [])


class Ringer:
    """Silent until `use` gives it a template; allocates nothing after that. Without one it takes no
    memory for what it hears: most units have none."""

    def __init__(self, agent, line):
        """agent, line: each microphone's Spectrum."""
        self.template = None
        self.is_ringing = 0  # inside a ring that has counted
        self.start = NEVER  # of that ring
        self._spectra = (agent, line)
        self._sound = None
        self._mean = self._most = _NOTHING
        self._heard = self._heard_q10 = _NOTHING  # mean of the frames that fit, in 1/16; in 1/1
        self._past = self._pattern = _NOTHING  # flags of the last frames
        self._n_pattern = 0
        self._least_score = 0
        self._rest_frames = 0  # of a ring once it has counted
        self._blocked_frames = 0
        self._counted = NEVER
        self._fitted = NEVER
        self._n_rings = 0
        self._rung = NEVER  # when Frame.n_rings last grew

    def use(self, template):
        """Listen for this one; None: for none. The template has passed ringtemplate.problem."""
        self.template = template
        self.is_ringing = 0
        self._counted = NEVER
        self._sound = None
        self._mean = self._most = self._heard = self._heard_q10 = _NOTHING
        self._past = self._pattern = _NOTHING
        if template is None:
            return
        self._sound = RingSound(*self._spectra)
        self._past = array("i", bytes(4 * _PAST_FRAMES))
        self._pattern = array("i", bytes(4 * _PAST_FRAMES))
        mean_q10 = template["mean_q10"]
        self._mean = array("i", mean_q10)
        self._most = array("i", [share + SHARE_MARGIN_Q10 for share in template["most_q10"]])
        self._heard = array("i", [share << 4 for share in mean_q10])
        self._heard_q10 = array("i", bytes(4 * N_BANDS))
        self._set_rhythm(template["runs"], template["pause_frames"])
        self._least_score = self._least_score * template["fill_pct"] // 100

    def _set_rhythm(self, runs, pause_frames):
        n_ring = sum(runs)
        n = n_ring if n_ring < PATTERN_FRAMES else PATTERN_FRAMES
        at = 0
        n_on = 0
        for number, run in enumerate(runs):
            for k in range(at, min(at + run, n)):
                self._pattern[k] = _SOUND if number % 2 == 0 else _PAUSE
                n_on += 1 - number % 2
            if number % 2:  # its first and last frame hold some of the burst beside it
                self._pattern[at] = _EITHER
                self._pattern[min(at + run, n) - 1] = _EITHER
            at += run
            if at >= n:
                break
        self._n_pattern = n
        self._least_score = n_on * AGREE_PCT // 100
        self._rest_frames = n_ring - n
        self._blocked_frames = n_ring - n + pause_frames // 2

    def update(self, frame, is_music, index):
        """is_music: on the line."""
        template = self.template
        sound = self._sound
        if template is None or sound is None:
            return
        if frame.n_rings != self._n_rings:
            self._n_rings = frame.n_rings
            self._rung = index
        is_agent = template["channel"] == AGENT
        fits = self._fits(template, sound) and (is_agent or not is_music)
        self._past[index & 63] = 1 if fits else 0
        if fits:
            self._fitted = index
            ringers.follow(sound.shares, N_BANDS, FOLLOW_SHIFT, self._heard)
        # The rhythm may agree best a moment after a burst.
        is_near = self._fitted != NEVER and index - self._fitted <= NEAR_FRAMES
        if is_near and self._is_free(index) and self._is_ring(index):
            self._ring(frame, index)
        is_within = self._counted != NEVER and index - self._counted <= self._rest_frames
        self.is_ringing = 1 if is_within and index - self._fitted <= 5 else 0
        if self.is_ringing:
            frame.last_ring = index

    def lose(self, index, n_frames):
        """n_frames from `index` on were lost: nothing of them is known to fit."""
        for k in range(min(n_frames, len(self._past))):
            self._past[(index + k) & 63] = 0

    def is_fitting_at(self, channel, index):
        """Whether frame `index`, one of the last second, sounds like the ringer there."""
        template = self.template
        return template is not None and template["channel"] == channel and self._past[index & 63]

    def is_ringing_at(self, channel):
        """1 inside a ring on that microphone."""
        return self.is_ringing if self.template and self.template["channel"] == channel else 0

    def _fits(self, template, sound):
        sound.look(template["channel"])
        rise_cdb = sound.level_cdb - template["level_cdb"]
        if not -QUIETER_CDB <= rise_cdb <= LOUDER_CDB:
            return False
        if sound.purity_q10 < template["purity_q10"] - IMPURE_Q10:
            return False
        return ringers.beyond_most(sound.shares, self._most, N_BANDS) <= BEYOND_Q10

    def _is_free(self, index):
        return self._counted == NEVER or index - self._counted > self._blocked_frames

    def _is_ring(self, index):
        score = ringers.agreement(self._past, index & 63, self._pattern, self._n_pattern)
        if score < self._least_score:
            return False
        for band in range(N_BANDS):
            self._heard_q10[band] = self._heard[band] >> 4
        return ringers.distance(self._heard_q10, self._mean, N_BANDS) <= FAR_Q10

    def _ring(self, frame, index):
        self._counted = index
        self.start = index - self._n_pattern + 1
        if self._rung != NEVER and index - self._rung < OTHER_FRAMES:
            return
        frame.n_rings += 1
        self._n_rings = frame.n_rings
        self._rung = index
        frame.last_ring = index
        frame.n_busy_cycles = 0
        frame.busy_since = NEVER
        frame.hold_beep_since = NEVER
