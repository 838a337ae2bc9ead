"""The README's pictures, made by the program itself: `make pictures`.

A call drawn by `callclip sim run --plot`, the bead at a prompt as the demo draws it, and the top of
the demo's report in a browser. Written to docs/pictures.
"""

import subprocess
import sys
import tempfile
from pathlib import Path

from callclip.core.signals import SIGNALS
from rich.console import Console

from host_tools import demo_view
from host_tools.demo import Morning
from tests.browser.page import Page

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "docs/pictures"
CALL = "simulator/recordings/calls/silent_call.opus"
SHOWN = "SILENT_CALL_3"
STEP_S = 0.05
WIDTH_PX, HEIGHT_PX = 1000, 760
# Rich's own SVG fetches its font from elsewhere; the reader's monospace font does as well.
SVG = """<svg viewBox="0 0 {width} {height}" xmlns="http://www.w3.org/2000/svg">
<style>.{unique_id}-matrix {{ font: {char_height}px monospace; line-height: {line_height}px; }}
{styles}</style><defs><clipPath id="{unique_id}-clip-terminal">
<rect x="0" y="0" width="{terminal_width}" height="{terminal_height}"/></clipPath>{lines}</defs>
{chrome}<g transform="translate({terminal_x}, {terminal_y})"
 clip-path="url(#{unique_id}-clip-terminal)">
{backgrounds}<g class="{unique_id}-matrix">{matrix}</g></g></svg>
"""


def callclip(*words):
    program = Path(sys.executable).with_name("callclip")
    subprocess.run([str(program), *words], cwd=ROOT, stdout=subprocess.DEVNULL, check=True)


def draw_call():
    callclip("sim", "run", CALL, "--plot", str(FOLDER / "silent_call.png"))


def draw_bead():
    """The demo's picture in the moment in which the prompt SHOWN appears."""
    with open("/dev/null", "w") as nowhere, Morning(20) as morning:
        while SIGNALS[morning.desk.signal].name != SHOWN or morning.desk.rgb == (0, 0, 0):
            morning.step(STEP_S)
            if morning.desk.is_over:
                raise SystemExit(f"callclip: {SHOWN} did not appear; look at the recordings")
        console = Console(record=True, file=nowhere, width=demo_view.WIDTH, force_terminal=True)
        lingering = demo_view.Lingering()
        console.print(demo_view.draw(morning.desk, morning, lingering, demo_view.WIDTH))
        text = console.export_svg(title="callclip demo", code_format=SVG)
    (FOLDER / "bead.svg").write_text(text, encoding="utf-8")


def draw_report():
    with tempfile.TemporaryDirectory(prefix="callclip-pictures-") as folder:
        callclip("demo", "--plain", "--speed", "60", "--out", folder)
        with Page() as page:
            page.open(Path(folder, "report.html"), WIDTH_PX, HEIGHT_PX)
            page.prefer("light")
            (FOLDER / "report.png").write_bytes(page.picture())


def main():
    FOLDER.mkdir(parents=True, exist_ok=True)
    draw_call()
    draw_bead()
    draw_report()


if __name__ == "__main__":
    main()
