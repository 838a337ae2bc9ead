"""Interruptions, by whom: how many are true, how many the bead reported, condition by condition.

Beside them the package call-ai-metrics over the same sound, as it comes. Its rule is near to the
contract's: one starts while the other speaks, and both go on together for 0.5 s.
Called by: __main__.py. Ref: simulator/overlaps.py has the contract's rule over true spurts.
"""

from benches.detection import conditions
from benches.detection.events import of_kind

WHO = ("AGENT", "CUSTOMER")
CLOSE = 0.1
LEAST = 10  # a condition with fewer true interruptions tells nothing about ten per cent
CONDITIONS = {
    "clean": lambda truth: not truth["noises"] and not truth["desk"] and not truth["music"],
    "stepped noise": lambda truth: truth.get("kind") == "noise_step",
    "hold music": lambda truth: bool(truth["music"]),
    "key clicks": lambda truth: "keyboard" in conditions.noise_kinds(truth),
    "neighbour babble": lambda truth: bool(conditions.noise_kinds(truth) & {"babble", "neighbour"}),
}


def true_counts(truth):
    """{who: interruptions}."""
    said_by = [row[2] for row in truth["interruptions"]]
    return {who: said_by.count(who) for who in WHO}


def unit_counts(heard):
    """{who: INTERRUPTION events}."""
    said = of_kind(heard.events, "INTERRUPTION")
    return {who: sum(1 for event in said if event["by"] == who) for who in WHO}


def _row(calls):
    """Counts of a set of calls: true, callclip's, call-ai-metrics', by whom."""
    out = {"calls": len(calls)}
    counters = {
        "true": lambda h: true_counts(h.truth),
        "callclip": unit_counts,
        "call-ai-metrics": lambda h: h.interruptions,
    }
    for name, count in counters.items():
        counts = [count(heard) for heard in calls]
        if not all(counts):
            continue  # the peer was not asked
        out[name] = {who: sum(each[who] for each in counts) for who in WHO}
        out[name]["all"] = sum(out[name].values())
        misses = [
            abs(each[who] - true_counts(heard.truth)[who])
            for each, heard in zip(counts, calls, strict=True)
            for who in WHO
        ]
        out[name]["off_by_a_call"] = sum(misses) / len(calls)
    return out


def measure(calls):
    rows = {"all": _row(calls)}
    for name, is_in in CONDITIONS.items():
        some = [heard for heard in calls if is_in(heard.truth)]
        if some:
            rows[name] = _row(some)
    for row in rows.values():
        row["is_close"] = is_close(row["true"], row["callclip"])
    return rows


def is_close(true, said):
    """Each side's count within CLOSE; None when there are too few to tell."""
    if true["all"] < LEAST:
        return None
    return all(abs(said[who] - true[who]) <= CLOSE * true[who] for who in WHO)


def per_call(calls):
    out = []
    for heard in calls:
        true, said = true_counts(heard.truth), unit_counts(heard)
        off = sum(abs(true[who] - said[who]) for who in WHO)
        if off:
            words = ", ".join(f"{who}: {said[who]} for {true[who]}" for who in WHO)
            out.append((off, heard, words))
    return {"interruptions": out}
