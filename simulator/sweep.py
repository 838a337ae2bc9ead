"""Renders a call in many variants and says how well the core heard each: the tuner's bench.

    python -m simulator.sweep silent_call --set line.leak=-15,-20,-30 --set line.comfort=-64,-54

Every combination is rendered, run through an engine and held against its truth; one line each:
events missing or wrong, and the share of frames with the right speech flag per channel (F1).
`variants`, `Heard`, `differences` and `speech_f1` serve tests and notebooks, too.
"""

import argparse
import itertools
import sys

import numpy as np

from simulator import render, scenario

FRAME_MS = 20
BLOCK_FRAMES = 100


class Heard:
    """Rendered samples in the form that simulator.runner takes."""

    def __init__(self, samples):
        self.n_frames = len(samples) // 320
        self._samples = samples[: self.n_frames * 320]

    def blocks(self):
        step = BLOCK_FRAMES * 320
        for at in range(0, len(self._samples), step):
            # 16-bit samples stand in the upper half of a 32-bit slot.
            yield (self._samples[at : at + step].astype("<i4") << 16).tobytes()


def variants(names, grid, seeds=(None,)):
    """(label, samples, truth) of every combination; grid maps "line.leak" to its values."""
    for name in names:
        call = scenario.load(name)
        for values in itertools.product(*grid.values()):
            changes = dict(zip(grid, values, strict=True))
            for seed in seeds:
                label = " ".join([name, *(f"{key}={value:g}" for key, value in changes.items())])
                if seed is not None:
                    label += f" seed={seed}"
                yield label, *render.render(call.varied(changes, seed))


def _matches(event, wanted):
    within = -wanted["early_ms"] <= event["t_ms"] - wanted["t_ms"] <= wanted["late_ms"]
    # end_ms is judged by sound, too: as loosely as the moment of the report
    fields = {
        key: value
        for key, value in wanted.items()
        if key not in ("t_ms", "early_ms", "late_ms", "end_ms")
    }
    return within and all(event.get(key) == value for key, value in fields.items())


def differences(events, truth, ignored=()):
    """(wanted but not reported, reported but not wanted) among the kinds that truth knows."""
    kinds = set(truth["event_kinds"]) - set(ignored)
    rest = [event for event in events if event["event"] in kinds]
    missing = []
    for wanted in truth["events"]:
        if wanted["event"] not in kinds:
            continue
        found = next((event for event in rest if _matches(event, wanted)), None)
        if found is None:
            missing.append(wanted)
        else:
            rest.remove(found)
    options = truth["may_events"]
    return missing, [e for e in rest if not any(_matches(e, option) for option in options)]


def speech_f1(flags, spurts):
    """F1 of per-frame speech flags against spurts in ms; frames half in and half out count as is.

    1.0 when there is neither speech nor a flag.
    """
    true = np.zeros(len(flags), bool)
    for start, end in spurts:
        true[round(start / FRAME_MS) : round(end / FRAME_MS)] = True
    flags = np.asarray(flags, bool)
    n_both = int((true & flags).sum())
    n_all = int(true.sum() + flags.sum())
    return 2 * n_both / n_all if n_all else 1.0


def _brief(event):
    words = [event["event"], f"{event['t_ms'] / 1000:.2f}s"]
    words += [str(event[key]) for key in ("stage", "cause", "n") if key in event]
    return " ".join(words)


def _parsed(argv):
    parser = argparse.ArgumentParser(prog="simulator.sweep", description=__doc__.split("\n")[0])
    parser.add_argument("names", nargs="*", help="scenarios; all without names")
    parser.add_argument("--set", action="append", default=[], metavar="SETTING=V,V,...")
    parser.add_argument("--engine", default="mpy", choices=("mpy", "cpython"))
    parser.add_argument("--seeds", type=int, default=1, help="so many noises of each variant")
    args = parser.parse_args(argv)
    grid = {}
    for option in args.set:
        key, _equals, values = option.partition("=")
        try:
            grid[key] = [float(value) for value in values.split(",")]
        except ValueError:
            parser.error(f"--set {option}: numbers wanted, as in line.leak=-15,-20")
    return args, grid


def main(argv=None):
    args, grid = _parsed(argv)
    try:
        return _compare(args, grid)
    except scenario.ScenarioError as error:
        print(f"sweep: {error}", file=sys.stderr)
        return 2


def _compare(args, grid):
    from simulator import runner

    n_bad = 0
    for label, samples, truth in variants(args.names or scenario.names(), grid, range(args.seeds)):
        result = runner.run(Heard(samples), engine=args.engine)
        missing, extra = differences(result.events, truth)
        frames = result.frames
        agent = speech_f1(frames["agent_speech"], truth["agent"])
        line = speech_f1(frames["line_speech"], truth["customer"])
        verdict = "ok " if not missing and not extra else "BAD"
        n_bad += verdict == "BAD"
        print(f"{verdict} F1 agent {agent:.3f} line {line:.3f}  {label}")
        for event in missing:
            print(f"      missing  {_brief(event)}")
        for event in extra:
            print(f"      extra    {_brief(event)}")
    return 1 if n_bad else 0


if __name__ == "__main__":
    raise SystemExit(main())
