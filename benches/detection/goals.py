"""Every figure beside its goal: one row for each thing that must hold.

    rows(figures)  ->  [Row(what, goal, figure, is_met), ...]

`figures` is what the modules measured, by name ("speech", "events" ...); a row whose figures were
not measured says so and is neither met nor missed.
Called by: __main__.py, show.py, page.py.
"""

import dataclasses

from benches.detection import speech
from benches.detection.noisy_speech import NO_BABBLE
from benches.detection.overlaps import CONDITIONS
from benches.detection.words import LEAST_CALLS

NOT_MEASURED = "not measured"


@dataclasses.dataclass(frozen=True)
class Row:
    what: str
    goal: str
    figure: str
    is_met: bool | None  # None: not measured


def rows(figures):
    """All rows in the order of the goals."""
    return [_row(figures, *goal) for goal in GOALS]


def _row(figures, what, goal, read):
    try:
        figure, is_met = read(figures)
    except KeyError:
        return Row(what, goal, NOT_MEASURED, None)
    return Row(what, goal, figure, is_met)


def _pct(share):
    return "none" if share is None else f"{100 * share:.1f} %"


def _all(*parts):
    """True when all hold, None when one is unknown and none fails."""
    if any(part is False for part in parts):
        return False
    return None if any(part is None for part in parts) else True


def _at_least(value, least):
    return None if value is None else value >= least


def _at_most(value, most):
    return None if value is None else value <= most


def _f1(channel, condition, least, is_above_peers):
    def read(figures):
        detectors = figures["speech"][channel]["detectors"]
        return _beside_peers(detectors, condition, least, is_above_peers)

    return read


def _noisy(group, least):
    def read(figures):
        return _beside_peers(figures["noisy_speech"]["detectors"][group], "all", least, False)

    return read


def _beside_peers(detectors, condition, least, is_above_peers):
    score = detectors["callclip"]["f1"][condition]
    words, is_met = f"{score:.3f}", score >= least
    peer = speech.best_peer(detectors, condition)
    if peer:
        words += f" (best gated peer {peer[1]:.3f}: {peer[0]})"
        if is_above_peers:
            is_met = is_met and score >= peer[1]
    return words, is_met


def _flagged(channel, sound, most):
    def read(figures):
        detector = figures["speech"][channel]["detectors"]["callclip"]
        share = detector["flagged"][sound]
        if share is None:
            raise KeyError(sound)
        return f"{_pct(share)} of its frames flagged", _at_most(share, most)

    return read


def _onset(figures):
    both = figures["onset"]["both"]
    words = f"median {_ms(both['median_ms'])}, 95 % {_ms(both['p95_ms'])}, {both['missed']} missed"
    if not both["n"]:
        raise KeyError("no onsets")
    late = both["p95_ms"] is None or both["p95_ms"] > 180
    return words, not late and both["median_ms"] <= 100


def _ms(value_ms):
    return "never" if value_ms is None else f"{value_ms:.0f} ms"


def _found(name, least, inner=None):
    def read(figures):
        row = figures["events"][name] if inner is None else figures["events"][name][inner]
        words = f"recall {_pct(row['recall'])}, precision {_pct(row['precision'])}"
        words += f" ({row['right']} of {row['true']} true, {row['reported']} reported)"
        return words, _all(_at_least(row["recall"], least), _at_least(row["precision"], least))

    return read


def _silent_call_times(figures):
    row = figures["events"]["staged"]["SILENT_CALL"]
    errors = row["errors_ms"]
    if not errors:
        return "none reported", None
    share = sum(abs(error) <= 200 for error in errors) / len(errors)
    return (
        f"{_pct(share)} within 200 ms, 95 % of errors ≤ {row['p95_abs_ms']:.0f} ms",
        share >= 0.98,
    )


def _hold_since(figures):
    row = figures["events"]["hold_since"]
    if not row["n"]:
        return "no hold found", None
    words = f"{_pct(row['within_500_ms'])} within 500 ms, median {row['median_ms']:+.0f} ms"
    return words, row["within_500_ms"] >= 0.97


def _interruptions(condition):
    def read(figures):
        row = figures["overlaps"][condition]
        sides = (("agent", "AGENT"), ("customer", "CUSTOMER"))
        words = ", ".join(f"{n} {row['callclip'][w]} of {row['true'][w]}" for n, w in sides)
        if "call-ai-metrics" in row:
            peer = row["call-ai-metrics"]
            words += f" (call-ai-metrics {peer['AGENT']} and {peer['CUSTOMER']})"
        return words, row["is_close"]

    return read


def _states(channel):
    def read(figures):
        row = figures["states"][channel]
        if row["right"] is None:
            raise KeyError(channel)
        return f"{_pct(row['right'])} of {row['seconds']} s", row["right"] >= 0.95

    return read


def _rings(figures):
    row = figures["rings"]
    if row["right"] is None:
        raise KeyError("rings")
    words = f"{_pct(row['right'])} of {row['calls']} calls"
    if row["learned_calls"]:
        words += f", of {row['learned_calls']} with a learned ringer {_pct(row['learned_right'])}"
    return words, row["right"] >= 0.99


def _false_tones(figures):
    row = figures["clips"]
    words = f"{row['false_tones']} in {row['clips']} clips ({row['minutes']:.0f} min)"
    if row["clips_with_a_tone"]:
        words += f"; {row['clips_with_a_tone']} with a machine's tone of its own"
    return words, row["false_tones"] == 0


def _levels(figures):
    row = figures["levels"]
    words = f"at most {row['worst_db']:.2f} dB off, {_pct(row['within'])} of {row['n']} within"
    return words, row["worst_db"] <= 0.5


def _syllables(figures):
    row = figures["syllables"]
    words = f"{_pct(row['within_10_pct'])} of {row['n']} calls within 10 %, "
    words += f"mean error {row['mean_pct']:+.1f} %, 95 % of errors ≤ {row['p95_abs_pct']:.1f} %"
    return words, row["p95_abs_pct"] <= 10


def _false_prompts(figures):
    row = figures["events"]["false_prompts"]["normal"]
    if not row["hours"]:
        raise KeyError("no normal calls")
    words = f"{row['an_hour']:.2f} an hour ({row['prompts']} in {row['hours']:.1f} h)"
    return words, row["an_hour"] <= 0.5


def _noise_steps(figures):
    row = figures["noise_steps"]
    words = f"slowest {row['slowest_s']:.1f} s, false speech afterwards {_pct(row['false_speech'])}"
    return words, row["slowest_s"] <= 3.0 and row["false_speech"] == 0


def _spoken(figures):
    row = figures["words"]
    words = f"{row['stage_3']} in {row['calls']} calls"
    return words, row["stage_3"] == 0 and row["calls"] >= LEAST_CALLS


GOALS = (
    ("speech frames, agent channel", "F1 ≥ 0.99, ≥ the best gated peer",
     _f1("agent", "all", 0.99, True)),
    ("speech frames, line, leak −20 dB", "F1 ≥ 0.97, above every gated peer",
     _f1("line", "leak -20 dB", 0.97, True)),
    ("… over every leak and condition", "F1 ≥ 0.97, above every gated peer",
     _f1("line", "all", 0.97, True)),
    ("… at 10 dB line SNR", "F1 ≥ 0.94", _noisy(NO_BABBLE, 0.94)),
    ("… in babble", "F1 ≥ 0.90", _f1("line", "babble", 0.90, False)),
    ("… in babble at 10 dB line SNR", "F1 ≥ 0.90", _noisy("babble", 0.90)),
    ("hold music is not speech", "≤ 5 % of its frames", _flagged("line", "hold music", 0.05)),
    ("speech onset delay", "median ≤ 100 ms, 95 % ≤ 180 ms", _onset),
    ("speech said during ring or busy tone", "≤ 5 % of its frames",
     _flagged("line", "ring or busy", 0.05)),
    ("staged prompts", "recall, precision ≥ 98 %", _found("staged_together", 0.98)),
    ("… SILENT_CALL", "recall, precision ≥ 98 %", _found("staged", 0.98, "SILENT_CALL")),
    ("… QUIET_CUSTOMER", "recall, precision ≥ 98 %", _found("staged", 0.98, "QUIET_CUSTOMER")),
    ("… NOISY_LINE", "recall, precision ≥ 98 %", _found("staged", 0.98, "NOISY_LINE")),
    ("silent-call times", "±200 ms", _silent_call_times),
    ("SILENT_CALL stage 3 though the customer spoke", f"0 in ≥ {LEAST_CALLS} calls", _spoken),
    ("hold: started, long, ended", "recall, precision ≥ 97 %", _found("hold_together", 0.97)),
    ("hold's start back-dated", "±500 ms", _hold_since),
    *((f"interruptions, who: {name}", "counts within 10 %", _interruptions(name))
      for name in CONDITIONS),
    ("rings counted exactly", "≥ 99 % of calls", _rings),
    ("false tones over all voice clips", "0", _false_tones),
    ("channel state, line", "≥ 95 % of seconds, within 5 s of a change", _states("line")),
    ("channel state, agent", "≥ 95 % of seconds, within 5 s of a change", _states("agent")),
    ("active speech level", "±0.5 dB of a float P.56, −46…−16 dBFS", _levels),
    ("syllables a minute", "±10 % at 80–240", _syllables),
    ("false prompts in normal calls", "≤ 0.5 an hour", _false_prompts),
    ("noise step of +15 dB", "floor re-adapted ≤ 3 s, no false speech after", _noise_steps),
)  # fmt: skip
