"""Learns a ringer from two rings: waits for one, takes its measure, waits for the next, compares.

A ring is sound that rises 10 dB above the noise of the room, up to where it is quiet for 1.2 s.
Both microphones listen; the one on which the first ring stood out more is the ringer's. Two rings
must agree in bands and rhythm. Nothing is kept but sums of shares, run lengths and a level.
Out: state, reason, template. Called by: hearing.py, once a frame; answers.py for start and judge.
"""

from array import array

from callclip.core.bands import N_BANDS, TELEPHONE
from callclip.core.kernels import ringers
from callclip.core.ringer import PATTERN_FRAMES
from callclip.core.ringsound import RingSound
from callclip.core.ringstates import (
    HEAR_FIRST,
    HEAR_SECOND,
    IDLE,
    LEARNED,
    NO_REASON,
    NO_RING,
    NO_RINGER,
    REFUSED,
    STOPPED,
    TOO_LONG,
    TOO_MANY_BURSTS,
    TOO_SHORT,
    UNLIKE,
    WAIT_FIRST,
    WAIT_SECOND,
)
from callclip.core.ringtemplate import AGENT, LINE, MAX_FRAMES, MAX_RUNS
from callclip.core.units import frames_from_ms

RISE_CDB = 1000
QUIET_CDB = -6500  # a ring is above this, however quiet the room
FIRST_WAIT_FRAMES = frames_from_ms(60000)
SECOND_WAIT_FRAMES = frames_from_ms(12000)
END_FRAMES = frames_from_ms(1200)
HOLE_FRAMES = 3  # a shorter pause is a dip between two notes
LEAST_FRAMES = frames_from_ms(300)  # of sound in a ring
LEAST_PURITY_Q10 = 350
ALIKE_Q10 = 400  # distance of the means of two rings
ALIKE_FRAMES = 4  # runs of two rings differ by this much, or a fifth
_SECOND = 2  # AGENT and LINE are the first ring's


class Ring:
    """One ring as one microphone hears it."""

    def __init__(self, spectra, sound):
        """spectra: the agent's and the line's Spectrum; sound: their RingSound, shared."""
        self._spectra = spectra
        self.ear = sound
        self.sums = array("i", [0] * N_BANDS)  # of at most PATTERN_FRAMES shares: < 2^16
        self.most = array("i", [0] * N_BANDS)
        self.runs = array("i", [0] * (MAX_RUNS + 1))
        self.begin(0)

    def begin(self, least_cdb):
        self.least_cdb = least_cdb
        self.n_frames = 0  # since its first frame
        self.n_on = 0
        self.n_summed = 0
        self.n_runs = 0
        self.n_quiet = 0
        self.purities = 0
        self.levels_cdb = 0
        for band in range(N_BANDS):
            self.sums[band] = 0
            self.most[band] = 0
        for k in range(MAX_RUNS + 1):
            self.runs[k] = 0

    def hear(self, channel):
        self.n_frames += 1
        if self._spectra[channel].levels_cdb[TELEPHONE] < self.least_cdb:
            self.n_quiet += 1
            return
        self._count_run()
        sound = self.ear
        sound.look(channel)
        self.n_on += 1
        self.purities += sound.purity_q10
        self.levels_cdb += sound.level_cdb
        for band in range(N_BANDS):
            share = sound.shares[band]
            if self.n_frames <= PATTERN_FRAMES:
                self.sums[band] += share
            if share > self.most[band]:
                self.most[band] = share
        if self.n_frames <= PATTERN_FRAMES:
            self.n_summed += 1

    def _count_run(self):
        if self.n_runs == 0:
            self.n_runs = 1
        elif self.n_quiet > HOLE_FRAMES and self.n_runs + 2 <= MAX_RUNS + 1:
            self.runs[self.n_runs] = self.n_quiet
            self.n_runs += 2
        else:
            self.runs[self.n_runs - 1] += self.n_quiet
        if self.n_runs <= MAX_RUNS:
            self.runs[self.n_runs - 1] += 1
        self.n_quiet = 0

    def mean(self, band):
        return self.sums[band] // self.n_summed if self.n_summed else 0

    def length_frames(self):
        return self.n_frames - self.n_quiet


class RingLearner:
    """`state` and `reason` tell how far it is; `template` is there when it has LEARNED."""

    def __init__(self, agent, line, agent_floor, line_floor):
        """agent, line: each microphone's Spectrum; *_floor: its NoiseFloor."""
        self.state = IDLE
        self.reason = NO_REASON
        self.template = None
        self.channel = AGENT
        self._spectra = (agent, line)
        self._floors = (agent_floor, line_floor)
        # Room for what is heard, 3 KB: only while it learns.
        self._no_rings = []  # made here, as _rest may run under the heap lock
        self._rings = (
            self._no_rings
        )  # the first as the agent's and the line's microphone hear it; the second
        self.is_heard = False  # both rings: time to judge
        self._n_waited = 0
        self._pause_frames = 0

    @property
    def is_learning(self):
        return WAIT_FIRST <= self.state <= HEAR_SECOND

    def start(self):
        """Wait for a ring. Allocates when it was idle: not on the frame path then."""
        if not self._rings:
            sound = RingSound(*self._spectra)
            self._rings = [Ring(self._spectra, sound) for _ in range(3)]
        self.template = None
        self.reason = NO_REASON
        self.state = WAIT_FIRST
        self.is_heard = False
        self._n_waited = 0

    def stop(self):
        if self.is_learning:
            self._refuse(STOPPED)

    def update(self):
        """Take in the frame."""
        if self.state == WAIT_FIRST:
            self._wait_first()
        elif self.state == HEAR_FIRST:
            self._rings[AGENT].hear(AGENT)
            self._rings[LINE].hear(LINE)
            self._end_first()
        elif self.state == WAIT_SECOND:
            self._wait_second()
        elif self.state == HEAR_SECOND and not self.is_heard:
            self._rings[_SECOND].hear(self.channel)
            self._end_second()

    def _level_cdb(self, channel):
        return self._spectra[channel].levels_cdb[TELEPHONE]  # pyright: ignore[reportAttributeAccessIssue]

    def _least_cdb(self, channel):
        least_cdb = self._floors[channel].levels_cdb[TELEPHONE] + RISE_CDB  # pyright: ignore[reportAttributeAccessIssue]
        return least_cdb if least_cdb > QUIET_CDB else QUIET_CDB

    def _wait_first(self):
        self._n_waited += 1
        agent_cdb = self._least_cdb(AGENT)
        line_cdb = self._least_cdb(LINE)
        if self._level_cdb(AGENT) >= agent_cdb or self._level_cdb(LINE) >= line_cdb:
            self.state = HEAR_FIRST
            self._rings[AGENT].begin(agent_cdb)
            self._rings[LINE].begin(line_cdb)
            self._rings[AGENT].hear(AGENT)
            self._rings[LINE].hear(LINE)
        elif self._n_waited > FIRST_WAIT_FRAMES:
            self._refuse(NO_RING)

    def _end_first(self):
        a = self._rings[AGENT]
        b = self._rings[LINE]
        if a.n_quiet < END_FRAMES and a.n_on or b.n_quiet < END_FRAMES and b.n_on:
            if a.n_frames > MAX_FRAMES + END_FRAMES:
                self._refuse(TOO_LONG)
            return
        # The louder one, above what it takes to be heard there.
        a_cdb = a.levels_cdb // a.n_on - a.least_cdb if a.n_on else -12000
        b_cdb = b.levels_cdb // b.n_on - b.least_cdb if b.n_on else -12000
        self.channel = LINE if b_cdb > a_cdb else AGENT
        self.state = WAIT_SECOND
        self._n_waited = 0
        reason = self._fault(self._rings[self.channel])
        if reason == TOO_SHORT:
            self.start()  # a click or a cough: go on waiting
        elif reason:
            self._refuse(reason)

    def _fault(self, ring):
        if ring.n_on < LEAST_FRAMES:
            return TOO_SHORT
        if ring.length_frames() > MAX_FRAMES:
            return TOO_LONG
        if ring.n_runs > MAX_RUNS:
            return TOO_MANY_BURSTS
        if ring.purities // ring.n_on < LEAST_PURITY_Q10:
            return NO_RINGER
        return NO_REASON

    def _wait_second(self):
        self._n_waited += 1
        first = self._rings[self.channel]
        if self._level_cdb(self.channel) >= first.least_cdb:
            self.state = HEAR_SECOND
            self._pause_frames = first.n_quiet + self._n_waited - 1
            self._rings[_SECOND].begin(first.least_cdb)
            self._rings[_SECOND].hear(self.channel)
        elif self._n_waited > SECOND_WAIT_FRAMES:
            self._refuse(NO_RING)

    def _end_second(self):
        ring = self._rings[_SECOND]
        if ring.n_quiet < END_FRAMES:
            if ring.n_frames > MAX_FRAMES + END_FRAMES:
                self._refuse(TOO_LONG)
            return
        self.is_heard = True

    def judge(self):
        """Compare the two rings once both were heard. Allocates: not on the frame path."""
        if not self.is_heard:
            return
        self.is_heard = False
        first = self._rings[self.channel]
        if self._is_alike(first, self._rings[_SECOND]):
            self.template = self._template(first, self._rings[_SECOND])
            self.state = LEARNED
            self._rest()
        else:
            self._refuse(UNLIKE)

    def _is_alike(self, first, second):
        if first.n_runs != second.n_runs:
            return False
        for k in range(first.n_runs):
            off_frames = first.runs[k] - second.runs[k]
            if abs(off_frames) > max(ALIKE_FRAMES, first.runs[k] // 5):
                return False
        a = array("i", [first.mean(band) for band in range(N_BANDS)])
        b = array("i", [second.mean(band) for band in range(N_BANDS)])
        return ringers.distance(a, b, N_BANDS) <= ALIKE_Q10

    def _template(self, first, second):
        n_on = first.n_on + second.n_on
        return {
            "channel": self.channel,
            "level_cdb": (first.levels_cdb + second.levels_cdb) // n_on,
            "purity_q10": (first.purities + second.purities) // n_on,
            "fill_pct": _fill_pct(first, second),
            "pause_frames": self._pause_frames,
            "mean_q10": [(first.mean(b) + second.mean(b)) // 2 for b in range(N_BANDS)],
            "most_q10": [max(first.most[b], second.most[b]) for b in range(N_BANDS)],
            "runs": [(first.runs[k] + second.runs[k] + 1) // 2 for k in range(first.n_runs)],
        }

    def _refuse(self, reason):
        self.state = REFUSED
        self.reason = reason
        self._rest()

    def _rest(self):
        self._rings = self._no_rings


def _fill_pct(first, second):
    n_frames = 0
    for k in range(0, first.n_runs, 2):
        n_frames += first.runs[k] + second.runs[k]
    fill_pct = (first.n_on + second.n_on) * 100 // n_frames
    return fill_pct if fill_pct < 100 else 100
