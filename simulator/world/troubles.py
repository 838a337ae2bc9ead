"""Calls in which something is wrong with a level, the line or a microphone. Levels in dB.

Called by: kinds.py.
"""

from simulator.world import talk
from simulator.world.courses import normal

FAULTS = ("dead", "clipped", "stuck")


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
