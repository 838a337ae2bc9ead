"""Renders a scenario to the two microphones' sound and the truth about it.

    samples, truth = render(scenario.load("silent_call"))

samples: int16 [n, 2] at 16 kHz, column 0 the agent's microphone, column 1 the line's.
truth: what was put there, as plain data (see truth.py); times in ms since the first sample.
The same scenario and seed give the same samples. Speech clips begin and end with speech, so that
the truth about the last spoken moment is exact; the rule for spurts is sound.speech_spurts.
Called by: demo composing, sweep.py, world/build.py, tests.
"""

import json
from pathlib import Path

import numpy as np
import soundfile

from simulator import clips, codecs, noises, sound, truth
from simulator import scenario as scenarios
from simulator.stage import Stage

clip = clips.samples


def _generators(seed):
    names = ("comfort", "noise", "agent_room", "line_room", "agent_floor", "line_floor")
    names += ("desk", "loss", "knocks")
    seeds = np.random.SeedSequence(seed).spawn(len(names))
    return {name: np.random.default_rng(s) for name, s in zip(names, seeds, strict=True)}


def stems(stage, generators):
    """What each microphone would hear alone: {"agent", "customer", "line", "desk", "knock"}."""
    settings = stage.settings
    customer = stage.speech("customer")
    far = customer + stage.tones() + stage.music() + stage.noise("noise", generators["noise"])
    far = codecs.coded(far, settings["line.codec"])
    far = codecs.with_loss(far, settings["line.loss"], generators["loss"])
    knock, shock = stage.knocks(generators["knocks"])
    return {
        "agent": stage.speech("agent"),
        "customer": customer,
        "line": far + stage.comfort(generators["comfort"]) + shock,
        "desk": stage.noise("desk", generators["desk"]) + knock,
    }


def _floor(kind, level_db, n_samples, generator):
    return noises.of(kind, n_samples, level_db, generator, ())


def mixed(stage, parts, generators):
    """Both microphones from the stems: leaks, rooms, the microphones' own noise, faults."""
    settings, n = stage.settings, stage.n_samples
    delay_samples = sound.samples_from_s(settings["line.delay"] / 1000.0)
    heard = {}
    for who, own, other in (
        ("agent", parts["agent"] + parts["desk"], parts["line"]),
        ("line", parts["line"], parts["agent"] + parts["desk"]),
    ):
        taps = codecs.leak_filter(int(settings[f"{who}.colour"]))
        sum_ = own + codecs.leaked(other, settings[f"{who}.leak"], delay_samples, taps)
        sum_ += _floor("room", settings[f"{who}.room"], n, generators[f"{who}_room"])
        sum_ += _floor("white", settings["line.floor"], n, generators[f"{who}_floor"])
        heard[who] = codecs.faulty(sum_, settings[f"{who}.fault"])
    both = np.stack((heard["agent"], heard["line"]), axis=1)
    return np.clip(np.rint(both * 32768.0), -32768, 32767).astype(np.int16)


def render(scenario):
    """(int16 samples [n, 2], truth) of a scenario.Scenario."""
    stage = Stage(scenario)
    generators = _generators(scenario.seed)
    parts = stems(stage, generators)
    return mixed(stage, parts, generators), truth.of(stage, parts)


def truth_of(scenario):
    """The truth about a scenario without its sound: a third of the work."""
    stage = Stage(scenario)
    return truth.of(stage, {who: stage.speech(who) for who in ("agent", "customer")})


def write(scenario, path):
    """A scenario as WAV `path`, with its truth as .json beside it, in that order; the truth."""
    samples, true = render(scenario)
    soundfile.write(path, samples, sound.SAMPLE_RATE_HZ, subtype="PCM_16")
    path.with_suffix(".json").write_text(json.dumps(true, indent=1) + "\n", encoding="utf-8")
    return true


def render_all(folder):
    """Every scenario as <name>.wav with its truth as <name>.json; the paths of the WAVs."""
    paths = []
    for name in scenarios.names():
        path = Path(folder) / f"{name}.wav"
        write(scenarios.load(name), path)
        paths.append(path)
    return paths
