"""The course of a talk: turns, pauses, back-channels, interruptions.

Every function moves a Script on. Called by: kinds.py.
"""

OTHER = {"agent": "customer", "customer": "agent"}


def opening(script, rings=None, has_ring=True, has_greeting=True):
    """Rings, the line comes up, the agent greets."""
    random, c = script.random, script.conditions
    if has_ring:
        script.tone("ring", c["plan"], rings or random.choice((1, 1, 2, 2, 2, 3)))
        script.wait(0.3, 1.2)
    connect(script)
    if has_greeting:
        script.wait(0.3, 1.4)
        script.say("agent", random.choice((1, 1, 2)))


def connect(script):
    c = script.conditions
    script.line("up")
    if c["noise"]:
        script.noise(c["noise"], c["noise_db"])


def begin(script):
    """What surrounds the agent from the first sample on."""
    c = script.conditions
    if c["desk"]:
        script.rows.append((0.0, f"desk {c['desk']} {c['desk_db']}"))


def turns(script, seconds, overlap=0.25, levels=None, first="customer"):
    """Both talk in turn for some seconds; `overlap` is how likely a turn is talked into."""
    random = script.random
    levels = levels or {}
    who, until_s = first, script.t_s + seconds
    script.wait(0.3, 1.5)
    while script.t_s < until_s:
        n = random.choices((1, 2, 3, 4), (40, 35, 15, 10))[0]
        start_s, end_s = script.say(who, n, level=levels.get(who))
        if random.random() < overlap:
            _talked_into(script, OTHER[who], start_s, end_s, levels)
        pause_s = min(2.2, max(0.15, random.lognormvariate(-0.6, 0.6)))
        script.wait(pause_s)
        if random.random() < 0.85:
            who = OTHER[who]


def _talked_into(script, who, start_s, end_s, levels):
    random, length_s = script.random, end_s - start_s
    if length_s < 1.8:
        return
    kind = random.random()
    if kind < 0.6:  # a word of agreement, the other goes on
        at_s = random.uniform(start_s + 0.8, end_s - 0.6)
        word = script.clip(who, "words")
        script.t_s = max(script.t_s, script.said_at(at_s, who, [word], levels.get(who)))
    else:  # an interruption: half of them before the other is nearly through
        at_s = end_s - random.uniform(0.65, min(2.0, length_s - 0.8))
        line = script.clip(who, "lines")
        script.t_s = max(script.t_s, script.said_at(at_s, who, [line], levels.get(who)))


def ending(script, how=None):
    """A last word each, then the line drops, or a busy tone comes first."""
    random = script.random
    how = how or random.choice(("drop", "drop", "tone"))
    script.wait(0.3, 1.0)
    script.say("agent", 1)
    script.wait(0.3, 1.2)
    script.say("customer", 1, kind=random.choice(("words", "lines")))
    script.wait(0.2, 0.8)
    script.say("agent", 1, kind=random.choice(("words", "lines")))
    hang_up(script, how)


def hang_up(script, how):
    random = script.random
    if how == "tone":
        script.wait(0.6, 3.0)
        script.noise()
        script.line("dead")
        plan = script.conditions["plan"]
        plan = plan if plan in ("germany", "north-america", "china", "uk") else "germany"
        script.tone(random.choice(("busy", "busy", "congestion")), plan, random.randint(4, 10))
        script.wait(4.0, 7.0)
    else:
        script.wait(5.6, 9.0)
        script.noise()
        script.line("dead")
        script.wait(4.5, 8.0)
