"""Who speaks in which part of the world: the split of voices.

A part's voices are never heard in the other part, neither as agent or customer nor in babble; a
voice and the same person's other recordings or models stand on the same side. Each part has real
people and several kinds of synthesis. Only English is spoken.

    tuning      Allison (Asterisk prompts), the reader of LibriVox, flite's kal16 and slt
    reporting   three speakers of CMU Sphinx, flite's awb and rms
    both        espeak-ng's English accents and speakers, each on one side

Called by: voices.py (what to make), calls.py (whom to cast).
"""

import dataclasses

PARTS = ("tuning", "reporting")


@dataclasses.dataclass(frozen=True)
class Voice:
    """One speaker: `engine` makes him, `model` names him there, `rate` is words a minute."""

    name: str
    part: str
    engine: str  # espeak, flite, asterisk, sphinx
    model: str
    rate: int = 160
    roles: tuple = ("agent", "customer")


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
    Voice("slt", "tuning", "flite", "slt"),
    Voice("awb", "reporting", "flite", "awb"),
    Voice("rms", "reporting", "flite", "rms"),
)
# accent+speaker, words a minute
ESPEAK = {
    "tuning": (
        ("en-us+m3", 165),
        ("en-gb+f2", 160),
        ("en-gb-scotland+m5", 150),
        ("en-us+f4", 175),
        ("en-gb-x-rp+m1", 145),
        ("en-us+klatt2", 165),
        ("en-gb-x-gbclan+m7", 170),
        ("en-us+Andy", 155),
        ("en-gb+belinda", 160),
        ("en-029+m4", 150),
        ("en-us+f1", 140),
        ("en-us+linda", 185),
        ("en-gb-x-gbcwmd+edward", 160),
        ("en-gb+m6", 135),
    ),
    "reporting": (
        ("en-us+m2", 160),
        ("en-gb+f3", 165),
        ("en-gb-scotland+f5", 155),
        ("en-us+Annie", 170),
        ("en-gb-x-rp+steph", 150),
        ("en-us+klatt4", 160),
        ("en-gb-x-gbclan+zac", 165),
        ("en-us+travis", 155),
        ("en-gb+grandma", 145),
        ("en-029+Alicia", 150),
        ("en-us+m8", 175),
        ("en-gb+benjamin", 140),
        ("en-gb-x-gbcwmd+anika", 160),
        ("en-us+Gene", 150),
    ),
}


def _espeak():
    for part, rows in ESPEAK.items():
        for model, rate in rows:
            name = "e-" + model.replace("+", "-").replace("en-", "", 1).lower()
            yield Voice(name, part, "espeak", model, rate)


def voices(part=None):
    everybody = (*REAL, *FLITE, *_espeak())
    return [voice for voice in everybody if part in (None, voice.part)]


REAL_ENGINES = ("asterisk", "sphinx")
