"""`callclip report`: what a supervisor reads about the calls in the pulled logs.

A table in the terminal, one self-contained HTML page with --html, everything as JSON with --json.
Exit code 1 when a log is damaged in places: the report tells what is whole.
"""

import time

import click

from host_tools.failure import PARTLY
from host_tools.output import say, show_json, whole_file


@click.command()
@click.argument("logdir", required=False)
@click.option("--html", metavar="OUT.html", help="Write the report as one HTML page.")
@click.option("--json", "is_json", is_flag=True, help="Figures, findings and calls as JSON.")
def command(logdir, html, is_json):
    """Report on the calls in LOGDIR, the folder that `callclip pull` fills.

    Tells units by pseudonym, and nothing about persons: the logs hold levels and events only.
    """
    from host_tools import archive, report_calls

    logs = archive.read(logdir or archive.DEFAULT_FOLDER)
    units = report_calls.unit_logs(logs)
    if html:
        from host_tools import report_page

        with whole_file(html) as file:
            file.write(report_page.page(units, time.time_ns() // 1_000_000))
        say(f"report written to {html}")
    if is_json:
        show_json(as_json(units))
    elif not html:
        from host_tools import report_table

        report_table.show(units)
    damages = [problem for log in logs for problem in log.problems if not problem.is_loss]
    for problem in damages:
        say(f"callclip: {problem}; the records around it are in the report")
    return PARTLY if damages else None


def as_json(units):
    """The whole report as plain data."""
    from host_tools import report_attention, report_figures

    calls = [call for unit in units for call in unit.calls]
    return {
        "total": report_figures.of(calls).as_dict(),
        "units": [
            {"unit": unit, "day": day} | figures.as_dict()
            for unit, day, figures, _calls in report_figures.by_unit_and_day(units)
        ],
        "findings": [
            {
                "rank": finding.rank,
                "title": finding.title,
                "advice": finding.advice,
                "calls": [call.key for call in finding.calls],
                "units": finding.units,
            }
            for finding in report_attention.findings(units)
        ],
        "calls": [_call(call) for call in calls],
    }


def _call(call):
    return {
        "key": call.key,
        "unit": call.unit,
        "log_id": f"{call.log_id:08x}",
        "boot": call.boot,
        "call": call.number,
        "is_dated": call.is_dated,
        "start_ms": call.start_ms,
        "end_ms": call.end_ms,
        "is_ended": call.summary is not None,
        "holds": [{"start_ms": start_ms, "end_ms": end_ms} for start_ms, end_ms in call.holds],
        "events": call.events,
    }
