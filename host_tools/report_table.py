"""The report in the terminal: what needs attention first, then a table per unit and day.

A narrow terminal gets shorter headings, then fewer columns; unit and day are never cut.
Called by: cmd_report.
"""

import sys

from rich.console import Console
from rich.measure import Measurement
from rich.table import Table
from rich.text import Text

from host_tools import report_attention, report_figures
from host_tools.report_page import period_words, unit_names
from host_tools.words import count_of, length_from_ms

_WIDTH_IN_FILE = 130
_STYLES = {"urgent": "bold red", "soon": "bold yellow", "note": "bold"}
_MOST_CALLS = 4
_INDENT = " " * 10  # under a finding's first word
_WIDE = (
    "\ncalls",
    "average\nhandle time",
    "answered\nafter",
    "agent\nspoke",
    "customer\nspoke",
    "\nsilence",
    "\nhold",
    "interruptions\nagent/customer",
    "\nprompts",
)
_SHORT = (
    "\ncalls",
    "handle\ntime",
    "answered\nafter",
    "agent\nspoke",
    "cust.\nspoke",
    "\nsilence",
    "\nhold",
    "cut in\nag./cu.",
    "\nprompts",
)
_DROPPED_FIRST = (7, 2, 8, 5, 6, 4, 3, 1)  # columns, the least missed first


def show(units):
    """Print to stdout, in colour if it is a terminal."""
    console = Console(file=sys.stdout, highlight=False)
    if not console.is_terminal:
        console.width = _WIDTH_IN_FILE
    names = unit_names(unit.unit for unit in units)
    calls = [call for unit in units for call in unit.calls]
    heading = f"{count_of(len(calls), 'call')} on {count_of(len(units), 'unit')}"
    console.print(f"{heading}, {period_words(calls)}", style="bold")
    findings = report_attention.findings(units)
    if findings:
        console.print("\nWhat needs attention first", style="bold")
    for finding in findings:
        for line in _finding_lines(console, finding, names):
            console.print(line)
    if calls:
        console.print()
        console.print(_table(console, units, names))


def _finding_lines(console, finding, names):
    """The rank, and beside it the finding in as many lines as it needs."""
    lead = Text(f"  {finding.rank:<6}  ", style=_STYLES[finding.rank])
    wrapped = _finding_text(finding, names).wrap(console, max(20, console.width - len(_INDENT)))
    for at, line in enumerate(wrapped):
        line.rstrip()
        yield Text.assemble(_INDENT if at else lead, line)


def _finding_text(finding, names):
    line = Text()
    line.append(finding.title, style="bold")
    if finding.calls:
        places = [f"{call.clock} unit {names[call.unit]}" for call in finding.calls[:_MOST_CALLS]]
        more = len(finding.calls) - len(places)
        line.append(f" ({', '.join(places)}{f', {more} more' if more else ''})")
    else:
        line.append(f" ({', '.join(f'unit {names[unit]}' for unit in finding.units)})")
    line.append(f". {finding.advice}", style="dim")
    return line


def _table(console, units, names):
    """The widest table that the console has room for."""
    rows = [
        (names[unit], day, _cells(figures))
        for unit, day, figures, _calls in report_figures.by_unit_and_day(units)
    ]
    every = range(len(_WIDE))
    tables = [_table_of(rows, _WIDE, every)]
    for n_dropped in range(len(_DROPPED_FIRST) + 1):
        kept = [at for at in every if at not in _DROPPED_FIRST[:n_dropped]]
        tables.append(_table_of(rows, _SHORT, kept))
    unbounded = console.options.update_width(10_000)
    fitting = (one for one in tables if _width_of(console, unbounded, one) <= console.width)
    return next(fitting, tables[-1])


def _width_of(console, options, table):
    return Measurement.get(console, options, table).maximum


def _table_of(rows, headings, columns):
    table = Table(box=None, pad_edge=False, header_style="dim")
    table.add_column("unit\n", no_wrap=True)
    table.add_column("day\n", no_wrap=True)
    for at in columns:
        table.add_column(headings[at], justify="right", no_wrap=True)
    for name, day, cells in rows:
        table.add_row(name, day, *(cells[at] for at in columns))
    return table


def _cells(figures):
    return (
        str(figures.n_calls),
        _length(figures.average_handle_ms),
        _length(figures.average_answer_ms),
        *(
            f"{figures.share_pct(name)} %"
            for name in ("talk_agent_ms", "talk_customer_ms", "silence_ms", "hold_ms")
        ),
        f"{figures.interruptions_agent}/{figures.interruptions_customer}",
        str(figures.prompts),
    )


def _length(ms):
    return "–" if ms is None else length_from_ms(ms)
