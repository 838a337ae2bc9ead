"""What holds for every call, whatever is heard: over made-up scripts and over chaotic hearing."""

from callclip.core.call import Call
from callclip.core.config import Config
from callclip.core.eventqueue import EventQueue
from callclip.core.frame import MUSIC, NEVER, NO_SIGNAL, Frame
from callclip.core.rules.answering import START_SPEECH_MS
from callclip.core.signals import SIGNALS
from callclip.core.transitions import HOLD, IDLE, RINGING, STATE_NAMES, TRANSITIONS
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.core.frame_script import Sound, drain

# Short waits, so that made-up calls of some seconds reach every rule and every end.
QUICK = {
    "greeting_ms": 800,
    "silent_call_ms": 2000,
    "dead_air_ms": 3000,
    "noisy_line_ms": 1000,
    "hold_detect_ms": 1000,
    "long_hold_ms": 5000,
    "hold_remind_ms": 5000,
    "hold_unsure_ms": 30000,
    "hold_max_ms": 60000,
    "callback_hold_ms": 30000,
    "tail_silence_ms": 1500,
    "call_end_ms": 10000,
    "drop_end_ms": 1000,
    "silent_end_ms": 3000,
    "life_ms": 4000,
    "prompt_min_gap_ms": 3000,
}
SECONDS = st.sampled_from([0.1, 0.3, 0.6, 1, 1.6, 2.2, 3.4, 6, 12, 33])
STEP = st.one_of(
    st.builds("{} {}".format, st.sampled_from(["agent", "customer", "both", "quiet"]), SECONDS),
    st.builds("{} {}".format, st.sampled_from(["music", "beeps", "song", "babble"]), SECONDS),
    st.sampled_from(["ring", "ring 2", "busy 1", "busy 3", "press", "long_press"]),
    st.sampled_from(["line dead", "line quiet", "line noisy", "floor -3900", "floor -6000"]),
)
SCRIPT = st.lists(STEP, min_size=1, max_size=25).map("; ".join)


def played(frames, config, frame):
    """Events, and the state at the end of each frame."""
    queue = EventQueue()
    call = Call(config, queue, frame)
    events, states = [], []
    for frame in frames:
        call.step()
        drain(queue, events)
        states.append(call.state)
        assert (call.number != 0) == (call.state not in (IDLE, RINGING))
        assert 0 <= call.prompts.signal < len(SIGNALS) and call.prompts.since <= frame.index
    assert queue.n_lost == 0
    return events, states


def check_order(events, states):
    """Time runs forward, calls are paired, states follow the table."""
    assert all(state in range(len(STATE_NAMES)) for state in states)
    steps = {(a, b) for a, _, b in TRANSITIONS} | {(s, s) for s in range(len(STATE_NAMES))}
    # A call may start and be put on hold, or end and ring again, within one frame.
    steps |= {(a, c) for a, b in steps for b2, c in steps if b == b2}
    assert all(pair in steps for pair in zip([IDLE, *states], states, strict=False))
    times = [event["t_ms"] for event in events]
    assert times == sorted(times)
    open_call, last_call, is_held = 0, 0, False
    for event in events:
        name, call = event["event"], event["call"]
        if name == "CALL_STARTED":
            assert not open_call and call == last_call + 1
            open_call = last_call = call
            is_held = False
        if name == "TAKE_BREAK":
            assert call == last_call and not open_call
            continue
        assert call == open_call, event
        if name == "CALL_ENDED":
            open_call = 0
        elif name == "HOLD_STARTED":
            assert not is_held
            is_held = True
        elif name == "HOLD_ENDED":
            assert is_held
            is_held = False
        elif name not in ("CALL_STARTED", "RING"):
            assert call, event
        assert not (is_held and name in ("SILENT_CALL", "DEAD_AIR", "TAIL_SILENCE", "NOISY_LINE"))


def check_sequences(events):
    """Stages come in order 1, 2, 3; reminders of a hold count up."""
    stage, n_long, since_ms = 0, 0, -1
    for event in events:
        name = event["event"]
        if name == "CALL_STARTED":
            stage = 0
        elif name == "SILENT_CALL":
            assert event["stage"] == stage + 1 <= 3
            stage += 1
        elif name == "HOLD_STARTED":
            # A hold that is taken up again keeps its beginning and its count.
            n_long = n_long if event["since_ms"] == since_ms else 0
            since_ms = event["since_ms"]
            assert since_ms <= event["t_ms"]
        elif name == "LONG_HOLD":
            n_long += 1
            assert event["n"] == n_long


def check_summaries(events, can_be_corrected=True):
    started = {e["call"]: e for e in events if e["event"] == "CALL_STARTED"}
    for e in events:
        if e["event"] != "CALL_ENDED":
            continue
        assert all(e[key] >= 0 for key in e if key.endswith("_ms") or key in ("holds", "prompts"))
        talk_ms = e["talk_agent_ms"] + e["talk_customer_ms"] - e["overlap_ms"]
        assert talk_ms + e["silence_ms"] + e["hold_ms"] == e["duration_ms"], e
        assert e["overlap_ms"] <= min(e["talk_agent_ms"], e["talk_customer_ms"])
        assert e["longest_silence_ms"] <= e["silence_ms"]
        assert e["longest_hold_ms"] <= e["hold_ms"]
        assert e["end_ms"] <= e["t_ms"] and e["rings"] == started[e["call"]]["rings"]
        assert (e["hold_ms"] > 0) <= (e["holds"] > 0)
        assert -12000 <= e["asl_agent_cdb"] <= 0 and -12000 <= e["noise_line_cdb"] <= 0
        # What was counted as a turn happened, event by event.
        mine = [o for o in events if o["call"] == e["call"]]
        assert e["backchannels"] == sum(o["event"] == "BACKCHANNEL" for o in mine)
        cuts = [o["by"] for o in mine if o["event"] == "INTERRUPTION"]
        assert e["interruptions_agent"] == cuts.count("AGENT")
        assert e["interruptions_customer"] == cuts.count("CUSTOMER")


def check_silent_calls(events, spoken):
    """No SILENT_CALL after the customer has spoken in the call; spoken: (first ms, 300 ms on)."""
    start_ms = 0
    for event in events:
        if event["event"] == "CALL_STARTED":
            start_ms = event["t_ms"] - START_SPEECH_MS
        elif event["event"] == "SILENT_CALL":
            t_ms = event["t_ms"]
            assert not [s for s in spoken if start_ms <= s[0] and s[1] < t_ms], (event, spoken)


@given(SCRIPT)
@settings(max_examples=150, deadline=None)
def test_made_up_calls(script):
    spoken, seen = [], NEVER
    config = Config(QUICK)
    sound = Sound()

    def frames():
        nonlocal seen
        for frame in sound.play(script):
            line = frame.line
            if line.is_active and line.spurt_ms >= 300 and line.spurt_start != seen:
                seen = line.spurt_start
                spoken.append((20 * seen, 20 * (frame.index + 1)))
            yield frame

    events, states = played(frames(), config, sound.frame)
    check_order(events, states)
    check_sequences(events)
    check_summaries(events)
    check_silent_calls(events, spoken)


@st.composite
def chaos(draw):
    """Blocks of frames in which nothing fits together, as from the worst of hearing."""
    return draw(
        st.lists(
            st.fixed_dictionaries(
                {
                    "n": st.sampled_from([1, 3, 20, 60, 200, 700]),
                    "line": st.integers(NO_SIGNAL, MUSIC),
                    "agent": st.integers(0, 7),
                    "customer": st.integers(0, 7),
                    "back": st.sampled_from([0, 5, 300]),
                    "ring": st.booleans(),
                    "busy": st.integers(0, 3),
                    "beep": st.booleans(),
                    "button": st.sampled_from([0, 0, 0, 1, 2]),
                }
            ),
            min_size=1,
            max_size=20,
        )
    )


def speak(channel, index, bits, back):
    """bits: 1 speech with hangover, 2 in this very frame, 4 a new spurt, dated back."""
    channel.is_speech = 1 if bits & 3 else 0
    channel.is_active = bits >> 1 & 1
    channel.is_in_spurt = channel.is_speech
    if channel.is_active:
        channel.last_active = index
        channel.spurt_ms += 20
    if bits & 4:
        channel.spurt_start = max(0, index - back)
        channel.spurt_ms = 20


def chaotic_frames(frame, blocks):
    frame.index = -1
    for block in blocks:
        for i in range(block["n"]):
            frame.index += 1
            is_first = i == 0
            speak(frame.agent, frame.index, block["agent"] & (7 if is_first else 3), block["back"])
            speak(
                frame.line, frame.index, block["customer"] & (7 if is_first else 3), block["back"]
            )
            if block["line"] != frame.line.state:
                frame.line.state = block["line"]
                frame.line.state_since = max(0, frame.index - block["back"])
            frame.button_short = int(is_first and block["button"] == 1)
            frame.button_long = int(is_first and block["button"] == 2)
            frame.n_busy_cycles = block["busy"]
            frame.busy_since = max(0, frame.index - block["back"]) if block["busy"] else NEVER
            frame.hold_beep_since = frame.index - i if block["beep"] else NEVER
            if is_first and block["ring"]:
                frame.n_rings += 1
                frame.last_ring = frame.index
            yield frame


@given(chaos())
@settings(max_examples=150, deadline=None)
def test_chaotic_hearing(blocks):
    frame = Frame()
    events, states = played(chaotic_frames(frame, blocks), Config(QUICK), frame)
    check_order(events, states)
    check_sequences(events)
    check_summaries(events)


def test_the_scripts_reach_what_they_are_meant_to_try():
    """Guards the strategies: a script of their words reaches holds, stages and every end."""
    script = (
        "ring 2; agent 1; quiet 6; busy 3; line quiet; agent 1; customer 1; music 12; quiet 2.2;"
        "agent 1; line dead; quiet 33; ring; agent 1; customer 1; agent 1; quiet 2.2; line dead;"
        "quiet 3.4; line noisy; floor -3900; customer 1; agent 1; quiet 12; agent 1; long_press"
    )
    sound = Sound()
    events, states = played(sound.play(script), Config(QUICK), sound.frame)
    names = {event["event"] for event in events}
    assert {"SILENT_CALL", "HOLD_ENDED", "LONG_HOLD", "TAIL_SILENCE", "NOISY_LINE"} <= names
    causes = {event["cause"] for event in events if event["event"] == "CALL_ENDED"}
    assert causes == {"TONE", "LINE_DROPPED", "SILENCE", "BUTTON"}
    assert HOLD in states
