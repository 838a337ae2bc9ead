"""`callclip demo`: a morning at the desk, live; then its log is pulled and reported.

The calls are recorded voices, the unit is virtual, and everything else is real: firmware, light,
serial protocol, `callclip pull` and `callclip report`.
"""

import shutil
import time
from pathlib import Path

import click

from host_tools.failure import NOT_REACHABLE, NOT_VERIFIED, Failure
from host_tools.output import say, show, show_json

SPEED = 8
DRAW_S = 0.07
TIMEOUT_S = 300


@click.command()
@click.option(
    "--speed", default=SPEED, show_default=True, type=click.IntRange(1, 60),
    help="So many times as fast as real time.",
)  # fmt: skip
@click.option(
    "--out", default="build/demo", show_default=True, metavar="DIR",
    help="Where the pulled log and the report go.",
)  # fmt: skip
@click.option("--plain", is_flag=True, help="Lines instead of a picture, also on a terminal.")
@click.option("--json", "is_json", is_flag=True, help="Events and report path as JSON on stdout.")
def command(speed, out, plain, is_json):
    """Play a morning of recorded calls on a virtual unit and watch its bead.

    A normal call, a silent one, a noisy line, a long hold and a call that breaks off. Afterwards
    the log is pulled over the unit's serial port, and the report is written.
    """
    out = _folder(out)
    from host_tools.demo import Morning
    from simulator.device import UnitError
    from simulator.vm import VmError

    try:
        with Morning(speed) as morning:
            _watch(morning, plain or is_json, say if is_json else show)
            morning.finish()
            folder, result = _pull(morning, out)
    except (UnitError, VmError) as error:
        raise Failure(f"{error}", NOT_REACHABLE) from error
    report = _report(folder, out, is_json)
    if is_json:
        show_json({"events": morning.desk.events, "pull": result, "report": str(report)})
        return
    show(f"\nPulled {result['records']} records, {result['bytes']} bytes, over the serial port.")
    show(f"The report: {report}")


def _folder(out):
    """The folder for log and report, made now: a demo shall not fail at its end."""
    path = Path(out).resolve()
    try:
        path.mkdir(parents=True, exist_ok=True)
        (path / "report.html").unlink(missing_ok=True)
    except OSError as error:
        words = f"{error.filename}: cannot be made or written ({error.strerror.lower()})"
        raise Failure(f"{words}; give another folder with --out") from error
    return path


def _watch(morning, is_plain, tell):
    from rich.console import Console

    console = Console()
    if is_plain or not console.is_terminal or console.is_dumb_terminal:
        _tell_lines(morning, tell)
    else:
        _draw_live(morning, console)


def _until_over(morning):
    ends = time.monotonic() + TIMEOUT_S
    while not morning.desk.is_over:
        if time.monotonic() > ends:
            raise Failure(f"the virtual unit needed more than {TIMEOUT_S} s", NOT_REACHABLE)
        yield


def _tell_lines(morning, tell):
    from host_tools.demo_view import event_line

    tell(f"A morning at the desk at {morning.speed} times real time, on a virtual unit.")
    title = ""
    for _turn in _until_over(morning):
        for event in morning.step(DRAW_S):
            begun = [name for name, start_s in morning.parts if start_s * 1000 < event["t_ms"]]
            if begun[-1:] != [title]:
                title = begun[-1]
                tell(f"\n{title}")
            tell(event_line(morning.clock(event["t_ms"]), event))


def _draw_live(morning, console):
    from rich.live import Live

    from host_tools import demo_view

    lingering = demo_view.Lingering()
    with Live(console=console, auto_refresh=False, vertical_overflow="crop") as live:
        for _turn in _until_over(morning):
            drawn = time.monotonic()
            while (left_s := drawn + DRAW_S - time.monotonic()) > 0:
                morning.step(left_s)
            live.update(
                demo_view.draw(morning.desk, morning, lingering, console.width), refresh=True
            )


def _pull(morning, out):
    """The unit's log over its serial port, as `callclip pull` does it."""
    from host_tools.cmd_pull import pull_log

    folder = out / "logs"
    # The virtual unit is new in each morning; a report of several would show them as one unit.
    shutil.rmtree(folder / morning.client.hello["unit_id"], ignore_errors=True)
    result, _log = pull_log(morning.client, str(folder))
    if result["damages"]:
        raise Failure(f"{result['damages'][0]}; run the demo again", NOT_VERIFIED)
    return folder, result


def _report(logs, out, is_json):
    """Table and page, as `callclip report` makes them; the page's path."""
    from host_tools import archive, report_calls, report_page, report_table
    from host_tools.output import whole_file

    units = report_calls.unit_logs(archive.read(str(logs)))
    path = out / "report.html"
    with whole_file(path) as file:
        file.write(report_page.page(units, time.time_ns() // 1_000_000))
    if not is_json:
        show()
        report_table.show(units)
    return path
