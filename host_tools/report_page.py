"""The report as one self-contained HTML page: no script, no network, light and dark, printable.

In: UnitLogs. Out: HTML text. Units appear by pseudonym only: the end of their hardware id.
Called by: cmd_report; the template is templates/report.html.j2.
"""

from datetime import datetime

import jinja2

from host_tools import report_attention, report_figures, report_svg
from host_tools.report_calls import UNDATED
from host_tools.words import CAUSES, count_of, length_from_ms, level_from_cdb

_SHORTEST_NAME = 4


def unit_names(unit_ids):
    """{id: pseudonym}: the shortest end of the id that tells the units apart."""
    ids = list(unit_ids)
    n = _SHORTEST_NAME
    while n < max(map(len, ids), default=0) and len({one[-n:] for one in ids}) < len(ids):
        n += 1
    return {one: one[-n:] for one in ids}


def page(units, now_ms):
    """The HTML text of a report made at unix time now_ms."""
    groups = report_figures.by_unit_and_day(units)
    calls = [call for unit in units for call in unit.calls]
    names = unit_names(unit.unit for unit in units)
    anchors = {call.key: f"c-{number}" for number, call in enumerate(calls, 1)}
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("host_tools", "templates"),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=jinja2.StrictUndefined,
    )
    environment.filters["span"] = _length
    environment.filters["day"] = day_words
    return environment.get_template("report.html.j2").render(
        units=units,
        names=names,
        anchors=anchors,
        groups=[_group(f"u-{n}", names, anchors, *group) for n, group in enumerate(groups, 1)],
        n_calls=len(calls),
        total=report_figures.of(calls),
        shares=report_svg.shares(report_figures.of(calls).as_dict()),
        share_bar=report_svg.share_bar,
        findings=report_attention.findings(units),
        period=period_words(calls),
        made=_moment(now_ms),
        count_of=count_of,
    )


def _length(ms):
    return "–" if ms is None else length_from_ms(ms)


def day_words(day):
    """'Monday, 13 May 2024' for '2024-05-13'; anything else stays."""
    if day == UNDATED:
        return day
    moment = datetime.strptime(day, "%Y-%m-%d")
    return f"{moment:%A}, {moment.day} {moment:%B %Y}"


def period_words(calls):
    """The days a report covers: '13 May 2024' or '13 May 2024 to 15 May 2024'."""
    days = sorted({call.day for call in calls if call.is_dated})
    if not days:
        return UNDATED if calls else "no calls"
    words = [day_words(day).partition(", ")[2] for day in (days[0], days[-1])]
    return words[0] if days[0] == days[-1] else f"{words[0]} to {words[1]}"


def _moment(unix_ms):
    moment = datetime.fromtimestamp(unix_ms / 1000).astimezone()
    return f"{moment.day} {moment:%B %Y, %H:%M} ({moment:%Z})"


def _group(anchor, names, anchors, unit, day, figures, calls):
    return {
        "anchor": anchor,
        "unit": unit,
        "day": day,
        "figures": figures,
        "calls": [_call(anchors[call.key], names, call) for call in calls],
    }


def _call(anchor, names, call):
    title = f"{call.clock}, unit {names[call.unit]}"
    summary = call.summary
    return {
        "anchor": anchor,
        "clock": call.clock,
        "title": title,
        "duration_ms": call.duration_ms,
        "line": report_svg.TimeLine(call).svg(title),
        "events": report_svg.event_list(call),
        "shares": report_svg.shares(summary) if summary else None,
        "facts": _facts(summary),
        "is_ended": summary is not None,
    }


def _facts(summary):
    """Short facts of a call that have no place on its line."""
    if summary is None:
        return []
    facts = []
    if summary["rings"]:
        rings = count_of(summary["rings"], "ring")
        facts.append(f"answered after {rings}, {length_from_ms(summary['answer_ms'])}")
    for field, words in (
        ("interruptions_agent", "interruption by the agent"),
        ("interruptions_customer", "interruption by the customer"),
    ):
        if summary[field]:
            facts.append(count_of(summary[field], words, words.replace("ion by", "ions by")))
    facts.append(f"longest silence {length_from_ms(summary['longest_silence_ms'])}")
    if summary["talk_agent_ms"]:
        facts.append(f"agent's level {level_from_cdb(summary['asl_agent_cdb'])}")
    if summary["talk_customer_ms"]:
        facts.append(f"customer's level {level_from_cdb(summary['asl_customer_cdb'])}")
    facts.append(f"line noise {level_from_cdb(summary['noise_line_cdb'])}")
    facts.append(f"ended: {CAUSES.get(summary['cause'], summary['cause'])}")
    return facts
