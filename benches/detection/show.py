"""The tables on the terminal: goals first, then each figure in full, then the worst calls.

Called by: __main__.py.
"""

from rich.table import Table

from benches.detection import conditions

NOT_SHOWN = ("webrtcvad 0", "webrtcvad 1", "webrtcvad 2")
MARKS = {True: "[green]yes[/]", False: "[red]no[/]", None: "–"}


def goals(console, rows):
    table = Table("what", "goal", "figure", "met", title="What must hold")
    for row in rows:
        table.add_row(row.what, row.goal, row.figure, MARKS[row.is_met])
    console.print(table)


def _cell(value, form=".3f"):
    return "–" if value is None else format(value, form)


def events(console, figures):
    table = Table(
        "event", "true", "reported", "recall", "precision", "median ms", "95 % ms",
        title=f"Events, {figures['calls']} calls, {figures['hours']:.2f} h",
    )  # fmt: skip
    for kind, row in figures["kinds"].items():
        table.add_row(
            kind, str(row["true"]), str(row["reported"]),
            _cell(row["recall"]), _cell(row["precision"]),
            _cell(row["median_ms"], "+.0f"), _cell(row["p95_abs_ms"], ".0f"),
        )  # fmt: skip
    console.print(table)
    if figures["unknown_kinds"]:
        said = ", ".join(f"{kind} {n}" for kind, n in figures["unknown_kinds"].items())
        console.print(f"Reported, but told by no truth here: {said}")
    for name, row in figures["false_prompts"].items():
        kinds = ", ".join(f"{kind} {n}" for kind, n in row["by_kind"].items()) or "none"
        console.print(
            f"False prompts, {name} calls: {_cell(row['an_hour'], '.2f')} an hour "
            f"({row['prompts']} in {row['hours']:.2f} h of {row['calls']} calls): {kinds}"
        )
    row = figures["agent_interruptions"]
    console.print(f"Agent's interruptions: {row['reported']} counted, {row['lit']} shown to him")


def speech(console, figures):
    """F1 by condition; of webrtcvad only the strictest mode, the page has all."""
    for channel in ("agent", "line"):
        detectors = figures[channel]["detectors"]
        shown = [name for name in detectors if not name.startswith(NOT_SHOWN)]
        table = Table("speech F1", "hours", title=f"Speech frames, {channel} channel")
        for name in shown:
            table.add_column(name.replace(", ", "\n"), justify="right")
        for condition, hours in figures["hours"].items():
            cells = [_cell(detectors[name]["f1"][condition]) for name in shown]
            table.add_row(condition, f"{hours:.2f}", *cells)
        for sound, hours in figures["sound_hours"].items() if channel == "line" else ():
            cells = [_cell(detectors[name]["flagged"][sound], ".1%") for name in shown]
            table.add_row(f"flagged in {sound}", f"{hours:.2f}", *cells)
        console.print(table)


def onset(console, figures):
    table = Table("onset delay", "spurts", "median ms", "95 % ms", "missed", "flag was up")
    for name in ("agent", "line", "both"):
        row = figures[name]
        table.add_row(
            name, str(row["n"]), _cell(row["median_ms"], ".0f"), _cell(row["p95_ms"], ".0f"),
            str(row["missed"]), str(row.get("flag_was_up", "")),
        )  # fmt: skip
    console.print(table)


def states(console, figures):
    for channel, row in figures.items():
        if row["right"] is None:
            continue
        table = Table(
            "true \\ said", *row["names"],
            title=f"Channel state, {channel}: {100 * row['right']:.1f} % of {row['seconds']} s",
        )  # fmt: skip
        for name, counts in zip(row["names"], row["confusion"], strict=True):
            table.add_row(name, *(str(n) if n else "·" for n in counts))
        console.print(table)


def overlaps(console, figures):
    table = Table("interruptions", "calls", "counted by", "agent", "customer", "off by a call")
    for name, row in figures.items():
        for counter in ("true", "callclip", "call-ai-metrics"):
            if counter in row:
                each = row[counter]
                table.add_row(
                    name, str(row["calls"]), counter, str(each["AGENT"]), str(each["CUSTOMER"]),
                    f"{each['off_by_a_call']:.2f}",
                )  # fmt: skip
    console.print(table)


def made(console, figures):
    """Figures over sound made for one question: their table, if they have one."""
    rows = figures.get("rows")
    if not rows:
        return
    table = Table(*rows[0], title=figures["title"])
    for row in rows:
        table.add_row(*(_made_cell(value) for value in row.values()))
    console.print(table)
    for case in figures.get("failed", ()):
        console.print(f"  failed: {case}")


def _made_cell(value):
    if isinstance(value, float):
        return f"{value:.2f}"
    return "–" if value is None else str(value)


def worst(console, per_call, n_worst):
    """The worst calls of each figure with what they were like."""
    for name, rows in per_call.items():
        table = Table("call", "what", "conditions", title=f"Worst: {name}", title_justify="left")
        for _badness, heard, words in sorted(rows, key=lambda row: -row[0])[:n_worst]:
            table.add_row(heard.name, words, told(heard))
        if rows:
            console.print(table)


def told(heard):
    """A call's class and conditions in a line."""
    call = conditions.of(heard.truth)
    words = [heard.truth.get("kind", ""), f"leak {call['line_leak_db']:g}"]
    if call["codec"] != "none":
        words.append(str(call["codec"]))
    if call["loss_pct"]:
        words.append(f"loss {call['loss_pct']:g} %")
    words += call["noises"]
    if call["line_snr_db"] is not None:
        words.append(f"SNR {call['line_snr_db']:.0f}")
    return " ".join(word for word in words if word)
