"""QUIET_CUSTOMER 1, 2, 3, AGENT_QUIET and AGENT_LOUD: is a voice too soft or too loud?

Serves "customer too quiet" and "raise the voice a little". Judged is the active speech level
after ITU-T P.56 over a stretch of own speech (pauses under 200 ms belong to it); what is said while
both speak, or beside music, is left out, since there the other voice would be measured, too. A soft
sentence is no soft voice: an agent who is less than SURE_CDB too soft is told after the second such
stretch in a row. A level is normal again only HYSTERESIS_CDB away from its limit. The customer's
stages come one stretch after the other while he stays too quiet.
Levels centi-dB re full scale, stretches in frames.
"""

from callclip.core import events
from callclip.core.activelevel import N_WORDS, ActiveLevel
from callclip.core.calibstates import at_the_mouth
from callclip.core.frame import AGENT_FACTS, LINE_FACTS, fact
from callclip.core.kernels import meters
from callclip.core.rules.rule import HEAD_WORDS, Rule
from callclip.core.transitions import IN_CONVERSATION
from callclip.core.units import frames_from_ms

HYSTERESIS_CDB = 200
SURE_CDB = 100
LAST_STAGE = 3
_LEVEL = HEAD_WORDS + 4


class StretchRule(Rule):
    """Judges the active speech level of so many frames of one side's spurts."""

    STATES = IN_CONVERSATION
    n_heard = fact(HEAD_WORDS + 2)  # of the present stretch
    limit_frames = fact(HEAD_WORDS + 3)

    def __init__(self, call, own, other, limit_frames):
        """own, other: where the facts of this side and of the other begin."""
        super().__init__(call, [own, other, 0, limit_frames] + N_WORDS * [0])
        self._level = ActiveLevel(memoryview(self.facts)[_LEVEL : _LEVEL + N_WORDS])

    def meter(self):
        return meters.stretch

    def begin(self, frame):
        self._level.clear()
        self.n_heard = 0

    def take_level_cdb(self):
        """Of the stretch that is whole; the next one begins."""
        level_cdb = self._level.level_cdb()
        self._level.clear()
        self.n_heard = 0
        return level_cdb


class QuietCustomer(StretchRule):
    def __init__(self, call, config):
        self._first = frames_from_ms(config.quiet_customer_ms)
        super().__init__(call, LINE_FACTS, AGENT_FACTS, self._first)
        self._limit_cdb = config.quiet_customer_cdb
        self._step = frames_from_ms(config.quiet_customer_step_ms)
        self.stage = 0  # not 0: a sequence runs

    def begin(self, frame):
        super().begin(frame)
        self.stage = 0
        self.limit_frames = self._first

    def judge(self, frame):
        level_cdb = self.take_level_cdb()
        if not self._call.talk.is_customer_heard:
            return  # a murmur behind the line is nobody's voice
        if level_cdb < self._limit_cdb:
            if self.stage < LAST_STAGE:
                self.stage += 1
                self._call.emit(events.QUIET_CUSTOMER, self.stage, level_cdb)
                self._call.wake()
        elif level_cdb >= self._limit_cdb + HYSTERESIS_CDB:
            self.stage = 0
        self.limit_frames = self._step if self.stage else self._first


class AgentLevel(StretchRule):
    def __init__(self, call, config):
        limit_frames = frames_from_ms(config.agent_level_ms)
        super().__init__(call, AGENT_FACTS, LINE_FACTS, limit_frames)
        self._quiet_cdb = at_the_mouth(config, config.agent_quiet_cdb)
        self._loud_cdb = at_the_mouth(config, config.agent_loud_cdb)
        self._is_quiet = 0
        self._is_loud = 0
        self._n_soft = 0  # stretches in a row

    def begin(self, frame):
        super().begin(frame)
        self._is_quiet = 0
        self._is_loud = 0
        self._n_soft = 0

    def judge(self, frame):
        """Each is said when it sets in, and again only after the level has been normal."""
        level_cdb = self.take_level_cdb()
        self._n_soft = self._n_soft + 1 if level_cdb < self._quiet_cdb else 0
        if level_cdb < self._quiet_cdb - SURE_CDB or self._n_soft == 2:
            if not self._is_quiet:
                self._call.emit(events.AGENT_QUIET, level_cdb)
            self._is_quiet = 1
        elif level_cdb >= self._quiet_cdb + HYSTERESIS_CDB:
            self._is_quiet = 0
        if level_cdb > self._loud_cdb:
            if not self._is_loud:
                self._call.emit(events.AGENT_LOUD, level_cdb)
            self._is_loud = 1
        elif level_cdb <= self._loud_cdb - HYSTERESIS_CDB:
            self._is_loud = 0
