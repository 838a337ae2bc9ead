"""From an archive of pulled logs to calls: what a report tells about each of them.

A call runs from CALL_STARTED to CALL_ENDED of one boot of one unit. Nothing is guessed: what the
log does not say (who spoke in which second, say) is not in a Call either. Where a dropped line
turned out to be the end of a call, the unsure hold after it never was one and is left out.
Times: ms, unix time if the unit's clock was known (`is_dated`), else since the boot.
Called by: report_figures, report_page, report_table.  Ref: the contract, section 3.1.
"""

from dataclasses import dataclass, field
from datetime import datetime

_HOLD_EVENTS = ("HOLD_STARTED", "LONG_HOLD", "HOLD_ENDED", "CALLBACK_DUE")
_RING_BEFORE_MS = 60_000  # a ring burst this long before a call was another one's
UNDATED = "date unknown"


@dataclass
class Call:
    """One call. `summary` is the CALL_ENDED event, None when the log ends before the call did."""

    unit: str
    log_id: int  # a unit whose file system was made anew counts boots and calls from 1 again
    boot: int
    number: int
    is_dated: bool
    start_ms: int = 0
    end_ms: int = 0
    summary: dict | None = None
    events: list = field(default_factory=list)  # the contract's dicts, rings before it included
    holds: list = field(default_factory=list)  # (start_ms, end_ms)

    @property
    def key(self):
        """A name for the call that stays the same from report to report."""
        return f"{self.unit}-{self.log_id:08x}-{self.boot}-{self.number}"

    @property
    def day(self):
        """Local calendar day, '2024-05-13', or UNDATED."""
        if not self.is_dated:
            return UNDATED
        return datetime.fromtimestamp(self.start_ms / 1000).strftime("%Y-%m-%d")

    @property
    def clock(self):
        """Local time of day, or the time since the unit was switched on."""
        if self.is_dated:
            return datetime.fromtimestamp(self.start_ms / 1000).strftime("%H:%M:%S")
        seconds = self.start_ms // 1000
        hours, minutes = seconds // 3600, seconds // 60 % 60
        return f"+{hours}:{minutes:02d}:{seconds % 60:02d}"

    @property
    def duration_ms(self):
        return self.end_ms - self.start_ms

    def count(self, name, **fields):
        """How many events of that name, with these fields, the call has."""
        return sum(
            event["event"] == name and all(event.get(key) == fields[key] for key in fields)
            for event in self.events
        )


@dataclass
class UnitLog:
    """What is known about a unit apart from its calls."""

    unit: str
    calls: list = field(default_factory=list)
    others: list = field(default_factory=list)  # events outside calls: doses, shocks, faults
    lost_ms: int = 0  # sound not heard (gaps)
    n_records_lost: int = 0
    n_damages: int = 0
    n_undated_boots: int = 0


def unit_logs(logs):
    """UnitLogs, sorted by unit, from archive.Log objects."""
    units = {}
    for log in logs:
        unit = units.setdefault(log.unit_id, UnitLog(log.unit_id))
        unit.n_records_lost += log.n_lost
        unit.n_damages += sum(not problem.is_loss for problem in log.problems)
        for boot in log.boots:
            unit.lost_ms += sum(lost_ms for _at, lost_ms, _cause in boot.gaps)
            unit.n_undated_boots += bool(boot.events) and not boot.is_clock_known
            rows = [event.as_dict() for event in boot.events]
            _split(unit, boot, rows)
    for unit in units.values():
        unit.calls.sort(key=lambda call: (not call.is_dated, call.start_ms))
    return [units[name] for name in sorted(units)]


def _split(unit, boot, events):
    """Sort one boot's events into the unit's calls and others."""
    calls = {}
    rings = []
    for event in events:
        number = event["call"]
        if number:
            if number not in calls:
                calls[number] = Call(
                    unit.unit, boot.log_id, boot.number, number, boot.is_clock_known
                )
                first_ms = event["t_ms"] - _RING_BEFORE_MS
                calls[number].events = [ring for ring in rings if ring["t_ms"] >= first_ms]
            calls[number].events.append(event)
            rings = []
        elif event["event"] == "RING":
            rings.append(event)
        else:
            unit.others.append(event)
    for call in calls.values():
        _settle(call)
        unit.calls.append(call)


def _settle(call):
    """Start, end, summary and holds of a call whose events are complete."""
    own = [event for event in call.events if event["call"]]
    call.start_ms = own[0]["t_ms"]
    call.end_ms = own[-1]["t_ms"]
    ended = [event for event in own if event["event"] == "CALL_ENDED"]
    if ended and "end_ms" in ended[0]:
        call.summary = ended[0]
        call.end_ms = call.summary["end_ms"]
        call.start_ms = call.end_ms - call.summary["duration_ms"]
        call.events = [event for event in call.events if not _is_refuted(event, call.end_ms)]
    call.holds = _holds(call)


def _is_refuted(event, end_ms):
    """A hold event after the moment at which, as was found out later, the call had ended."""
    begun_ms = event.get("since_ms", event["t_ms"])
    return event["event"] in _HOLD_EVENTS and begun_ms >= end_ms


def _holds(call):
    """(start, end) of each hold; one that is still on ends where the call or its log does."""
    out = []
    start_ms = None
    for event in call.events:
        if event["event"] == "HOLD_STARTED":
            start_ms = event["since_ms"]
        elif event["event"] == "HOLD_ENDED" and start_ms is not None:
            out.append((start_ms, start_ms + event["ms"]))
            start_ms = None
    if start_ms is not None:
        out.append((start_ms, max(start_ms, call.end_ms)))
    return out
