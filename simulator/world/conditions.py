"""Draws what a call sounds like: line, levels, leaks, noises, room. All dB re full scale.

    drawn(random, narrow=None) -> {"codec", "loss", "comfort", "customer", "agent", ...}

The ranges are those that calls are made of when nothing is wrong with them; kinds.py changes what
its kind of call is about. Called by: kinds.py.
"""

CODECS = (("alaw", 25), ("ulaw", 20), ("g722", 20), ("none", 20), ("gsm", 15))
PLANS = ("germany", "north-america", "china", "uk")
LINE_NOISES = ("white", "pink", "hum", "babble", "keyboard", "telephone")
DESK_NOISES = ("keyboard", "neighbour", "wind", "babble", "room")


def _weighted(random, rows):
    return random.choices([row[0] for row in rows], [row[1] for row in rows])[0]


def _level(random):
    return round(min(-18.0, max(-34.0, random.gauss(-26.0, 4.0))), 1)


def drawn(random):
    """A dictionary of conditions within the limits of a call that calls for no prompt."""
    agent, customer = _level(random), _level(random)
    room = round(random.uniform(-74.0, -54.0), 1)
    out = {
        "codec": _weighted(random, CODECS),
        "loss": round(random.uniform(1.0, 5.0), 1) if random.random() < 0.35 else 0.0,
        "comfort": round(random.uniform(-70.0, -52.0), 1),
        "agent": agent,
        "customer": customer,
        "agent_pitch": random.choice((100, 100, 92, 96, 105, 110)),
        "customer_pitch": random.choice((100, 100, 82, 88, 94, 106, 113, 122)),
        "line_leak": round(random.triangular(-30.0, -10.0, -20.0), 1),
        "agent_leak": round(random.uniform(-45.0, -25.0), 1),
        "line_colour": random.randrange(1, 2**31),
        "agent_colour": random.randrange(1, 2**31),
        "delay": round(random.uniform(0.2, 3.0), 1),
        "agent_room": room,
        "line_room": round(min(-78.0, room - random.uniform(10.0, 26.0)), 1),
        "floor": round(random.uniform(-92.0, -82.0), 1),
        "plan": random.choice(PLANS),
        "tone": round(random.uniform(-32.0, -18.0), 1),
        "music": round(random.uniform(-34.0, -22.0), 1),
        "noise": None,
        "noise_db": None,
        "desk": None,
        "desk_db": None,
    }
    if random.random() < 0.5:
        out["noise"] = random.choice(LINE_NOISES)
        loudest = min(-45.0, customer - 14.0)
        out["noise_db"] = round(random.uniform(-66.0, loudest), 1)
    if random.random() < 0.5:
        out["desk"] = random.choice(DESK_NOISES)
        below = random.uniform(20.0, 35.0)
        out["desk_db"] = round(agent - below - (8.0 if out["desk"] == "babble" else 0.0), 1)
    return out


def header(conditions, title, seed, crowd, cast):
    """The settings rows of a call."""
    c = conditions
    faults = [
        f"{who:6} fault {c[who + '_fault']}" for who in ("agent", "line") if c.get(who + "_fault")
    ]
    return [
        f"title  {title}",
        f"seed   {seed}",
        f"crowd  {' '.join(crowd)}",
        f"agent  voice {cast['agent']}  level {c['agent']}  pitch {c['agent_pitch']}",
        f"agent  room {c['agent_room']}  leak {c['agent_leak']}  colour {c['agent_colour']}",
        f"customer  voice {cast['customer']}  level {c['customer']}  pitch {c['customer_pitch']}",
        f"line   codec {c['codec']}  loss {c['loss']}  comfort {c['comfort']}"
        f"  room {c['line_room']}  leak {c['line_leak']}  colour {c['line_colour']}",
        f"line   delay {c['delay']}  tone {c['tone']}  music {c['music']}  floor {c['floor']}",
        *faults,
    ]
