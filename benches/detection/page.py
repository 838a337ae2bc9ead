"""The page docs/benchmarks/detection.md: all figures of a run as tables, and its pictures.

In: the run's result as __main__.py writes it to build/bench/detection.json.
Called by: __main__.py (--page).
"""

from benches.detection import pictures
from benches.detection.goals import NOT_MEASURED
from benches.detection.parts import ROOT

FOLDER = ROOT / "docs" / "benchmarks"
MARKS = {True: "yes", False: "**no**", None: "–"}
MADE = ("noisy_speech", "levels", "syllables", "noise_steps", "words", "clips")
PARTS = {
    "reporting": "the labelled world's part for reporting (what it decided: docs/tuning.md)",
    "tuning": "the labelled world's part for tuning",
    "scenarios": "the written scenarios",
}
HEAD = """# How right the bead is

Made by `make bench-detection PAGE=1`: {calls} calls, {hours:.1f} h, {part}, through the firmware's
own core in the MicroPython VM, held against what is true. The peers hear the same 16 kHz sound:
{peers}.{missing}

"""
FURTHER_NOTE = """
The same cast and kinds of calls, numbers {first} to {last}, {hours:.1f} h. They are there to decide
nothing (docs/tuning.md tells what has been looked at): where they say less than the table above,
believe them.
"""
SPEECH_NOTE = """
Share of frames (20 ms) flagged rightly, as F1. True are talk spurts, pauses of up to 200 ms
included. *plain*: the peer as it comes. *gated*: line speech only where the line is louder than the
agent's level plus the call's true leak, and the agent's likewise. *best*: gated, with pauses filled
and a look-ahead as the bead has them, and with the margin of the gate and the threshold that are
best for these very frames.
"""
STATES_NOTE = """
A second counts as right when the bead shows the state that fills it, or one that shares it, or,
within 5 s after a change, the state before the change.
"""
EVENTS_NOTE = """
A report is right when it comes within the true event's own tolerance and says the same stage, cause
and side. The time error is reported minus true, over pairs up to 10 s apart.
"""


def write(result):
    """The page and its pictures; their paths."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    drawn = pictures.draw(result["figures"], FOLDER)
    path = FOLDER / "detection.md"
    path.write_text(text(result, [picture.name for picture in drawn]), encoding="utf-8")
    return [path, *drawn]


def _named(words, result, is_so):
    names = [row["what"] for row in result["goals"] if is_so(row)]
    return f" {words}: {', '.join(names)}." if names else ""


def text(result, picture_names):
    figures = result["figures"]
    peers = ", ".join(f"{name} {version}" for name, version in result["peers"].items()) or "none"
    part = PARTS.get(result["part"], result["part"])
    told = figures.get("events", {"calls": 0, "hours": 0.0})
    missing = _named("Not measured in this run", result, lambda row: row["figure"] == NOT_MEASURED)
    missing += _named(
        "Too few to be judged",
        result,
        lambda row: row["is_met"] is None and row["figure"] != NOT_MEASURED,
    )
    size = {"calls": told["calls"], "hours": told["hours"]}
    out = [HEAD.format(part=part, peers=peers, missing=missing, **size)]
    out.append(_goals(result["goals"]))
    if result["further"]:
        out.append(_further(result["further"]))
    sections = (
        ("events", "Events", EVENTS_NOTE, _events, "time-errors.svg"),
        ("speech", "Speech flags", SPEECH_NOTE, _speech, "roc.svg"),
        ("states", "Channel states", STATES_NOTE, _states, "states.svg"),
        ("overlaps", "Interruptions", "", _overlaps, None),
    )
    for name, title, note, tables, picture in sections:
        if name in figures:
            out.append(f"\n## {title}\n{note}\n")
            if picture in picture_names:
                out.append(f"![{title}]({picture})\n\n")
            out.append(tables(figures[name]))
    for name in MADE:
        if name in figures and figures[name]["rows"]:
            out.append(f"\n## {figures[name]['title']}\n\n{_made(figures[name]['rows'])}")
    return "".join(out)


def _goals(goals):
    rows = [[r["what"], r["goal"], r["figure"], MARKS[r["is_met"]]] for r in goals]
    return table(("what", "goal", "figure", "met"), rows)


def _further(further):
    first, n_calls = further["first"], further["calls"]
    note = FURTHER_NOTE.format(first=first, last=first + n_calls - 1, hours=further["hours"])
    head = f"\n## Once more, over {n_calls} further calls\n"
    events = _events(further["figures"]["events"])
    return f"{head}{note}\n{_goals(further['goals'])}\n{events}"


def table(head, rows):
    """A Markdown table."""
    lines = [head, ["---"] * len(head), *rows]
    return "".join("| " + " | ".join(str(cell) for cell in line) + " |\n" for line in lines)


def cell(value, form=".3f"):
    return "–" if value is None else format(value, form)


def _events(figures):
    rows = [
        [
            kind, row["true"], row["reported"], cell(row["recall"]), cell(row["precision"]),
            cell(row["median_ms"], "+.0f"), cell(row["p95_abs_ms"], ".0f"),
        ]
        for kind, row in figures["kinds"].items()
    ]  # fmt: skip
    head = ("event", "true", "reported", "recall", "precision", "median, ms", "95 %, ms")
    out = table(head, rows)
    for name, row in figures["false_prompts"].items():
        kinds = ", ".join(f"{kind} {n}" for kind, n in row["by_kind"].items()) or "none"
        out += f"\nFalse prompts in {name} calls: {cell(row['an_hour'], '.2f')} an hour "
        out += f"({row['prompts']} in {row['hours']:.1f} h of {row['calls']} calls): {kinds}.\n"
    row = figures["agent_interruptions"]
    out += f"\nOf {row['reported']} interruptions of the agent's that were counted, "
    out += f"{row['lit']} were shown to him; the others lie next to a pause, or within\n"
    return out + "half a minute of one that was.\n"


def _speech(figures):
    out = ""
    for channel in ("agent", "line"):
        detectors = figures[channel]["detectors"]
        conditions = list(figures["hours"])
        sounds = list(figures["sound_hours"]) if channel == "line" else []
        rows = []
        for name, row in detectors.items():
            cells = [cell(row["f1"][condition]) for condition in conditions]
            cells += [cell(row["flagged"][sound], ".1%") for sound in sounds]
            rows.append([f"**{name}**" if name == "callclip" else name, *cells])
        head = [f"{condition} ({figures['hours'][condition]:.1f} h)" for condition in conditions]
        head += [f"flagged in {sound}" for sound in sounds]
        out += f"\n### {channel.capitalize()} channel\n\n" + table(["F1", *head], rows)
    return out


def _states(figures):
    out = ""
    for channel, row in figures.items():
        if row["right"] is None:
            continue
        rows = [
            [name, *counts] for name, counts in zip(row["names"], row["confusion"], strict=True)
        ]
        out += f"\nThe {channel} channel, {100 * row['right']:.1f} % of {row['seconds']} s:\n\n"
        out += table(["true \\ said, s", *row["names"]], rows)
    return out


def _overlaps(figures):
    rows = []
    for name, row in figures.items():
        for counter in ("true", "callclip", "call-ai-metrics"):
            if counter in row:
                each = row[counter]
                off = f"{each['off_by_a_call']:.2f}"
                rows.append([name, row["calls"], counter, each["AGENT"], each["CUSTOMER"], off])
    head = ("condition", "calls", "counted by", "by the agent", "by the customer", "off by, a call")
    return table(head, rows)


def _made(rows):
    cells = [
        [
            cell(value, ".2f") if isinstance(value, float) else cell(value, "")
            for value in r.values()
        ]
        for r in rows
    ]
    return table(list(rows[0]), cells)
