"""Writes the texts of a part's calls: number n of a part is always the same call.

    text, kind, conditions = written("tuning", 17, catalog)

Called by: build.py, tests.
"""

import random as randomness

from simulator.world import cast, kinds, music
from simulator.world.script import Script

CROWD = 7  # voices that babble and neighbours are made of
SEEDS = {"tuning": 31000, "reporting": 62000}


def _kind(random):
    return random.choices(list(kinds.KINDS), [share for _f, share in kinds.KINDS.values()])[0]


def written(part, number, catalog):
    """(text, kind, conditions) of one call."""
    seed = SEEDS[part] + number
    random = randomness.Random(seed)
    kind = _kind(random)
    speakers = [voice for voice in cast.voices(part) if catalog.get(voice.name)]
    real = [voice for voice in speakers if voice.engine in cast.REAL_ENGINES]
    made = [voice for voice in speakers if voice.engine not in cast.REAL_ENGINES]
    chosen = {}
    for who in ("agent", "customer"):
        # Real people in some half of the roles, however few they are.
        crowd = real if random.random() < 0.45 else made
        others = [voice for voice in crowd if voice.name not in chosen.values()]
        chosen[who] = random.choice(others or made).name
    script = Script(random, chosen, catalog, music.pieces(part))
    kinds.KINDS[kind][0](script)
    rest = [voice.name for voice in speakers if voice.name not in chosen.values()]
    text = script.text(f"{kind} {part} {number}", seed, random.sample(rest, min(CROWD, len(rest))))
    return text, kind, {**script.conditions, **{f"{who}_voice": v for who, v in chosen.items()}}
