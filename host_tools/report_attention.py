"""What needs a supervisor's attention first: findings, most urgent first, each with its calls.

A finding is a sentence of what happened, one of what to do, and the calls it is about. Findings are
about calls, lines and equipment, never a rating of people.
Called by: report_page, report_table, cmd_report --json.
"""

from dataclasses import dataclass, field

from host_tools.words import count_of, length_from_ms

URGENT, SOON, NOTE = "urgent", "soon", "note"


@dataclass
class Finding:
    """`calls` in order of time; `units` when it is about units as a whole."""

    rank: str
    title: str
    advice: str
    calls: list = field(default_factory=list)
    units: list = field(default_factory=list)


# (rank, title for n calls, advice, which calls); in order of urgency
_RULES = (
    (
        URGENT,
        "{} with a dangerously loud sound",
        "Ask how the agent is, and have line and headset checked. Levels are uncalibrated.",
        lambda call: call.count("ACOUSTIC_SHOCK"),
    ),
    (
        URGENT,
        "{} with a hold long enough to owe a call back",
        "House rule: call the customer back within the hour.",
        lambda call: call.count("CALLBACK_DUE"),
    ),
    (
        URGENT,
        "{} with faulty equipment",
        "A microphone was stuck, clipped or dead for the whole call: give the unit to IT.",
        lambda call: call.count("LINE_FAULT"),
    ),
    (
        SOON,
        "{} with a long hold",
        "Find out what took so long; agree when to go back to the customer.",
        lambda call: call.count("LONG_HOLD") and not call.count("CALLBACK_DUE"),
    ),
    (
        SOON,
        "{} over a noisy line",
        "Several on one unit point to its line or place; single ones to the customer's phone.",
        lambda call: call.count("NOISY_LINE"),
    ),
    (
        SOON,
        "{} with a customer who could hardly be heard",
        "Several on one unit point to its volume setting or line.",
        lambda call: call.count("QUIET_CUSTOMER"),
    ),
    (
        SOON,
        "{} in which the customer waited for an answer",
        "Talk about what to say while looking something up.",
        lambda call: call.count("DEAD_AIR"),
    ),
    (
        SOON,
        "{} answered late",
        "Look at staffing at these times of day.",
        lambda call: call.count("LATE_ANSWER"),
    ),
    (
        SOON,
        "{} after which a break was due",
        "See that the break can be taken.",
        lambda call: call.count("TAKE_BREAK"),
    ),
    (
        SOON,
        "{} with a customer who got loud",
        "Ask how the agent is; several from one number may need a word from you.",
        lambda call: call.count("CUSTOMER_LOUD"),
    ),
    (
        NOTE,
        "{} without a greeting in the first seconds",
        "Is the call put through later than the unit hears it?",
        lambda call: call.count("GREETING_MISSING"),
    ),
    (
        NOTE,
        "{} with nobody at the other end",
        "Many of them point to a dialler or a fault in the telephone system.",
        lambda call: call.count("SILENT_CALL", stage=3),
    ),
    (
        NOTE,
        "{} in which no word followed a hold",
        "A thank-you for waiting is the house rule.",
        lambda call: call.count("HOLD_RETURN_UNSPOKEN"),
    ),
    (
        NOTE,
        "{} with three interruptions or more by the agent",
        "Worth a talk, not a judgement: a bad line makes people talk over each other, too.",
        lambda call: call.count("INTERRUPTION", by="AGENT") >= 3,
    ),
    (
        NOTE,
        "{} in which the agent spoke fast",
        "More than four syllables a second: is there time enough for a call?",
        lambda call: call.count("TALKING_FAST"),
    ),
    (
        NOTE,
        "{} that ended with a bang",
        "A handset slips, too; many of them may mean many hard calls.",
        lambda call: call.count("SLAM"),
    ),
)


_DOSE_ADVICE = (
    "{} % at most. Uncalibrated, a trend only, unless IT has set spl_offset_cdb: turn the headset"
    " down, and have it measured."
)


def findings(units):
    """Findings over all units, most urgent first; empty when all is well."""
    calls = sorted(
        (call for unit in units for call in unit.calls),
        key=lambda call: (not call.is_dated, call.start_ms),
    )
    out = []
    for rank, title, advice, is_meant in _RULES:
        meant = [call for call in calls if is_meant(call)]
        if meant:
            out.append(Finding(rank, title.format(count_of(len(meant), "call")), advice, meant))
    out += _about_units(units)
    return sorted(out, key=lambda finding: (URGENT, SOON, NOTE).index(finding.rank))


def _about_units(units):
    shocked = [u.unit for u in units if any(e["event"] == "ACOUSTIC_SHOCK" for e in u.others)]
    if shocked:
        title = f"{count_of(len(shocked), 'unit')} with a dangerously loud sound between calls"
        advice = "Have ringer, line and headset checked. Levels are uncalibrated."
        yield Finding(URGENT, title, advice, units=shocked)
    doses = {u.unit: _highest_dose_pct(u) for u in units}
    full = [unit for unit, pct in doses.items() if pct >= 100]
    if full:
        title = f"{count_of(len(full), 'unit')} over the day's noise dose"
        yield Finding(SOON, title, _DOSE_ADVICE.format(max(doses.values())), units=full)
    half = [unit for unit, pct in doses.items() if 50 <= pct < 100]
    if half:
        title = f"{count_of(len(half), 'unit')} past half of the day's noise dose"
        pct = max(doses[unit] for unit in half)
        yield Finding(NOTE, title, _DOSE_ADVICE.format(pct), units=half)
    damaged = [u.unit for u in units if u.n_damages or u.n_records_lost]
    if damaged:
        title = f"{count_of(len(damaged), 'unit')} with damaged or lost records"
        advice = "Figures of these units are too low; pull again, then ask IT to check the unit."
        yield Finding(NOTE, title, advice, units=damaged)
    undated = [u.unit for u in units if u.n_undated_boots]
    if undated:
        title = f"{count_of(len(undated), 'unit')} with calls of unknown date"
        advice = "Their clock was not set in those sessions; pulling the log sets it."
        yield Finding(NOTE, title, advice, units=undated)
    deaf = [u for u in units if u.lost_ms >= 1000]
    if deaf:
        lost = length_from_ms(sum(u.lost_ms for u in deaf))
        title = f"{count_of(len(deaf), 'unit')} did not hear {lost} of sound"
        advice = "Small gaps while the log is written are normal; more than a minute a day is not."
        yield Finding(NOTE, title, advice, units=[u.unit for u in deaf])


def _highest_dose_pct(unit):
    doses = [event.get("pct", 0) for event in unit.others if event["event"] == "DOSE"]
    return max(doses, default=0)
