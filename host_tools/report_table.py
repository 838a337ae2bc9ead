"""The report in the terminal: what needs attention first, then a table per unit and day.

Called by: cmd_report.
"""

import sys

from rich.console import Console
from rich.table import Table
from rich.text import Text

from host_tools import report_attention, report_figures
from host_tools.report_page import period_words, unit_names
from host_tools.words import count_of, length_from_ms

_WIDTH_IN_FILE = 130
_STYLES = {"urgent": "bold red", "soon": "bold yellow", "note": "bold"}
_MOST_CALLS = 4


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
        console.print(_finding_line(finding, names))
    if calls:
        console.print()
        console.print(_table(units, names))


def _finding_line(finding, names):
    line = Text(f"  {finding.rank:<6}  ", style=_STYLES[finding.rank])
    line.append(finding.title, style="bold")
    if finding.calls:
        places = [f"{call.clock} unit {names[call.unit]}" for call in finding.calls[:_MOST_CALLS]]
        more = len(finding.calls) - len(places)
        line.append(f" ({', '.join(places)}{f', {more} more' if more else ''})")
    else:
        line.append(f" ({', '.join(f'unit {names[unit]}' for unit in finding.units)})")
    line.append(f". {finding.advice}", style="dim")
    return line


def _table(units, names):
    table = Table(box=None, pad_edge=False, header_style="dim")
    table.add_column("unit\n")
    table.add_column("day\n")
    for heading in (
        "\ncalls",
        "average\nhandle time",
        "answered\nafter",
        "agent\nspoke",
        "customer\nspoke",
        "\nsilence",
        "\nhold",
        "interruptions\nagent/customer",
        "\nprompts",
    ):
        table.add_column(heading, justify="right")
    for unit, day, figures, _calls in report_figures.by_unit_and_day(units):
        table.add_row(names[unit], day, *_cells(figures))
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
