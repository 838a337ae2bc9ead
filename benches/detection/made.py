"""Sound made for one question: call texts put together here, rendered and heard in parallel.

    heard_of_texts([(name, text), ...], run)   ->  [Heard, ...]

Voices are those of the part that is measured; for the written scenarios the committed ones.
Called by: levels.py, noise_steps.py, words.py, clips.py.
"""

import dataclasses
from collections.abc import Callable

from benches.detection import hear, parts


@dataclasses.dataclass(frozen=True)
class Run:
    """How a figure is to be measured."""

    part: str
    n_jobs: int = 2
    is_as_built: bool = False  # make no voices: take those that are on disk
    is_beside_peers: bool = False
    on_done: Callable | None = None  # called after each call


COMMITTED_VOICES = ("studio", "reader", "caller", "operator")


def voices_of(run):
    """Names of the part's voices; the clips are made if need be."""
    if run.part == parts.SCENARIOS:
        return list(COMMITTED_VOICES)
    from simulator import clips
    from simulator.world import abroad, build, cast

    if not run.is_as_built:
        build.prepare(run.n_jobs)
    if run.part == abroad.PART:
        return list(abroad.troupe(run.n_jobs)[1])
    return [voice.name for voice in cast.voices(run.part) if clips.names_of(voice.name)]


def names_for(voice, seconds, at=0):
    """Clip names of a voice for so many seconds, from the at-th on, again from the first."""
    from simulator import clips

    names = clips.names_of(voice)
    out, so_far_s = [], 0.0
    while so_far_s < seconds:
        out.append(names[at % len(names)])
        so_far_s += length_s(out[-1])
        at += 1
    return out


def length_s(name):
    from simulator import clips, sound

    return len(clips.samples(name)) / sound.SAMPLE_RATE_HZ


def hear_text(name, text):
    """Render one call text and let the bead hear it."""
    from simulator import render, scenario

    samples, truth = render.render(scenario.parse(text, name))
    return hear.hear_samples(name, samples, truth)


def heard_of_texts(named_texts, run):
    return hear.in_parallel(hear_text, named_texts, run.n_jobs, run.on_done)
