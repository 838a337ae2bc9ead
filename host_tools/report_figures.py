"""Totals of calls, per unit and day and over all, and the figures that other programs derive.

All lengths in ms, None where no call gives the figure. Averages are over the calls that have ended
in the log. Amazon Contact Lens, NICE and Google each count another part of the silence; the log
holds a call's whole silence and its longest one, so what they would count is given as a range.
Called by: report_page, report_table, cmd_report --json.
Ref: Contact Lens "non-talk time" (hold and silences over 3 s); NICE silence (3 s or more, no hold);
Google CCAI Insights silence (over 5 s).
"""

from dataclasses import asdict, dataclass

_SUMS = (
    "talk_agent_ms",
    "talk_customer_ms",
    "overlap_ms",
    "silence_ms",
    "hold_ms",
    "interruptions_agent",
    "interruptions_customer",
    "prompts",
)


@dataclass
class Figures:
    """Figures of a group of calls."""

    n_calls: int = 0
    n_ended: int = 0
    handle_ms: int = 0  # all calls together
    average_handle_ms: int | None = None
    average_answer_ms: int | None = None  # over calls that rang
    n_late_answers: int = 0
    talk_agent_ms: int = 0
    talk_customer_ms: int = 0
    overlap_ms: int = 0
    silence_ms: int = 0
    hold_ms: int = 0
    n_held_calls: int = 0
    longest_hold_ms: int = 0
    interruptions_agent: int = 0
    interruptions_customer: int = 0
    prompts: int = 0
    non_talk_amazon_ms: tuple = (0, 0)  # (at least, at most)
    silence_nice_ms: tuple = (0, 0)
    silence_google_ms: tuple = (0, 0)

    def share_pct(self, name):
        """A part of the handle time in percent, 0 when there was none."""
        return round(100 * getattr(self, name) / self.handle_ms) if self.handle_ms else 0

    def as_dict(self):
        return asdict(self)


def of(calls):
    """Figures of a list of Calls."""
    out = Figures(n_calls=len(calls))
    ended = [call.summary for call in calls if call.summary]
    out.n_ended = len(ended)
    out.handle_ms = sum(row["duration_ms"] for row in ended)
    if ended:
        out.average_handle_ms = round(out.handle_ms / len(ended))
    answers_ms = [row["answer_ms"] for row in ended if row["rings"]]
    if answers_ms:
        out.average_answer_ms = round(sum(answers_ms) / len(answers_ms))
    out.n_late_answers = sum(call.count("LATE_ANSWER") for call in calls)
    for name in _SUMS:
        setattr(out, name, sum(row[name] for row in ended))
    out.n_held_calls = sum(row["hold_ms"] > 0 for row in ended)
    out.longest_hold_ms = max((row["longest_hold_ms"] for row in ended), default=0)
    out.non_talk_amazon_ms = _range(ended, over_ms=3001, with_hold=True)
    out.silence_nice_ms = _range(ended, over_ms=3000, with_hold=False)
    out.silence_google_ms = _range(ended, over_ms=5001, with_hold=False)
    return out


def _range(summaries, over_ms, with_hold):
    """Least and most that silences of at least over_ms can add up to.

    A call whose longest silence is shorter has none of them; in another, at least the longest one
    counts and at most all of its silence.
    """
    least_ms = most_ms = 0
    for row in summaries:
        if row["longest_silence_ms"] >= over_ms:
            least_ms += row["longest_silence_ms"]
            most_ms += row["silence_ms"]
        if with_hold:
            least_ms += row["hold_ms"]
            most_ms += row["hold_ms"]
    return least_ms, most_ms


def by_unit_and_day(units):
    """[(unit, day, Figures, calls)], days newest first within a unit, undated ones last."""
    out = []
    for unit in units:
        days = {}
        for call in unit.calls:
            days.setdefault(call.day, []).append(call)
        dated = sorted((day for day in days if day[0].isdigit()), reverse=True)
        for day in [*dated, *(day for day in days if not day[0].isdigit())]:
            out.append((unit.unit, day, of(days[day]), days[day]))
    return out
