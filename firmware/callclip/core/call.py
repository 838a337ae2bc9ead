"""One call after the other: states, rules, summary and prompts, driven by one frame at a time.

`Call(config, queue, frame).step()` does everything, once a 20 ms frame after hearing has filled it;
events go into the queue, `prompts` is the object that the light and the buzzer follow. Nothing is
allocated in `step`. Event time is the end of the frame: t_frames = frame.index + 1.
The button: a short press starts a call when there is none, and begins or ends a hold within one; a
long press ends the call.
Called by: bead.py. Ref: transitions.py for the table, rules/ for the rules.
"""

from array import array

from callclip.core import events, tables
from callclip.core.frame import NEVER
from callclip.core.kernels import rules as kernels
from callclip.core.kernels import timeline
from callclip.core.pack import pack
from callclip.core.prompts import Prompts
from callclip.core.rules.answering import Answering
from callclip.core.rules.dose import Dose
from callclip.core.rules.ending import Ending
from callclip.core.rules.greeting import GreetingMissing
from callclip.core.rules.hold import Hold
from callclip.core.rules.hold_return import HoldReturn
from callclip.core.rules.levels import AgentLevel, QuietCustomer
from callclip.core.rules.line_fault import LineFault
from callclip.core.rules.loud_customer import LoudCustomer
from callclip.core.rules.noisy_line import NoisyLine
from callclip.core.rules.raised_voice import RaisedVoice
from callclip.core.rules.rule import AT_ONCE, HEAD_WORDS
from callclip.core.rules.shock import AcousticShock
from callclip.core.rules.silence import DeadAir, TailSilence
from callclip.core.rules.silent_call import SilentCall
from callclip.core.rules.slam import Slam
from callclip.core.rules.talking_fast import TalkingFast
from callclip.core.rules.turns import Turns
from callclip.core.signals import (
    AGENT_SPEAKS,
    CALL_ENDS,
    CUSTOMER_SPEAKS,
    IN_CALL_ROW,
    NO_SIGNAL_ROW,
    ON_HOLD_ROW,
    row_of,
)
from callclip.core.summary import Summary
from callclip.core.talk import (
    AGENT_BEGAN,
    CUSTOMER_BEGAN,
    MAYBE_CALL,
    RING,
    STATE_CHANGED,
    Talk,
)
from callclip.core.transitions import (
    AGENT_SPEECH,
    CUSTOMER_SPEECH,
    HOLD,
    IDLE,
    RINGING,
    next_state,
)
from callclip.core.units import frames_from_ms

_INDEX, _STATE, _NUMBER, _WAKES = 64, 72, 73, 74  # in a frame's facts
_NOISE_MASK = 15  # the floor moves slowly


def _metered(rules, facts):
    """What runs in every frame: (meter, its pack, rule)."""
    return tuple((rule.meter(), pack(facts, rule.facts, tables.EXP), rule) for rule in rules)


class Call:
    """The present call, if any. `number` counts calls from 1 and is 0 between them."""

    def __init__(self, config, queue, frame):
        facts = frame.facts
        self._frame = frame
        self._facts = facts
        self.state = IDLE
        self.number = 0
        self.prompts = Prompts(config)
        self.talk = Talk(config)
        self.summary = Summary(config, facts)
        self.answering = Answering(self, config)
        self.ending = Ending(self, config)
        self.hold = Hold(self, config)
        self.hold_return = HoldReturn(self, config)
        self.greeting = GreetingMissing(self, config)
        self.silent_call = SilentCall(self, config)
        self.line_fault = LineFault(self, config)
        self.slam = Slam(self, config)
        noisy_line = NoisyLine(self, config)
        quiet_customer = QuietCustomer(self, config)
        # In the order in which they run in a frame: whether the call goes on, then whether it is
        # held, then everything that needs a conversation. A new rule is one more row here.
        self._rules = (
            self.ending,
            self.hold,
            self.hold_return,
            self.greeting,
            self.silent_call,
            DeadAir(self, config),
            TailSilence(self, config),
            noisy_line,
            quiet_customer,
            AgentLevel(self, config),
            RaisedVoice(self, config, (noisy_line, quiet_customer)),
            TalkingFast(self, config),
            LoudCustomer(self, config),
            Turns(self, config),
            self.line_fault,
        )
        # What an ear suffers, and the knock after a call, are heard in every frame.
        watches = (AcousticShock(self, config), Dose(self, config), self.slam)
        # Most rules only wait. Whether anything has come that one of them waits for is asked once.
        waiting = [rule for rule in self._rules if rule.is_waiting()]
        self._waits = array("i", bytes(4 * HEAD_WORDS * len(waiting)))
        for at, rule in enumerate(waiting):
            rule.move(memoryview(self._waits)[HEAD_WORDS * at : HEAD_WORDS * at + HEAD_WORDS])
        self._waits_pack = pack(facts, self._waits, len(waiting))
        self._meters = _metered(self._rules, facts)
        self._counting = tuple(row for row in self._meters if row[2] not in waiting)
        self._watches = _metered(watches, facts)
        self._talk_pack = pack(facts, self.talk.facts)
        self._timeline_pack = self.summary.timeline.pack
        self._pending = 0  # what wakes rules in the next frame
        self._break_strain = config.break_strain
        self._bridge = frames_from_ms(config.min_customer_speech_ms)
        self._queue = queue
        self._n_calls = 0
        self._index = 0

    def step(self):
        """Take in the frame; allocates nothing. An index that leaps tells of lost sound."""
        frame = self._frame
        facts = self._facts
        index = facts[_INDEX]
        n_lost = index - self._index - 1
        if n_lost > 0 and self.number:
            self._lose(frame, n_lost)
        self._index = index
        new = kernels.look(self._talk_pack)
        if self.number == 0 and new & MAYBE_CALL:
            self.answering.count(frame)
            self.answering.step(frame)
        if self.number:
            self._step_call(frame, facts, new)
            if new & RING:
                self.answering.count(frame)
        for meter, words, rule in self._watches:
            if meter(words):
                rule.judge(frame)
        if index >= self.prompts.next_step:
            self.prompts.step(index)

    def _lose(self, frame, n_lost):
        """Time has passed, and nothing is concluded from it. In a short gap nobody can have said
        what would count; after a longer one everything that waits for silence waits anew."""
        is_long = n_lost >= self._bridge
        self.summary.timeline.lose(frame.index, n_lost, self.state == HOLD, is_long)
        if is_long:
            self.talk.unheard(frame.index)
            self.greeting.unheard()
            self.hold_return.unheard()
            self.wake()

    def _step_call(self, frame, facts, new):
        new |= kernels.follow(self._talk_pack)
        facts[_WAKES] = new | self._pending
        self._pending = 0
        if timeline.note(self._timeline_pack):
            timeline.count(self._timeline_pack)
        if self._index & _NOISE_MASK == 0 and self.state != HOLD:
            self.summary.note_noise(frame.line)
        if new & (AGENT_BEGAN | CUSTOMER_BEGAN):
            self._speech_begins(new)
        meters = self._counting
        if kernels.is_any_due(self._waits_pack):
            meters = self._meters
        for meter, words, rule in meters:
            if meter(words):
                rule.judge(frame)

    def wake(self):
        """Something has changed that other rules look at: in this frame, or in the next."""
        self._facts[_WAKES] |= STATE_CHANGED
        self._pending = STATE_CHANGED

    def _speech_begins(self, began):
        if began & CUSTOMER_BEGAN:
            self.happen(CUSTOMER_SPEECH)
            self.prompts.over(CUSTOMER_SPEAKS)
        if began & AGENT_BEGAN:
            self.happen(AGENT_SPEECH)
            self.prompts.over(AGENT_SPEAKS)

    def emit(self, code, a=0, b=0, c=0):
        """An event of this frame, from a rule: into the queue, and before the agent's eyes."""
        self.emit_for(self.number, code, a, b, c)

    def emit_for(self, number, code, a=0, b=0, c=0):
        """The same about call `number`, which may be over."""
        self._queue.put(code, self._index + 1, number, a, b, c)
        self.prompts.see(row_of(code, a, b, c), self._index)

    def log(self, code, a=0, b=0, c=0, d=0):
        """An event whose light has been shown already, or that is not to light anything."""
        self._queue.put(code, self._index + 1, self.number, a, b, c, d)

    def happen(self, happening):
        """Go where the table says, and light the bead for the state."""
        state = next_state(self.state, happening)
        if state == self.state:
            return
        self.state = state
        self._facts[_STATE] = state
        self.wake()
        if state == HOLD:
            self.prompts.ambient(ON_HOLD_ROW)
        elif state == IDLE or state == RINGING:
            self.prompts.ambient(NO_SIGNAL_ROW)
        else:
            self.prompts.ambient(IN_CALL_ROW)

    def begin(self, frame, happening, start, rings, answer_frames):
        """A call starts that began with frame `start`; see answering.py."""
        self._n_calls += 1
        self.number = self._n_calls
        self._facts[_NUMBER] = self.number
        self.talk.begin(start)
        self.summary.begin(start, frame, rings, answer_frames)
        self.prompts.begin_call()
        for rule in self._rules:
            rule.sleep_until(AT_ONCE)
            rule.begin(frame)
        self.happen(happening)

    def finish(self, frame, happening, cause, end):
        """The call has ended before frame `end`; see ending.py."""
        hold_since = self.hold.since if self.state == HOLD else NEVER
        self.summary.finish(end, cause, frame, hold_since, self.prompts.n_shown)
        values = self.summary.values
        self._queue.put_values(events.CALL_ENDED, self._index + 1, self.number, values, len(values))
        self.prompts.see(row_of(events.CALL_ENDED), self._index)
        self.prompts.over(CALL_ENDS)
        self.line_fault.call_over(frame)
        self.slam.call_over(end, self.number)
        if self.summary.strain >= self._break_strain:  # serves "a short break after a hard call"
            self.emit(events.TAKE_BREAK, self.summary.strain)
        is_ringing_on = cause == events.END_NEW_CALL and not self.talk.is_customer_heard
        self.answering.call_over(self._index, not is_ringing_on)
        self.happen(happening)
        self.number = 0
        self._facts[_NUMBER] = 0
