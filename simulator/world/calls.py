"""Writes the texts of a part's calls: number n of a part is always the same call.

    text, kind, conditions = written("tuning", 17, catalog)
    numbered("tuning", 50, first=200, only=("silent",))   -> numbers of calls

Called by: build.py, tests.
"""

import itertools
import random as randomness

from simulator.world import cast, kinds, music
from simulator.world.script import Script

CROWD = 7  # voices that babble and neighbours are made of
REAL_SHARE = 0.55
# lesson: training/lessons.py; abroad: abroad.py
SEEDS = {"tuning": 31000, "reporting": 62000, "lesson": 93000, "abroad": 124000}


def _kind(part, number):
    """Kinds are dealt from a deck, so that every hundred calls or so have all of them."""
    deck = [kind for kind, (_write, share) in kinds.KINDS.items() for _card in range(share)]
    randomness.Random(SEEDS[part] * 1000 + number // len(deck)).shuffle(deck)
    return deck[number % len(deck)]


def numbered(part, n_calls, first=0, only=()):
    """The first so many numbers from `first` on, of calls of these kinds; of any kind without."""
    wanted = (n for n in itertools.count(first) if not only or _kind(part, n) in only)
    return list(itertools.islice(wanted, n_calls))


def _cast(random, troupe):
    """{"agent", "customer"}: real people in some half of the roles, however few they are."""
    chosen = {}
    for who, everybody in (("agent", troupe.agents), ("customer", troupe.customers)):
        crowd = everybody["real" if random.random() < REAL_SHARE else "made"]
        chosen[who] = random.choice([name for name in crowd if name not in chosen.values()])
    return chosen


def written(part, number, catalog, troupe=None):
    """(text, kind, conditions) of one call; without a troupe, of the part's own."""
    troupe = troupe or cast.troupe(part, music.pieces(part))
    seed = SEEDS[part] + number
    random = randomness.Random(seed)
    kind = _kind(part, number)
    script = Script(random, _cast(random, troupe), catalog, troupe)
    kinds.KINDS[kind][0](script)
    rest = [v for group in troupe.customers.values() for v in group]
    rest = [name for name in rest if name not in script.cast.values()]
    crowd = random.sample(rest, min(CROWD, len(rest)))
    text = script.text(f"{kind} {part} {number}", seed, crowd)
    voices = {f"{who}_voice": name for who, name in script.cast.items()}
    return text, kind, {**script.conditions, **voices}
