"""Which events a call calls for: the contract's rules, told from the script, not from sound.

A second, independent reading of the contract to hold the core against. It sees spurts, tones and
line states without error, so its times are those of a bead with perfect ears.
Out: [{"event", "call", "t_ms", "early_ms", "late_ms", further fields to match}, ...]; a report is
right when it comes no more than early_ms before and late_ms after t_ms.
Called by: truth.py. Ref: contract, sections 3 and 3.1.
"""

from callclip.core.config import Config

from simulator.judges import levels, noise, rings, safety, talk

# What is judged; of other kinds this truth knows nothing.
KINDS = (
    "RING", "LATE_ANSWER", "CALL_STARTED", "GREETING_MISSING", "SILENT_CALL", "DEAD_AIR",
    "QUIET_CUSTOMER", "NOISY_LINE", "AGENT_QUIET", "AGENT_LOUD", "AGENT_RAISED_VOICE",
    "HOLD_STARTED", "LONG_HOLD", "HOLD_ENDED", "HOLD_RETURN_UNSPOKEN", "CALLBACK_DUE",
    "TALKING_FAST", "CUSTOMER_LOUD", "TAIL_SILENCE", "SLAM", "ACOUSTIC_SHOCK", "LINE_FAULT",
    "CALL_ENDED",
)  # fmt: skip
STAGE_MS = 200  # what a silent call's steps may be off by
ONSET_MS = 600  # a spurt is believed a little after it began
FUZZY_MS = 1500  # what is judged from background: noise, hold, returns
MUSIC_KNOWN_MS = 3000  # music may take this much longer than a dropped line
BUSY_CYCLES = 2
BUSY_MS = 1500  # a busy tone's pauses are shorter
RING_MS = 5000  # and a ring's
RINGING_TALK_MS = 40_000
SILENT_COMFORT_DB = -95.0
FROM_SILENCE = ("HOLD_STARTED", "HOLD_ENDED", "LONG_HOLD", "HOLD_RETURN_UNSPOKEN", "CALL_ENDED")
FROM_SILENCE += ("TAIL_SILENCE", "CALL_STARTED", "RING", "LATE_ANSWER", "DEAD_AIR")
FROM_SILENCE += ("GREETING_MISSING", "SILENT_CALL")
# What speech said while it rings may lead to: to the letter of the contract it starts a call.
FROM_RINGING = ("CALL_STARTED", "CALL_ENDED", "RING", "LATE_ANSWER", "GREETING_MISSING")
FROM_RINGING += ("SILENT_CALL",)
BEEP_PERIOD_MS = 5000


class Line:
    """Answers questions about the line's truth."""

    def __init__(self, truth):
        self.states = truth["line_states"]
        self.tones = truth["tones"]
        self.duration_ms = truth["duration_ms"]

    def state_at(self, t_ms):
        for start, end, state in self.states:
            if start <= t_ms < end:
                return state
        return "NO_SIGNAL"

    def bursts(self, kind, from_ms, to_ms):
        return [t for t in self.tones if t[2] in kind and from_ms <= t[0] < to_ms]

    def is_alive(self, t_ms, life_ms):
        """A ring or beep of late, or a line that carries something; a busy tone is its end."""
        rung = [t for t in self.bursts(("ring", "beep"), 0, t_ms) if t[1] > t_ms - life_ms]
        if rung:
            return True
        busy = [t for t in self.bursts(("busy", "congestion"), 0, t_ms) if t[1] > t_ms - BUSY_MS]
        return not busy and self.state_at(t_ms) != "NO_SIGNAL"

    def is_ringing(self, t_ms):
        """Between the first ring and the last one: nobody has picked up."""
        before, after = (
            self.bursts(("ring",), *span) for span in ((0, t_ms), (t_ms, t_ms + RING_MS))
        )
        during = [t for t in before if t[1] > t_ms]
        return bool(during) or bool(before and after and before[-1][1] > t_ms - RING_MS)

    def spans(self, state, from_ms, shortest_ms):
        """Stretches of one state that last long enough and end after from_ms."""
        return [
            (max(start, from_ms), end)
            for start, end, name in self.states
            if name == state and end - max(start, from_ms) >= shortest_ms
        ]


def _event(event, number, t_ms, early_ms, late_ms, fields):
    window = {"t_ms": t_ms, "early_ms": early_ms, "late_ms": late_ms}
    return {"event": event, "call": number, **window, **fields}


class _Call:
    """One call as it unfolds; `events` gathers what the bead should say."""

    def __init__(self, truth, config, start_ms, number, from_ms):
        self.truth = truth
        self.config = config
        self.line = Line(truth)
        self.number = number
        self.start_ms = start_ms
        self.from_ms = from_ms
        self.end_ms = truth["duration_ms"]  # until something ends it
        self.events = []
        self.options = []
        # A ring is one cycle of its tone, however many bursts it has (United Kingdom: two).
        n_rings = sum(from_ms <= ring[0] < start_ms for ring in truth["rings"])
        # A crowd on the line talks, too: the call may be taken to begin with it.
        crowd = [row[2] for row in truth["noises"] if row[0] == "babble" and row[2] < start_ms]
        early_ms = start_ms - crowd[-1] if crowd else 0
        self.say("CALL_STARTED", start_ms, early_ms, ONSET_MS, rings=n_rings)

    def say(self, event, t_ms, early_ms, late_ms, **fields):
        """It must come, unless the recording may end before."""
        is_sure = t_ms + late_ms < self.truth["duration_ms"] and not self.is_unclear(event)
        into = self.events if is_sure else self.options
        into.append(_event(event, self.number, t_ms, early_ms, late_ms, fields))

    def is_unclear(self, event):
        """A line that is digital silence between words: pause, hold and end are one.

        And whatever a broken microphone makes of a call.
        """
        settings = self.truth["settings"]
        if settings["agent.fault"] != "none" or settings["line.fault"] != "none":
            return event != "LINE_FAULT"
        return settings["line.comfort"] <= SILENT_COMFORT_DB and event in FROM_SILENCE

    def may(self, event, t_ms, early_ms, late_ms, **fields):
        """It may come: the truth is too near to a limit, or says it can come again."""
        self.options.append(_event(event, self.number, t_ms, early_ms, late_ms, fields))

    def spurts(self, who):
        return [s for s in self.truth[who] if self.start_ms <= s[0] < self.end_ms]

    def customer_spoke_ms(self):
        """When the customer had said enough to count, or None."""
        enough_ms = self.config.min_customer_speech_ms
        for start, end in self.spurts("customer"):
            if end - start >= enough_ms:
                return start + enough_ms
        return None

    def last_speech_ms(self, before_ms):
        ends = [e for who in ("agent", "customer") for _s, e in self.spurts(who) if e <= before_ms]
        return max(ends, default=self.start_ms)

    def is_up(self, from_ms, to_ms):
        """Whether the line carries comfort noise or noise all the time, and nothing else."""
        states = [s for a, b, s in self.line.states if a < to_ms and b > from_ms]
        return all(state in ("COMFORT_NOISE", "NOISE") for state in states)

    def is_closing(self, t_ms):
        """Both silent for long, and the agent spoke last: after the customer an answer is due."""
        last_ms = self.last_speech_ms(t_ms)
        is_agent = any(end == last_ms for _start, end in self.spurts("agent"))
        return is_agent and t_ms - last_ms >= self.config.tail_silence_ms

    def unfold(self):
        """Go through what the line does; find the end, then judge the speech up to there."""
        marks = self.end_by_tone() + self.drops() + self.holds()
        for start_ms, end_ms, judge in sorted(marks, key=lambda mark: mark[0]):
            if start_ms < self.end_ms:
                judge(start_ms, end_ms)
        self.greeting()
        self.silent_call()
        self.tail_silence()
        rings.judge(self, self.from_ms)
        for judges in (noise, levels, talk, safety):
            judges.judge(self)
        self.events.sort(key=lambda event: event["t_ms"])

    def end_by_tone(self):
        bursts = self.line.bursts(("busy", "congestion"), self.start_ms, self.end_ms)
        if len(bursts) < BUSY_CYCLES:
            return []
        begins_ms, second = bursts[0][0], bursts[1]
        period_ms = second[0] - begins_ms
        return [(begins_ms, begins_ms + BUSY_CYCLES * period_ms, self.ended_by_tone)]

    def ended_by_tone(self, start_ms, known_ms):
        self.say("CALL_ENDED", known_ms, 700, 1200, cause="TONE", end_ms=start_ms)
        self.end_ms = start_ms

    def drops(self):
        config = self.config
        shortest_ms = min(config.drop_end_ms, config.hold_detect_ms)
        spans = self.line.spans("NO_SIGNAL", self.start_ms, shortest_ms)
        return [(start, end, self.dropped) for start, end in spans]

    def dropped(self, start_ms, end_ms):
        config = self.config
        spoke_ms = self.customer_spoke_ms()
        if spoke_ms is None or spoke_ms > start_ms or self.is_closing(start_ms):
            known_ms = start_ms + config.drop_end_ms
            self.say("CALL_ENDED", known_ms, 300, 500, cause="LINE_DROPPED", end_ms=start_ms)
            self.end_ms = start_ms
            return
        self.hold(start_ms, end_ms, "LINE_DROPPED", start_ms + config.hold_detect_ms, False)

    def holds(self):
        spans = self.line.spans("MUSIC", self.start_ms, self.config.hold_detect_ms)
        marks = [(start, end, self.music) for start, end in spans]
        beeps = self.line.bursts(("beep",), self.start_ms, self.end_ms)
        if len(beeps) > 1:
            marks.append((beeps[0][0], beeps[-1][1], self.beeps))
        return marks

    def music(self, start_ms, end_ms):
        self.hold(start_ms, end_ms, "MUSIC", start_ms + self.config.hold_detect_ms, True)

    def beeps(self, start_ms, end_ms):
        # Two beeps make them regular; after the last one a whole period must stay silent.
        self.hold(start_ms, end_ms, "BEEP", start_ms + BEEP_PERIOD_MS, True)

    def hold(self, start_ms, end_ms, cause, known_ms, is_sure):
        config = self.config
        late_ms = {"MUSIC": MUSIC_KNOWN_MS + 300, "BEEP": 800}.get(cause, 500)
        self.say("HOLD_STARTED", known_ms, 500, late_ms, cause=cause, sure=is_sure)
        back_ms = end_ms + 1000
        spoken = [s for s, _e in self.spurts("customer") if s >= end_ms]
        if spoken:
            back_ms = min(back_ms, spoken[0] + config.min_customer_speech_ms)
        if self.line.state_at(end_ms) in ("TONE", "NO_SIGNAL"):
            return  # the call's end says the rest
        n, due_ms = 1, start_ms + config.long_hold_ms
        while due_ms < end_ms:
            self.say("LONG_HOLD", due_ms, FUZZY_MS, FUZZY_MS, n=n, sure=is_sure)
            n, due_ms = n + 1, due_ms + config.hold_remind_ms
        if cause == "BEEP" and due_ms < end_ms + BEEP_PERIOD_MS + FUZZY_MS:
            # Nobody can know that it was the last beep before the next one is missing.
            self.may("LONG_HOLD", due_ms, FUZZY_MS, FUZZY_MS, n=n, sure=is_sure)
        if is_sure and start_ms + config.callback_hold_ms < end_ms:
            self.say("CALLBACK_DUE", start_ms + config.callback_hold_ms, FUZZY_MS, FUZZY_MS)
        late_ms = BEEP_PERIOD_MS * 5 // 4 + 2 * FUZZY_MS if cause == "BEEP" else FUZZY_MS
        self.say("HOLD_ENDED", back_ms, 1000, late_ms)

    def greeting(self):
        spoken = [s for s, _e in self.spurts("agent")]
        due_ms = self.start_ms + self.config.greeting_ms
        if (not spoken or spoken[0] > due_ms) and due_ms < self.end_ms:
            self.say("GREETING_MISSING", due_ms, STAGE_MS, ONSET_MS)

    def silent_call(self):
        spoke_ms = self.customer_spoke_ms()
        until_ms = self.end_ms if spoke_ms is None else min(self.end_ms, spoke_ms)
        agent = self.spurts("agent")
        if not agent:
            return
        wait_ms = self.config.silent_call_ms
        anchor_ms, stage = 0, 1
        for n, (_start, end) in enumerate(agent):
            following_ms = agent[n + 1][0] if n + 1 < len(agent) else until_ms
            anchor_ms = max(anchor_ms, end)
            while stage <= 3 and anchor_ms + wait_ms < min(following_ms, until_ms):
                anchor_ms += wait_ms
                self.say("SILENT_CALL", anchor_ms, STAGE_MS, STAGE_MS, stage=stage)
                stage += 1

    def tail_silence(self):
        spoke_ms = self.customer_spoke_ms()
        if spoke_ms is None:
            return
        spurts = [(s, e, who) for who in ("agent", "customer") for s, e in self.spurts(who)]
        spurts.sort()
        for n, (_start, end, who) in enumerate(spurts):
            following_ms = spurts[n + 1][0] if n + 1 < len(spurts) else self.end_ms
            if who == "agent" and end >= spoke_ms:
                self.both_silent(end, following_ms)

    def both_silent(self, from_ms, to_ms):
        wait_ms = self.config.tail_silence_ms
        due_ms = from_ms + wait_ms
        states = self.line.state_at(from_ms + 1), self.line.state_at(due_ms - 1)
        if due_ms < to_ms and all(state in ("COMFORT_NOISE", "NOISE") for state in states):
            self.say("TAIL_SILENCE", due_ms, STAGE_MS, 400)
        # Tones, music and holds are no silence of a line that is up; once they are over it is up,
        # and both have been silent for long. Whether silence counts anew from there nobody says.
        for _start, end_ms, state in self.line.states:
            up_ms = max(end_ms, due_ms)
            if state in ("TONE", "MUSIC", "NO_SIGNAL") and from_ms < end_ms and up_ms < to_ms:
                self.may("TAIL_SILENCE", up_ms, 0, wait_ms + 2 * FUZZY_MS)


def told(truth, values=None):
    """(events expected, events that may come) for a call's truth, with a configuration's values."""
    config = Config(values)
    line = Line(truth)
    spurts = sorted([*truth["agent"], *truth["customer"]])
    out, options, from_ms, number = [], [], 0, 1
    for start, _end in spurts:
        if start < from_ms or not line.is_alive(start, config.life_ms):
            continue
        if line.is_ringing(start):
            options += [
                _event(kind, number, start, 0, RINGING_TALK_MS, {}) for kind in FROM_RINGING
            ]
            continue
        call = _Call(truth, config, start, number, from_ms)
        call.unfold()
        out += call.events
        options += call.options
        from_ms, number = call.end_ms, number + 1
    if {truth["settings"][f"{who}.fault"] for who in ("agent", "line")} != {"none"}:
        # Who spoke cannot be known beside a broken microphone: only its fault is asked for.
        span = (0, 0, truth["duration_ms"], {})
        options += [_event(kind, 1, *span) for kind in KINDS if kind != "LINE_FAULT"]
    beside = _Beside()
    safety.shocks(truth, config, beside.say, beside.may)
    return sorted(out + beside.events, key=lambda event: event["t_ms"]), options + beside.options


def events(truth, values=None):
    """Events expected for a call's truth with a configuration's values; see the module's text."""
    return told(truth, values)[0]


class _Beside:
    """What is told with a call or without."""

    def __init__(self):
        self.events, self.options = [], []

    def say(self, event, t_ms, early_ms, late_ms, **fields):
        self.events.append(_event(event, 0, t_ms, early_ms, late_ms, fields))

    def may(self, event, t_ms, early_ms, late_ms, **fields):
        self.options.append(_event(event, 0, t_ms, early_ms, late_ms, fields))
