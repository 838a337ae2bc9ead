"""docs/bead.md says what the table of signals says, for every light that a unit can show today."""

import re
from pathlib import Path

from callclip.core import call, events, rules
from callclip.core.signals import SIGNALS

PAGE = Path(__file__).parents[2] / "docs" / "bead.md"
COLOURS = {
    (255, 255, 255): "white",
    (255, 120, 0): "amber",
    (180, 0, 255): "violet",
    (0, 60, 255): "blue",
    (0, 255, 0): "green",
    (255, 0, 0): "red",
}


def rhythm(signal):
    if signal.on_ms < signal.off_ms:
        return "short blinks"
    if signal.on_ms < 400:
        return "quick blinking"
    return "blinking" if signal.on_ms == 400 else "slow blinking"


def emitted():
    """Codes of the events that some rule names: those a unit can show."""
    paths = [Path(call.__file__), *Path(rules.__file__).parent.glob("*.py")]
    sources = "".join(path.read_text(encoding="utf-8") for path in paths)
    return {getattr(events, name) for name in re.findall(r"events\.([A-Z_]+)", sources)}


def test_the_page_has_each_light_that_a_unit_can_show():
    codes = emitted()
    expected = []
    for row in SIGNALS:
        if row.rank and row.code in codes:
            sound = ", **sound**" if row.is_buzzer_on else ""
            light = f"{COLOURS[row.rgb]}, {rhythm(row)}{sound}"
            expected.append(f"| {light} | {row.name} | {row.text} |")
    told = PAGE.read_text(encoding="utf-8").split("## The button")[0]
    rows = [line for line in told.splitlines() if line.startswith("| ") and "name in" not in line]
    assert rows == expected
