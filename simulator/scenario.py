"""Reads scripted calls: short text files that say who says what when, over which line.

    title  A caller who says nothing
    seed   11
    agent  room -60                  # settings of a subject, see SETTINGS
    line   comfort -60  leak -20

    1.0    ring germany 2            # absolute, seconds
    +0.4   line up                   # after the end of the row above
    +0.6   agent hello welcome
    +8.0   end

Levels are dB re full scale (a full-scale sine is -3.01), times seconds, pitch per cent, delays ms.
A row begins at its time; `+x` counts from the end of the row above, `-x` begins before that end.
Called by: render.py, demo.py, tests. Bad input raises ScenarioError: one sentence, file and line.
"""

import dataclasses
from pathlib import Path

from simulator import clips as recordings
from simulator import codecs, noises, tones

FOLDER = Path(__file__).parent / "scenarios"
CLIPS = recordings.COMMITTED
NOISES = noises.KINDS

# subject -> setting -> (default, smallest, largest)
SETTINGS = {
    "agent": {
        "level": (-26.0, -60.0, -6.0),  # active speech level on the agent's own channel
        "pitch": (100.0, 60.0, 150.0),  # speed and pitch together, 100 = as recorded
        "room": (-62.0, -100.0, -20.0),  # room noise on the agent channel
        "leak": (-35.0, -80.0, -10.0),  # the line as heard by the agent's microphone
        "colour": (0.0, 0.0, 2.0**31),  # seed of that leak's colouring, 0 = none
    },
    "customer": {
        "level": (-26.0, -70.0, -6.0),
        "pitch": (100.0, 60.0, 150.0),
    },
    "line": {
        "comfort": (-60.0, -100.0, -30.0),  # noise of a connected line; -100 = digital silence
        "room": (-84.0, -100.0, -30.0),  # room noise at the earpiece
        "leak": (-20.0, -60.0, -6.0),  # the agent's speech as heard at the earpiece
        "colour": (0.0, 0.0, 2.0**31),
        "loss": (0.0, 0.0, 20.0),  # packets lost, per cent
        "delay": (0.6, 0.0, 5.0),  # of both leaks, ms
        "tone": (-24.0, -50.0, -6.0),  # ring, busy and beep
        "music": (-26.0, -50.0, -10.0),
        "floor": (-85.0, -100.0, -60.0),  # both microphones' own noise
    },
}
DEFAULT_VOICES = {"agent": "studio", "customer": "reader"}

# The same for settings that are one word of several.
WORDS = {
    "agent": {"fault": codecs.FAULTS},
    "line": {"codec": codecs.CODECS, "fault": codecs.FAULTS},
}
DEFAULT_CROWD = ("caller", "operator", "reader", "studio")
TONES = tones.PLANS


class ScenarioError(ValueError):
    """A scenario that cannot be read: the message is one sentence with file and line."""


@dataclasses.dataclass(frozen=True)
class Row:
    """One timed line: `clips` for speech and music, `number` for counts, seconds and levels."""

    line_number: int
    seconds: float
    anchor: str  # "start" of the recording or "previous" row's end
    action: str
    clips: tuple = ()
    name: str = ""  # tone plan, noise kind or line condition
    number: float = 0.0
    level_db: float | None = None
    gap_s: float = 0.25  # between the clips of one row


@dataclasses.dataclass(frozen=True)
class Scenario:
    """A parsed scenario; `settings` maps "subject.name" to a number."""

    path: str
    title: str
    seed: int
    voices: dict
    settings: dict
    crowd: tuple  # voices of babble and neighbours
    rows: tuple

    def varied(self, changes, seed=None):
        """The same call with other settings, for sweeps: varied({"line.leak": -15})."""
        unknown = set(changes) - set(self.settings)
        if unknown:
            raise ScenarioError(f"{self.path}: no such setting: {', '.join(sorted(unknown))}")
        settings = {**self.settings, **changes}
        seed = self.seed if seed is None else seed
        return dataclasses.replace(self, settings=settings, seed=seed)


class _Parser:
    def __init__(self, path):
        self.path = path
        self.line_number = 0
        self.title = ""
        self.seed = 0
        self.voices = dict(DEFAULT_VOICES)
        self.settings = {
            f"{subject}.{name}": row[0]
            for subject, names in SETTINGS.items()
            for name, row in names.items()
        }
        for subject, names in WORDS.items():
            self.settings.update({f"{subject}.{name}": row[0] for name, row in names.items()})
        self.crowd = DEFAULT_CROWD
        self.rows = []

    def fail(self, sentence):
        raise ScenarioError(f"{self.path}, line {self.line_number}: {sentence}")

    def number(self, word, what, low, high):
        try:
            value = float(word)
        except ValueError:
            self.fail(f"{what} must be a number, not '{word}'")
        if not low <= value <= high:  # also refuses nan
            self.fail(f"{what} is {word}, allowed is {low:g} to {high:g}")
        return value

    def choice(self, word, what, words):
        if word not in words:
            self.fail(f"'{word}' is no {what}; there is {', '.join(words)}")
        return word

    def line(self, text):
        words = text.split("#")[0].split()
        if not words:
            return
        if self.rows and self.rows[-1].action == "end":
            self.fail("nothing may follow the end row")
        if words[0][0] in "+-.0123456789":
            self.timed(words)
        elif self.rows:
            self.fail(f"'{words[0]}' is no time; settings stand before the first timed row")
        else:
            self.header(words, text)

    def header(self, words, text):
        key = words[0]
        if key == "title":
            self.title = text.split("#")[0].strip()[len("title") :].strip()
        elif key == "seed":
            if len(words) != 2:
                self.fail("a seed is one whole number")
            self.seed = int(self.number(words[1], "seed", 0, 2**31))
        elif key == "crowd":
            self.crowd = [self.choice(word, "voice", recordings.voices()) for word in words[1:]]
        elif key in SETTINGS:
            self.subject(key, words[1:])
        else:
            self.fail(f"'{key}' is no setting; there is title, seed, crowd, {', '.join(SETTINGS)}")

    def subject(self, subject, words):
        if len(words) % 2:
            self.fail(f"settings of {subject} come in pairs: name value")
        for name, value in zip(words[::2], words[1::2], strict=True):
            if name == "voice" and subject in self.voices:
                self.voices[subject] = self.choice(value, "voice", recordings.voices())
                continue
            choices = WORDS.get(subject, {}).get(name)
            if choices:
                self.settings[f"{subject}.{name}"] = self.choice(value, name, choices)
                continue
            row = SETTINGS[subject].get(name)
            if row is None:
                self.fail(f"{subject} has no setting '{name}'")
            what = f"{subject} {name}"
            self.settings[f"{subject}.{name}"] = self.number(value, what, row[1], row[2])

    def timed(self, words):
        word = words[0]
        seconds = self.number(word, "time", -3600, 36000)
        anchor = "previous" if word[0] in "+-" else "start"
        if len(words) < 2:
            self.fail("a time without anything that happens")
        action = self.choice(words[1], "action", ACTIONS)
        fields = ACTIONS[action](self, words[2:])
        row = Row(self.line_number, seconds, anchor, action, **fields)
        self.rows.append(row)

    def options(self, words, allowed):
        """Takes `level -30` and `gap 0.4` off the end of a row; (other words, options)."""
        fields = {}
        while len(words) >= 2 and words[-2] in allowed:
            name, value = words[-2], words[-1]
            if name == "level":
                fields["level_db"] = self.number(value, "level", -90, 0)
            else:
                fields["gap_s"] = self.number(value, "gap", 0, 60)
            words = words[:-2]
        return words, fields

    def speech(self, words, subject):
        words, fields = self.options(words, ("level", "gap"))
        if not words:
            self.fail(f"{subject} says nothing; name at least one clip")
        clips = tuple(w if "/" in w else f"{self.voices[subject]}/{w}" for w in words)
        for clip in clips:
            self.check_clip(clip)
        return {"clips": clips, **fields}

    def check_clip(self, clip):
        if recordings.path_of(clip) is None:
            self.fail(
                f"there is no clip '{clip}'; `make world` fetches those that are not committed"
            )

    def tones(self, words, kind):
        words, fields = self.options(words, ("level",))
        if len(words) != 2:
            self.fail(f"{kind} wants a tone plan and how many bursts")
        plan = self.choice(words[0], "tone plan", TONES[kind])
        return {"name": plan, "number": int(self.number(words[1], "bursts", 1, 1000)), **fields}

    def music(self, words):
        words, fields = self.options(words, ("level",))
        if len(words) != 2:
            self.fail("music wants a piece and its length in seconds")
        self.check_clip(f"music/{words[0]}")
        length_s = self.number(words[1], "length", 0.1, 7200)
        return {"clips": (f"music/{words[0]}",), "number": length_s, **fields}

    def condition(self, words):
        if len(words) != 1:
            self.fail("line wants one condition, up or dead")
        return {"name": self.choice(words[0], "line condition", ("up", "dead"))}

    def noise(self, words):
        if words == ["off"]:
            return {"name": "off"}
        if len(words) != 2:
            self.fail("noise wants a kind and a level, or off")
        kind = self.choice(words[0], "noise", noises.KINDS)
        return {"name": kind, "level_db": self.number(words[1], "level", -90, -6)}

    def shock(self, words):
        if len(words) != 3:
            self.fail("shock wants click, burst or tone, its peak level and its length in seconds")
        name = self.choice(words[0], "shock", noises.SHOCKS)
        level_db = self.number(words[1], "level", -40, 0)
        return {"name": name, "level_db": level_db, "number": self.number(words[2], "length", 0, 5)}

    def knock(self, words):
        if len(words) != 1:
            self.fail("knock wants its peak level")
        return {"level_db": self.number(words[0], "level", -40, 0)}

    def nothing(self, words):
        if words:
            self.fail("end takes nothing more")
        return {}


ACTIONS = {
    "agent": lambda parser, words: parser.speech(words, "agent"),
    "customer": lambda parser, words: parser.speech(words, "customer"),
    "ring": lambda parser, words: parser.tones(words, "ring"),
    "busy": lambda parser, words: parser.tones(words, "busy"),
    "congestion": lambda parser, words: parser.tones(words, "congestion"),
    "beep": lambda parser, words: parser.tones(words, "beep"),
    "music": _Parser.music,
    "line": _Parser.condition,
    "noise": _Parser.noise,
    "desk": _Parser.noise,
    "shock": _Parser.shock,
    "knock": _Parser.knock,
    "end": _Parser.nothing,
}


def parse(text, path="scenario"):
    """A Scenario from its text; `path` only names it in sentences."""
    parser = _Parser(str(path))
    for parser.line_number, line in enumerate(text.splitlines(), start=1):
        parser.line(line)
    if not parser.rows or parser.rows[-1].action != "end":
        parser.line_number += 1
        parser.fail("the last row must be the end, for example: +2.0 end")
    return Scenario(
        parser.path,
        parser.title or Path(path).stem,
        parser.seed,
        parser.voices,
        parser.settings,
        tuple(parser.crowd),
        tuple(parser.rows),
    )


def load(name):
    """A Scenario from a file, or by its name from simulator/scenarios/."""
    path = Path(name)
    if path.suffix != ".call":
        path = FOLDER / f"{name}.call"
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ScenarioError(f"{path}: cannot be read as text: {error}") from error
    return parse(text, path)


def names():
    """Names of the scenarios that come with callclip."""
    return sorted(path.stem for path in FOLDER.glob("*.call"))
