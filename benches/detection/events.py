"""Every event against the true ones: recall, precision, time error, false prompts an hour.

A report is right when a true event of its kind says the same (SAME fields) and it comes no more
than early_ms before and late_ms after that event's t_ms; those tolerances are the truth's own.
Pairs are formed kind by kind, in order of time, each report and each true event once. A report that
the truth says may come (near to a limit, or said again) is neither right nor wrong; so is the other
answer about an overlap within NEAR_LIMIT_MS of the contract's half seconds, since where a word's
soft end lies is a matter of definition. Recall knows no such mercy. The time error
is taken over wider pairs (NEAR_MS), so that the tolerance does not hide it. The number of the call
is not compared: one call too many would make all that follows wrong.
Called by: __main__.py. Ref: simulator/expected.py. Units: ms, reported minus true.
"""

import numpy as np
from callclip.core import events as table
from callclip.core.signals import SIGNALS, row_of

from benches.detection.frames import FRAME_MS
from simulator import overlaps

NEAR_MS = 10_000
SAME = ("stage", "cause", "by", "sure", "n", "channel")
STAGED = ("SILENT_CALL", "QUIET_CUSTOMER", "NOISY_LINE")
HOLD = ("HOLD_STARTED", "LONG_HOLD", "HOLD_ENDED")
CODES = {name: code for code, (name, _fields) in table.TABLE.items()}
NORMAL = "normal"
OVERLAPS = ("INTERRUPTION", "BACKCHANNEL")
TOGETHER_MS = 500
LIT_FRAMES = 10  # a light comes within 200 ms
NEAR_LIMIT_MS = 100
OVERLAP_TOLERANCE = {"early_ms": 300, "late_ms": 600}


def true_events(truth):
    """The truth's events, and its interruptions and back-channels as events.

    An interruption is known when both have gone on together, a back-channel when one has ended.
    """
    out = list(truth["events"])
    if not any(event["event"] in OVERLAPS for event in out):
        out += _overlap_events(truth)
    return out


def _overlap_events(found):
    out = []
    for key, kind in (("interruptions", "INTERRUPTION"), ("backchannels", "BACKCHANNEL")):
        for start_ms, together_ms, by in found[key]:
            t_ms = start_ms + min(together_ms, TOGETHER_MS)
            out.append({"event": kind, "t_ms": t_ms, "by": by, **OVERLAP_TOLERANCE})
    return out


def may_events(truth):
    """What the truth allows, and either answer about overlaps near to a limit."""
    sides = truth["agent"], truth["customer"]
    heard_ms = overlaps.HEARD_MS - NEAR_LIMIT_MS
    either = []
    for kind, by_ms in (("INTERRUPTION", -NEAR_LIMIT_MS), ("BACKCHANNEL", NEAR_LIMIT_MS)):
        found = overlaps.of(*sides, heard_ms, overlaps.TOGETHER_MS + by_ms)
        either += of_kind(_overlap_events(found), kind)
    return truth["may_events"] + either


def is_same(report, true):
    return all(report.get(field) == true[field] for field in SAME if field in true)


def pairs(reports, trues, is_wide=False):
    """[(report, true event)], greedy by time; reports and true events of one kind."""
    out = []
    free = sorted(reports, key=lambda report: report["t_ms"])
    for true in sorted(trues, key=lambda each: each["t_ms"]):
        early_ms = NEAR_MS if is_wide else true["early_ms"]
        late_ms = NEAR_MS if is_wide else true["late_ms"]
        near = [
            report
            for report in free
            if -early_ms <= report["t_ms"] - true["t_ms"] <= late_ms and is_same(report, true)
        ]
        if near:
            found = min(near, key=lambda report: abs(report["t_ms"] - true["t_ms"]))
            free.remove(found)
            out.append((found, true))
    return out


def is_allowed(report, may):
    """Whether the truth says that this may be reported; it explains any number of reports."""
    return any(
        each["event"] == report["event"]
        and -each["early_ms"] <= report["t_ms"] - each["t_ms"] <= each["late_ms"]
        and is_same(report, each)
        for each in may
    )


def judged(heard, kind):
    """(pairs, true events, reports that are wrong, reports that are allowed) of one kind."""
    said, true = of_kind(heard.events, kind), of_kind(true_events(heard.truth), kind)
    found = pairs(said, true)
    rest = [report for report in said if not any(report is right for right, _true in found)]
    may = may_events(heard.truth)
    allowed = [report for report in rest if is_allowed(report, may)]
    return found, true, [r for r in rest if r not in allowed], allowed


def is_prompt(heard, report):
    """Whether the bead lights up for it: not where the customer cuts in, for one.

    Nor for an interruption that it only counts, because the customer may have paused.
    """
    by = report.get("by")
    first = report.get("stage", 0) if by is None else table.SPEAKERS.index(by)
    row = row_of(CODES[report["event"]], first, 0, int(report.get("sure", 0)))
    if SIGNALS[row].rank == 0:
        return False
    if report["event"] != "INTERRUPTION":
        return True
    at = report["t_ms"] // FRAME_MS
    shown = heard.rows["signal"][max(0, at - 1) : at + LIT_FRAMES]
    return bool((shown == row).any())


def false_prompts_of(heard):
    return [report for report in wrong_reports(heard, CODES) if is_prompt(heard, report)]


def of_kind(events, kind):
    return [event for event in events if event["event"] == kind]


def known_kinds(calls):
    """The kinds that the truth knows about, in the order of the contract."""
    known = {kind for heard in calls for kind in heard.truth["event_kinds"]} | set(OVERLAPS)
    return [name for name, _fields in table.TABLE.values() if name in known]


def _counted(calls, kinds):
    """Figures over all the kinds together."""
    n_true = n_right = n_wrong = n_allowed = 0
    errors = []
    for heard in calls:
        for kind in kinds:
            found, true, wrong, allowed = judged(heard, kind)
            n_true += len(true)
            n_right += len(found)
            n_wrong += len(wrong)
            n_allowed += len(allowed)
            near = pairs(of_kind(heard.events, kind), true, is_wide=True)
            errors += [report["t_ms"] - each["t_ms"] for report, each in near]
    n_said = n_right + n_wrong
    return {
        "true": n_true,
        "reported": n_said,
        "allowed": n_allowed,
        "right": n_right,
        "recall": n_right / n_true if n_true else None,
        "precision": n_right / n_said if n_said else None,
        **error_figures(errors),
        "errors_ms": errors,
    }


def error_figures(errors):
    if not errors:
        return {"median_ms": None, "p95_abs_ms": None}
    return {
        "median_ms": float(np.median(errors)),
        "p95_abs_ms": float(np.percentile(np.abs(errors), 95)),
    }


def wrong_reports(heard, kinds):
    """Reports of these kinds that nothing in the truth explains."""
    wrong = [report for kind in kinds for report in judged(heard, kind)[2]]
    return sorted(wrong, key=lambda report: report["t_ms"])


def missed_events(heard, kinds):
    out = []
    for kind in kinds:
        found, true, _wrong, _allowed = judged(heard, kind)
        out += [each for each in true if not any(each is right for _report, right in found)]
    return sorted(out, key=lambda each: each["t_ms"])


def false_prompts(calls):
    """False prompts an hour: in normal calls (all calls without a class), and in all."""
    normal = [h for h in calls if h.truth.get("kind", NORMAL) == NORMAL]
    out = {}
    for name, some in (("normal", normal), ("all", calls)):
        by_kind = {}
        for heard in some:
            for report in false_prompts_of(heard):
                by_kind[report["event"]] = by_kind.get(report["event"], 0) + 1
        hours = sum(heard.hours for heard in some)
        n = sum(by_kind.values())
        out[name] = {
            "calls": len(some),
            "hours": round(hours, 3),
            "prompts": n,
            "an_hour": n / hours if hours else None,
            "by_kind": dict(sorted(by_kind.items(), key=lambda row: -row[1])),
        }
    return out


def agent_interruptions(calls):
    """How many interruptions of the agent's were reported, and of how many he was told."""
    said = [
        (heard, report)
        for heard in calls
        for report in of_kind(heard.events, "INTERRUPTION")
        if report["by"] == "AGENT"
    ]
    return {"reported": len(said), "lit": sum(is_prompt(*each) for each in said)}


def since_errors_ms(calls):
    """HOLD_STARTED.since_ms against the moment when the hold truly began."""
    errors = []
    for heard in calls:
        said = of_kind(heard.events, "HOLD_STARTED")
        for report, true in pairs(said, of_kind(true_events(heard.truth), "HOLD_STARTED"), True):
            began_ms = hold_began_ms(heard.truth, true)
            if began_ms is not None:
                errors.append(report["since_ms"] - began_ms)
    return errors


def hold_began_ms(truth, true):
    """When a true hold began: said by the event, or by what the line does before it."""
    if "since_ms" in true:
        return true["since_ms"]
    begins = {
        "LINE_DROPPED": [row[0] for row in truth["line_states"] if row[2] == "NO_SIGNAL"],
        "MUSIC": [row[0] for row in truth["music"]],
        "BEEP": [row[0] for row in truth["tones"] if row[2] == "beep"][:1],
    }.get(true["cause"], [])
    return max((start for start in begins if start <= true["t_ms"]), default=None)


def measure(calls):
    kinds = known_kinds(calls)
    since = since_errors_ms(calls)
    in_500 = [abs(error) <= 500 for error in since]
    return {
        "kinds": {kind: _counted(calls, [kind]) for kind in kinds},
        "staged": {kind: _counted(calls, [kind]) for kind in STAGED},
        "staged_together": _counted(calls, STAGED),
        "hold_together": _counted(calls, HOLD),
        "hold_since": {
            **error_figures(since),
            "n": len(since),
            "within_500_ms": float(np.mean(in_500)) if since else None,
        },
        "unknown_kinds": _unjudged(calls, kinds),
        "false_prompts": false_prompts(calls),
        "agent_interruptions": agent_interruptions(calls),
        "hours": round(sum(heard.hours for heard in calls), 3),
        "calls": len(calls),
    }


def _unjudged(calls, kinds):
    """How often kinds were reported that no truth of the part tells."""
    out = {}
    for heard in calls:
        for event in heard.events:
            if event["event"] not in kinds:
                out[event["event"]] = out.get(event["event"], 0) + 1
    return out


def brief(event):
    words = [event["event"], f"{event['t_ms'] / 1000:.1f}s"]
    words += [str(event[key]) for key in ("stage", "cause", "by", "n") if key in event]
    return " ".join(words)


def per_call(calls):
    kinds = known_kinds(calls)
    events, prompts = [], []
    for heard in calls:
        missed, wrong = missed_events(heard, kinds), wrong_reports(heard, kinds)
        words = [f"missed {brief(e)}" for e in missed] + [f"wrong {brief(e)}" for e in wrong]
        if words:
            events.append((len(words), heard, "; ".join(words)))
        false = false_prompts_of(heard)
        if false:
            prompts.append((len(false), heard, "; ".join(brief(e) for e in false)))
    return {"events": events, "false prompts": prompts}
