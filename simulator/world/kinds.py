"""The kinds of calls: each function writes one call into a Script. Levels in dB, times in s.

KINDS maps a kind to (function, share of the calls in per cent).
Called by: calls.py.
"""

from simulator import tones
from simulator.world import talk

FAULTS = ("dead", "clipped", "stuck")


def normal(script):
    talk.begin(script)
    talk.opening(script)
    talk.turns(script, script.random.uniform(50, 200), script.random.choice((0.1, 0.25, 0.4)))
    talk.ending(script)


def silent(script):
    """Nobody answers: the agent follows the rule, or waits longer, or goes on asking."""
    random = script.random
    talk.begin(script)
    talk.opening(script)
    for _step in range(random.choice((2, 3, 3, 4))):
        script.wait(random.choice((5.8, 6.5, 7.5)))
        script.say("agent", 1)
    script.wait(6.5, 12.0)
    _off(script)


def one_word(script):
    """A silent call until the customer says one word."""
    random = script.random
    talk.begin(script)
    talk.opening(script)
    for _step in range(random.choice((0, 1, 2))):
        script.wait(5.8, 6.5)
        script.say("agent", 1)
    script.wait(1.5, 4.0)
    script.say("customer", 1, kind=random.choice(("words", "words", "lines")))
    script.wait(6.0, 12.0)
    script.say("agent", 1)
    script.wait(6.5, 14.0)
    _off(script)


def _off(script):
    script.noise()
    script.line("dead")
    script.wait(5.0, 8.0)


def quiet_customer(script):
    c = script.conditions
    c["customer"] = round(script.random.uniform(-48.0, -41.5), 1)
    c["comfort"] = min(c["comfort"], c["customer"] - 18.0)
    c["noise"] = None
    c["line_leak"] = round(script.random.uniform(-30.0, -18.0), 1)
    normal(script)


def noisy_line(script):
    """Noise above -42 dBFS, or less than 10 dB under the voice; from the start or later on."""
    random, c = script.random, script.conditions
    c["noise"] = None
    talk.begin(script)
    talk.opening(script)
    talk.turns(script, random.uniform(10, 30))
    kind = random.choice(("white", "pink", "hum", "babble", "telephone"))
    script.noise(kind, random.uniform(-39.0, max(-36.0, c["customer"] - 4.0)))
    talk.turns(script, random.uniform(30, 70))
    if random.random() < 0.5:
        script.noise()
        talk.turns(script, random.uniform(10, 30))
    talk.ending(script)


def noise_step(script):
    """The line's noise goes up by 15 dB, and down again, without becoming a noisy line."""
    random, c = script.random, script.conditions
    c["noise"], c["comfort"] = None, -72.0
    c["customer"] = max(c["customer"], -28.0)
    talk.begin(script)
    talk.opening(script)
    low = random.uniform(-66.0, -60.0)
    kind = random.choice(("white", "pink", "telephone", "hum"))
    for step in range(random.randint(2, 4)):
        script.noise(kind, low + 15.0 * (step % 2))
        talk.turns(script, random.uniform(15, 30))
    talk.ending(script)


def hold(script):
    """The customer, or the agent, is put on hold: music, beeps, or nothing at all."""
    random = script.random
    talk.begin(script)
    talk.opening(script)
    talk.turns(script, random.uniform(25, 60))
    script.wait(0.3, 1.0)
    script.say("agent", 1)
    script.wait(0.5, 2.5)
    seconds = random.choice((random.uniform(12, 35), random.uniform(50, 110)))
    script.noise()
    cause = random.choice(("music", "music", "beep", "drop"))
    if cause == "music":
        script.row(script.t_s, f"music {random.choice(script.pieces)} {seconds:.1f}")
        script.wait(seconds)
    elif cause == "beep":
        script.wait(1.0, 3.0)
        script.tone("beep", "hold", max(3, int(seconds / 5)))
        script.wait(1.0, 3.5)
    else:
        script.line("dead")
        script.wait(seconds)
    talk.connect(script)
    script.wait(0.2, 1.5)
    script.say(random.choice(("agent", "customer")), 1)
    talk.turns(script, random.uniform(20, 50))
    talk.ending(script)


def late_answer(script):
    talk.begin(script)
    talk.opening(script, rings=script.random.randint(4, 7))
    talk.turns(script, script.random.uniform(20, 60))
    talk.ending(script)


def ring_speech(script):
    """The agent talks to a neighbour while it rings, and over the busy tone at the end."""
    random = script.random
    talk.begin(script)
    at_s = script.t_s + random.uniform(0.2, 1.0)
    script.tone("ring", script.conditions["plan"], 3)
    script.said_at(at_s, "agent", [script.clip("agent")])
    script.wait(0.5, 1.2)
    talk.connect(script)
    script.wait(0.3, 1.0)
    script.say("agent", 1)
    talk.turns(script, random.uniform(20, 60))
    script.wait(0.5, 1.5)
    busy_s = script.t_s
    talk.hang_up(script, "tone")
    script.said_at(busy_s + 3.2, "agent", [script.clip("agent", "words")])


def greeting_missing(script):
    talk.begin(script)
    talk.opening(script, has_greeting=False)
    script.wait(0.4, 1.5)
    script.say("customer", 1)
    script.wait(3.6, 5.0)
    script.say("customer", 1, kind="words")
    script.wait(0.5, 2.0)
    script.say("agent", 1)
    talk.turns(script, script.random.uniform(20, 50))
    talk.ending(script)


def dead_air(script):
    random = script.random
    talk.begin(script)
    talk.opening(script)
    talk.turns(script, random.uniform(20, 50), first="customer")
    script.wait(0.3, 0.8)
    script.say("customer", 1)
    script.wait(random.choice((11.0, 14.0, 22.5)))
    script.say("agent", 1)
    talk.turns(script, random.uniform(15, 40))
    talk.ending(script)


def levels(script):
    """The agent too quiet, too loud, or raising the voice; the customer shouting."""
    random, c = script.random, script.conditions
    how = random.choice(("agent quiet", "agent loud", "customer loud", "customer angry"))
    if how == "agent quiet":
        c["agent"] = round(random.uniform(-45.0, -39.0), 1)
        c["desk"], c["agent_room"] = None, min(c["agent_room"], -68.0)
    elif how == "agent loud":
        c["agent"] = round(random.uniform(-13.0, -10.5), 1)
    elif how == "customer loud":
        c["customer"] = -10.0
    talk.begin(script)
    talk.opening(script)
    talk.turns(script, random.uniform(25, 60))
    if how == "customer angry":
        c["customer"] = min(c["customer"], -26.0)
        talk.turns(script, random.uniform(15, 30), 0.5, {"customer": c["customer"] + 13.0})
    talk.ending(script)


def shock(script):
    """A sudden loud sound on a line that is not loud."""
    random, c = script.random, script.conditions
    c["customer"], c["tone"] = min(c["customer"], -27.0), min(c["tone"], -27.0)
    talk.begin(script)
    talk.opening(script)
    talk.turns(script, random.uniform(20, 60))
    script.wait(0.5, 1.0)
    kind = random.choice(("click", "burst", "tone"))
    seconds = {"click": 0.02, "burst": 0.15, "tone": 0.6}[kind]
    script.row(script.t_s, f"shock {kind} {round(random.uniform(-1.5, -0.2), 1)} {seconds}")
    script.wait(1.0, 2.0)
    talk.turns(script, random.uniform(15, 40))
    talk.ending(script)


def slam(script):
    talk.begin(script)
    talk.opening(script)
    talk.turns(script, script.random.uniform(25, 60))
    script.wait(0.4, 1.0)
    script.say("agent", 1)
    script.wait(5.6, 7.0)
    script.noise()
    script.line("dead")
    script.row(script.t_s + script.random.uniform(0.2, 1.6), "knock -2")
    script.wait(7.0, 9.0)


def fast(script):
    """An agent who hardly draws breath."""
    script.cast["agent"] = script.random.choice(script.fast_agents)
    script.unused["agent"] = script.shuffled("agent")
    talk.begin(script)
    talk.opening(script)
    talk.turns(script, script.random.uniform(60, 110))
    talk.ending(script)


def raised_voice(script):
    """A customer hard to hear makes the agent louder and louder."""
    random, c = script.random, script.conditions
    c["agent"] = round(random.uniform(-32.0, -27.0), 1)
    c["noise"] = None
    louder = {"agent": c["agent"] + random.uniform(9.0, 11.0)}
    if random.random() < 0.5:
        c["customer"], c["comfort"] = round(random.uniform(-48.0, -43.0), 1), -68.0
        c["line_leak"] = round(random.uniform(-30.0, -20.0), 1)
    talk.begin(script)
    talk.opening(script)
    talk.turns(script, random.uniform(12, 20))
    if c["customer"] > -40.0:
        script.noise(random.choice(("white", "pink", "telephone")), random.uniform(-38.0, -34.0))
    talk.turns(script, random.uniform(20, 30))
    talk.turns(script, random.uniform(30, 50), levels=louder)
    talk.hang_up(script, "drop")


def long_hold(script):
    """A hold of more than three minutes."""
    random = script.random
    talk.begin(script)
    talk.opening(script)
    talk.turns(script, random.uniform(15, 25))
    script.wait(0.5, 2.0)
    script.noise()
    seconds = random.uniform(186.0, 215.0)
    if random.random() < 0.7:
        script.row(script.t_s, f"music {random.choice(script.pieces)} {seconds:.1f}")
        script.wait(seconds)
    else:
        script.tone("beep", "hold", int(seconds / 5) + 1)
        script.wait(1.0, 3.5)
    talk.connect(script)
    script.wait(0.3, 1.5)
    script.say("customer", 1)
    if random.random() < 0.5:
        script.wait(6.0, 7.0)
    talk.turns(script, random.uniform(10, 20), first="agent")
    talk.ending(script)


def unspoken_return(script):
    """The customer is back from hold and the agent says nothing for a while."""
    random = script.random
    talk.begin(script)
    talk.opening(script)
    talk.turns(script, random.uniform(15, 30))
    script.wait(0.5, 2.0)
    script.noise()
    seconds = random.uniform(15.0, 40.0)
    script.row(script.t_s, f"music {random.choice(script.pieces)} {seconds:.1f}")
    script.wait(seconds)
    talk.connect(script)
    script.wait(6.8, 9.0)
    script.say("agent", 1)
    talk.turns(script, random.uniform(15, 30))
    talk.ending(script)


def custom_ringer(script):
    """A ringer that no network knows."""
    script.conditions["plan"] = script.random.choice(tones.LEARNED)
    normal(script)


def silent_line(script):
    """Digital silence between the customer's words, as codecs with voice detection leave it."""
    c = script.conditions
    c["comfort"], c["noise"] = -100.0, None
    c["line_room"] = -95.0
    normal(script)


def line_fault(script):
    """A microphone out of order for the whole call."""
    random, c = script.random, script.conditions
    who = random.choice(("agent", "agent", "line"))
    c[f"{who}_fault"] = random.choice(("clipped", "stuck") if who == "line" else FAULTS)
    c["agent_leak"], c["line_leak"] = -35.0, -18.0
    normal(script)


def no_call(script):
    """The agent talks to a colleague beside a dead line."""
    random = script.random
    script.conditions["desk"] = "neighbour"
    script.conditions["desk_db"] = round(script.conditions["agent"] - random.uniform(18, 28), 1)
    talk.begin(script)
    for _turn in range(random.randint(5, 12)):
        script.say("agent", random.randint(1, 3))
        script.wait(1.0, 6.0)
    script.wait(2.0, 4.0)


KINDS = {
    "normal": (normal, 38),
    "silent": (silent, 7),
    "one_word": (one_word, 7),
    "quiet_customer": (quiet_customer, 5),
    "noisy_line": (noisy_line, 6),
    "noise_step": (noise_step, 4),
    "hold": (hold, 8),
    "unspoken_return": (unspoken_return, 2),
    "long_hold": (long_hold, 1),
    "late_answer": (late_answer, 2),
    "ring_speech": (ring_speech, 3),
    "greeting_missing": (greeting_missing, 2),
    "dead_air": (dead_air, 2),
    "levels": (levels, 5),
    "raised_voice": (raised_voice, 2),
    "fast": (fast, 2),
    "shock": (shock, 2),
    "slam": (slam, 2),
    "custom_ringer": (custom_ringer, 1),
    "silent_line": (silent_line, 2),
    "line_fault": (line_fault, 2),
    "no_call": (no_call, 2),
}
