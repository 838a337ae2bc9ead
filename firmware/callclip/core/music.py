"""Hold music on the line, told from speech by three things that need no training.

Notes stay in their spectral bin for 120 ms and more, voices glide; music has no pauses, speech has
one every second; and its level moves little from frame to frame. Each is measured over the last
3 s in three blocks of 1 s and turned into points; points decide, with hysteresis.
Out: is_music, since (frame). Called by: hearing.py, for the line.
Ref: E. Scheirer, M. Slaney, Construction and evaluation of a robust multifeature speech/music
discriminator, ICASSP 1997 (low-energy frames, spectral flux as features).
"""

from array import array

from callclip.core.frame import NEVER
from callclip.core.frontend import TELEPHONE
from callclip.core.kernels import spectra

BLOCK_FRAMES = 50
N_BLOCKS = 3
FIRST_BIN = 12  # 375 Hz: below, a voice's own pitch can stand still
END_BIN = 110
STEADY_FRAMES = 6
PAUSE_CDB = 1500  # this far below the recent peak is a pause
PEAK_DECAY_CDB = 10  # a frame: 5 dB a second
PAUSE_FRAMES = 8  # 160 ms: shorter ones are between notes, too
MUSICAL_STEADY = 15  # frames with a steady peak in a block that may be music
MUSICAL_PAUSES = 15  # and its pauses at the most
QUIET_CDB = 30  # a score below this, far below the recent peak, is floor or leak
QUIET_FRAMES = 20  # no sound for 400 ms: the music has stopped
GONE_FRAMES = 60  # nothing above floor and leak for 1.2 s: it has stopped on a noisy line, too
MIN_SCORE_CDB = 100  # mean rise above the floor of something that is there at all

# value at which a feature says neither, and the distance from there that is worth 100 points
STEADY_MIDDLE, STEADY_SCALE = 26, 20  # frames with a steady peak, of 150
PAUSE_MIDDLE, PAUSE_SCALE = 38, 10  # frames of pause, of 150
CHANGE_MIDDLE_CDB, CHANGE_SCALE_CDB = 190, 40  # mean change from frame to frame
LEAST_STEADY = 30
MOST_POINTS = 200
ON_POINTS = 150
OFF_POINTS = -250


class MusicDetector:
    """Follows the line; all counters are of at most 150 frames, sums below 150 * 10000."""

    def __init__(self):
        self.is_music = 0
        self.since = NEVER
        self.points = 0  # of the last decision
        self._run = array("i", bytes(4 * 128))
        self._steady = array("i", [0] * N_BLOCKS)
        self._pauses = array("i", [0] * N_BLOCKS)
        self._changes = array("i", [0] * N_BLOCKS)
        self._scores = array("i", [0] * N_BLOCKS)
        self._n_frames = 0
        self._block = 0
        self._n_blocks = 0  # filled since the line was quiet
        self._peak_cdb = -12000
        self._before_cdb = -12000
        self._n_quiet = 0
        self._n_gone = 0  # frames in a row with nothing above floor and leak
        self._heard_since = NEVER
        self._n_pause = 0  # frames of the present pause
        self._resumed = NEVER  # frame in which sound came back after the last pause
        self._began = NEVER  # where the present run of musical blocks began

    def update(self, spectrum, score_cdb, index):
        """score_cdb: rise above floor and leak of frame `index`."""
        level_cdb = spectrum.levels_cdb[TELEPHONE]
        if score_cdb < QUIET_CDB and level_cdb < self._peak_cdb - PAUSE_CDB:
            self._n_quiet += 1
            if self._n_quiet >= QUIET_FRAMES:
                self.reset()
                return
        else:
            self._n_quiet = 0
            if self._heard_since == NEVER:
                self._heard_since = index
        if self._heard_since == NEVER:
            return
        self._n_gone = self._n_gone + 1 if score_cdb < QUIET_CDB else 0
        if self._n_gone >= GONE_FRAMES:
            self.reset()
            return
        self._count(spectrum, level_cdb, score_cdb, index)
        self._n_frames += 1
        if self._n_frames == BLOCK_FRAMES:
            self._decide(index)
            self._next_block()

    def reset(self):
        """The line went quiet, or gives busy tone: what was heard counts no more."""
        self.is_music = 0
        self._n_gone = 0
        self._heard_since = NEVER
        self._n_blocks = 0
        self._began = NEVER
        self._n_frames = 0
        self._clear(self._block)

    def _clear(self, block):
        self._steady[block] = 0
        self._pauses[block] = 0
        self._changes[block] = 0
        self._scores[block] = 0

    def _next_block(self):
        self._n_frames = 0
        self._block = (self._block + 1) % N_BLOCKS
        self._clear(self._block)

    def _count(self, spectrum, level_cdb, score_cdb, index):
        block = self._block
        mean = spectra.mean_power(spectrum.power, FIRST_BIN, END_BIN)
        if spectra.steady_peaks(spectrum.power, FIRST_BIN, END_BIN, mean, self._run, STEADY_FRAMES):
            self._steady[block] += 1
        peak_cdb = self._peak_cdb - PEAK_DECAY_CDB
        if level_cdb > peak_cdb:
            peak_cdb = level_cdb
        self._peak_cdb = peak_cdb
        if level_cdb < peak_cdb - PAUSE_CDB:
            self._pauses[block] += 1
            self._n_pause += 1
        else:
            if self._n_pause >= PAUSE_FRAMES:
                self._resumed = index
            self._n_pause = 0
        change_cdb = level_cdb - self._before_cdb
        self._before_cdb = level_cdb
        self._changes[block] += change_cdb if change_cdb >= 0 else -change_cdb
        self._scores[block] += score_cdb

    def _decide(self, index):
        """Once a second."""
        self._date(index)
        if self._n_blocks < N_BLOCKS:
            self._n_blocks += 1
        if self._n_blocks < N_BLOCKS:
            return
        steady = self._steady[0] + self._steady[1] + self._steady[2]
        pauses = self._pauses[0] + self._pauses[1] + self._pauses[2]
        changes = self._changes[0] + self._changes[1] + self._changes[2]
        scores = self._scores[0] + self._scores[1] + self._scores[2]
        n_frames = BLOCK_FRAMES * N_BLOCKS
        points = _points(steady - STEADY_MIDDLE, STEADY_SCALE)
        points += _points(PAUSE_MIDDLE - pauses, PAUSE_SCALE)
        points += _points(CHANGE_MIDDLE_CDB - changes // n_frames, CHANGE_SCALE_CDB)
        self.points = points
        if self.is_music:
            if points < OFF_POINTS:
                self.is_music = 0
        elif points > ON_POINTS and steady >= LEAST_STEADY and scores >= MIN_SCORE_CDB * n_frames:
            self.is_music = 1
            self.since = index - n_frames + 1 if self._began == NEVER else self._began

    def _date(self, index):
        """Where a run of musical blocks begins: after a pause in its first block or just before."""
        block = self._block
        if self._steady[block] < MUSICAL_STEADY or self._pauses[block] > MUSICAL_PAUSES:
            self._began = NEVER
        elif self._began == NEVER:
            start = index - BLOCK_FRAMES + 1
            earliest = max(start - BLOCK_FRAMES, self._heard_since)
            self._began = self._resumed if self._resumed >= earliest else max(start, earliest)


def _points(distance, scale):
    points = distance * 100 // scale
    if points > MOST_POINTS:
        return MOST_POINTS
    return points if points > -MOST_POINTS else -MOST_POINTS
