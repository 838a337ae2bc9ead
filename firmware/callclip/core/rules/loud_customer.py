"""CUSTOMER_LOUD: the customer's voice is far above his own running level, or very loud at all.

Serves "stay calm with an angry customer". Judged is the active speech level of his last three
seconds of speech, after each second. His own running level is the mean power of what he said
before, three seconds late, with a memory of MEMORY_PARTS of them; it counts from SETTLED_PARTS on,
and stands still while he is loud. One episode is one event: it ends when his level has come back
HYSTERESIS_CDB below the limit. What is said beside the agent's voice, music or a hold may not be
his. Levels centi-dB re full scale.
"""

from array import array

from callclip.core import events, tables
from callclip.core.frame import fact
from callclip.core.kernels import levels, meters
from callclip.core.pack import pack
from callclip.core.rules.rule import HEAD_WORDS, Rule
from callclip.core.stretch import N_PARTS, Stretch
from callclip.core.transitions import IN_CONVERSATION

SETTLED_PARTS = 3  # of a second each: he has spoken for eight seconds by then
MEMORY_PARTS = 20
HYSTERESIS_CDB = 300
_POWER_OFFSET_CDB = -8700


class LoudCustomer(Rule):
    STATES = IN_CONVERSATION
    n_heard = fact(HEAD_WORDS)  # of speech in the present second
    power_sum = fact(HEAD_WORDS + 1)  # and its sum

    def __init__(self, call, config):
        super().__init__(call, [0, 0])
        self._rise_cdb = config.customer_loud_rise_cdb
        self._limit_cdb = config.customer_loud_cdb
        self._stretch = Stretch()
        self._recent_cdb = array("i", bytes(4 * N_PARTS))  # not learnt from yet
        self._n_recent = 0  # since the start, or since he was loud. Bound: one a second
        self._n_parts = 0  # learnt from, up to MEMORY_PARTS
        self._own = array("i", [0])  # his running power, as of levels.power_of: below 2^29
        self._own_cdb = array("i", [0])
        self._offset = array("i", [_POWER_OFFSET_CDB])
        self._exp_table = tables.EXP
        self._pack = pack(self._own, self._offset, 1, tables.LOG, self._own_cdb)
        self._is_loud = 0

    def meter(self):
        return meters.part

    def begin(self, frame):
        self._stretch.clear()
        self.n_heard = 0
        self.power_sum = 0
        self._n_recent = 0
        self._n_parts = 0
        self._own[0] = 0
        self._is_loud = 0

    def judge(self, frame):
        is_new = self._stretch.add(self.power_sum)
        self.n_heard = 0
        self.power_sum = 0
        if is_new:
            self._compare(self._stretch.level_cdb)

    def _compare(self, level_cdb):
        limit_cdb = self._limit_cdb
        if self._n_parts >= SETTLED_PARTS:
            levels.centidb(0, 0, self._pack)
            own_limit_cdb = self._own_cdb[0] + self._rise_cdb
            if own_limit_cdb < limit_cdb:
                limit_cdb = own_limit_cdb
        if self._is_loud:
            if level_cdb < limit_cdb - HYSTERESIS_CDB:
                self._is_loud = 0
        elif level_cdb > limit_cdb:
            self._is_loud = 1
            self._call.emit(events.CUSTOMER_LOUD, level_cdb)
        if self._is_loud:
            self._n_recent = 0
        else:
            self._learn(level_cdb)

    def _learn(self, level_cdb):
        at = self._n_recent % N_PARTS
        if self._n_recent >= N_PARTS:
            if self._n_parts < MEMORY_PARTS:
                self._n_parts += 1
            power = levels.power_of(self._recent_cdb[at], self._exp_table)
            self._own[0] += (power - self._own[0]) // self._n_parts
        self._recent_cdb[at] = level_cdb
        self._n_recent += 1
