"""QUIET_CUSTOMER 1, 2, 3, AGENT_QUIET and AGENT_LOUD: is a voice too soft or too loud?

Judged is the active speech level after ITU-T P.56 over a stretch of own speech (pauses under 200 ms
belong to it); what is said while both speak, or beside music, is left out, since there the other
voice would be measured, too. A level is normal again only HYSTERESIS_CDB away from its
limit. The customer's stages come one stretch after the other while he stays too quiet.
Levels centi-dB re full scale, stretches in frames.
"""

from callclip.core import events
from callclip.core.activelevel import ActiveLevel
from callclip.core.frame import MUSIC
from callclip.core.transitions import IN_CONVERSATION
from callclip.core.units import frames_from_ms

HYSTERESIS_CDB = 200
LAST_STAGE = 3


class QuietCustomer:
    STATES = IN_CONVERSATION

    def __init__(self, call, config):
        self._call = call
        self._limit_cdb = config.quiet_customer_cdb
        self._first = frames_from_ms(config.quiet_customer_ms)
        self._step = frames_from_ms(config.quiet_customer_step_ms)
        self._level = ActiveLevel()
        self._n_frames = 0  # of his spurts in the present stretch
        self.stage = 0  # not 0: a sequence runs

    def begin(self, frame):
        self._level.clear()
        self._n_frames = 0
        self.stage = 0

    def step(self, frame):
        line = frame.line
        if not line.spurt_ms or frame.agent.is_in_spurt or line.state == MUSIC:
            return
        level = self._level
        level.add(line.own_cdb, line.threshold)
        self._n_frames += line.is_in_spurt
        if self._n_frames < (self._step if self.stage else self._first):
            return
        level_cdb = level.level_cdb()
        level.clear()
        self._n_frames = 0
        if level_cdb < self._limit_cdb:
            if self.stage < LAST_STAGE:
                self.stage += 1
                self._call.emit(events.QUIET_CUSTOMER, self.stage, level_cdb)
        elif level_cdb >= self._limit_cdb + HYSTERESIS_CDB:
            self.stage = 0


class AgentLevel:
    STATES = IN_CONVERSATION

    def __init__(self, call, config):
        self._call = call
        self._quiet_cdb = config.agent_quiet_cdb
        self._loud_cdb = config.agent_loud_cdb
        self._stretch = frames_from_ms(config.agent_level_ms)
        self._level = ActiveLevel()
        self._n_frames = 0
        self._is_quiet = 0
        self._is_loud = 0

    def begin(self, frame):
        self._level.clear()
        self._n_frames = 0
        self._is_quiet = 0
        self._is_loud = 0

    def step(self, frame):
        agent = frame.agent
        if not agent.spurt_ms or frame.line.is_in_spurt:
            return
        level = self._level
        level.add(agent.own_cdb, agent.threshold)
        self._n_frames += agent.is_in_spurt
        if self._n_frames < self._stretch:
            return
        self._judge(level.level_cdb())
        level.clear()
        self._n_frames = 0

    def _judge(self, level_cdb):
        """Each is said when it sets in, and again only after the level has been normal."""
        if level_cdb < self._quiet_cdb:
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
