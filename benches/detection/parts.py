"""Which calls are measured: a part of the labelled world, or the written scenarios.

    sources("reporting", n_calls=None, n_jobs=2)   ->  [Source, ...]

A part is built on demand and then found on disk: NNNN.wav with its truth NNNN.json. With `n_calls`,
so many are taken; their kinds are drawn by chance, so that every kind is among the first, too. A
part has no end: `first` is the number of the first call, and what begins where nobody has looked
tells whether the figures of the others have been looked at too often. `only`: calls of these kinds.
Called by: __main__.py, the tuning script.
"""

import dataclasses
import json
from pathlib import Path

import soundfile

from simulator.world import abroad, calls, cast

ROOT = Path(__file__).resolve().parent.parent.parent
BENCH = ROOT / "build" / "bench"
WORLD = ROOT / "build" / "world"
SCENARIOS = "scenarios"
PARTS = (*cast.PARTS, abroad.PART, SCENARIOS)
CALLS_ABROAD = 100


@dataclasses.dataclass(frozen=True)
class Source:
    """One call on disk."""

    name: str
    wav: Path

    def samples(self):
        """int16 [n, 2], agent and line."""
        return soundfile.read(self.wav, dtype="int16", always_2d=True)[0]

    def truth(self):
        return json.loads(self.wav.with_suffix(".json").read_text(encoding="utf-8"))


def sources(part, n_calls, n_jobs, is_as_built=False, first=0, only=()):
    """The calls of a part, all without `n_calls`; as built: those that are on disk already."""
    if part == SCENARIOS:
        wavs = _scenarios(n_calls)
    elif is_as_built:
        numbers = calls.numbered(part, cast.CALLS, first, only)
        wavs = sorted((WORLD / part).glob("*.wav"))
        wavs = [w for w in wavs if int(w.stem) in numbers and w.with_suffix(".json").exists()]
    else:
        wavs = _built(part, n_calls, n_jobs, first, only)
    return [Source(wav.stem, wav) for wav in evenly(wavs, n_calls)]


def evenly(items, n_wanted):
    """So many of the items, spread evenly; all of them without a number."""
    if n_wanted is None or n_wanted >= len(items):
        return list(items)
    return [items[n * len(items) // n_wanted] for n in range(n_wanted)]


def _scenarios(n_calls):
    from simulator import render, scenario

    folder = BENCH / SCENARIOS
    folder.mkdir(parents=True, exist_ok=True)
    wavs = []
    for name in evenly(scenario.names(), n_calls):
        samples, truth = render.render(scenario.load(name))
        wavs.append(folder / f"{name}.wav")
        soundfile.write(wavs[-1], samples, 16000, subtype="PCM_16")
        wavs[-1].with_suffix(".json").write_text(json.dumps(truth), encoding="utf-8")
    return wavs


def _built(part, n_calls, n_jobs, first, only):
    from simulator.world import build

    which = {"first": first, "only": only}
    if part == abroad.PART:
        company = abroad.troupe(n_jobs)
        return build.build(part, n_calls or CALLS_ABROAD, n_jobs, company=company, **which)
    return build.build(part, n_calls or cast.CALLS, n_jobs, **which)
