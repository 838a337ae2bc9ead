"""Who speaks in which part of the world: the split of voices.

A part's voices are never heard in the other part, neither as agent or customer nor in babble; a
voice and the same person's other recordings or models stand on the same side. Each part has real
people and several kinds of synthesis. Only English is spoken.

    tuning      Allison (Asterisk prompts), the reader of LibriVox, the cast of Flight of the
                Amazon Queen (some forty dialogues), the cast of Drascula, flite's kal16 and slt,
                festival's kal
    reporting   the cast of Beneath a Steel Sky (scene by scene), four recordings of CMU Sphinx,
                flite's awb and rms, festival's ked
    both        espeak-ng's English accents and speakers, each on one side

Called by: voices.py (what to make), calls.py (whom to cast).
"""

import dataclasses

PARTS = ("tuning", "reporting")
CALLS = 200  # of a part that are built and measured: some seven hours


@dataclasses.dataclass(frozen=True)
class Voice:
    """One speaker: `engine` makes him, `model` names him there, `rate` is words a minute.

    Synthesised agents speak slowly where nothing is wrong, so that no TALKING_FAST is due.
    """

    name: str
    part: str
    engine: str  # espeak, flite, festival; recorded: asterisk, sphinx, game, folder
    model: str
    rate: int = 160


REAL = (
    Voice("allison", "tuning", "asterisk", "*"),
    Voice("austen", "tuning", "sphinx", "librivox/*.wav"),
    Voice("cards", "reporting", "sphinx", "cards/*.wav"),
    Voice("robotic", "reporting", "sphinx", "goforward.raw"),
    Voice("counting", "reporting", "sphinx", "numbers.raw"),
    Voice("meter", "reporting", "sphinx", "something.raw"),
)
FLITE = (
    Voice("kal16", "tuning", "flite", "kal16"),
    Voice("slt", "tuning", "flite", "slt", 112),
    Voice("awb", "reporting", "flite", "awb", 112),
    Voice("rms", "reporting", "flite", "rms"),
)
FESTIVAL = (
    Voice("kal", "tuning", "festival", "kal_diphone"),
    Voice("ked", "reporting", "festival", "ked_diphone"),
)
# Dialogues and scenes with lines enough; who speaks in one of them counts as one voice.
GAMES = (
    (
        "tuning",
        "queen",
        "joe 03 04 06 07 08 09 10 11 12 16 18 20 21 23 24 25 26 28 29 31 33 34 35 37 39 42 48 "
        "49 51 53 57 59 61 62 64 67 68 70 75 77 80 83",
    ),
    (
        "tuning",
        "drascula",
        "0-99 100-199 200-299 300-399 400-599 VB T P D I B BJ E L",
    ),
    (
        "reporting",
        "sky",
        "508 509 510 511 512 513 514 515 516 519 522 524 525 526 527 528 529 530 531 532 534 "
        "535 536 537 538 539 540 541 542 543 544 545 546 547 548 549 550 595 596",
    ),
)
# accent+speaker, words a minute: 120 make some 205 syllables a minute, 165 some 290
ESPEAK = {
    "tuning": (
        ("en-us+m3", 116),
        ("en-gb+f2", 112),
        ("en-gb-scotland+m5", 110),
        ("en-us+f1", 120),
        ("en-gb-x-rp+m1", 108),
        ("en-029+m4", 112),
        ("en-us+Andy", 116),
        ("en-gb+belinda", 114),
        ("en-us+klatt2", 165),
        ("en-gb-x-gbclan+m7", 170),
        ("en-us+f4", 175),
        ("en-us+linda", 185),
        ("en-gb-x-gbcwmd+edward", 160),
        ("en-gb+m6", 140),
    ),
    "reporting": (
        ("en-us+m2", 114),
        ("en-gb+f3", 116),
        ("en-gb-scotland+f5", 112),
        ("en-us+Annie", 118),
        ("en-gb-x-rp+steph", 108),
        ("en-029+Alicia", 110),
        ("en-gb+grandma", 112),
        ("en-gb+benjamin", 116),
        ("en-us+klatt4", 165),
        ("en-gb-x-gbclan+zac", 170),
        ("en-us+travis", 160),
        ("en-us+m8", 180),
        ("en-gb-x-gbcwmd+anika", 165),
        ("en-us+Gene", 145),
    ),
}


def _games():
    for part, game, names in GAMES:
        for name in names.split():
            yield Voice(f"{game}-{name.lower()}", part, "game", f"{game}:{name}")


def _espeak():
    for part, rows in ESPEAK.items():
        for model, rate in rows:
            name = "e-" + model.replace("+", "-").replace("en-", "", 1).lower()
            yield Voice(name, part, "espeak", model, rate)


def counting(prefix, part, rows):
    """Voices of espeak-ng that read numbers, of (language+speaker, words a minute)."""
    return [
        Voice(f"{prefix}-{model.replace('+', '-').lower()}", part, "espeak", model, rate)
        for model, rate in rows
    ]


def voices(part=None):
    everybody = (*REAL, *_games(), *FLITE, *FESTIVAL, *_espeak())
    return [voice for voice in everybody if part in (None, voice.part)]


REAL_ENGINES = ("asterisk", "sphinx", "game", "folder")
SLOW_RATE = 120
FAST_RATE = 165


@dataclasses.dataclass(frozen=True)
class Troupe:
    """Names of those who may be cast, and of the hold music."""

    agents: dict  # {"real": [...], "made": [...]}: neither fast nor slow, as far as one knows
    customers: dict
    fast_agents: list
    pieces: list


def troupe(part, pieces):
    return troupe_of(voices(part), pieces)


def troupe_of(everybody, pieces):
    slow = [v for v in everybody if v.engine in REAL_ENGINES or v.rate <= SLOW_RATE]
    fast = [v.name for v in everybody if v.engine == "espeak" and v.rate >= FAST_RATE]
    return Troupe(_by_source(slow), _by_source(everybody), fast, pieces)


def _by_source(some):
    real = [voice.name for voice in some if voice.engine in REAL_ENGINES]
    return {"real": real, "made": [voice.name for voice in some if voice.name not in real]}
