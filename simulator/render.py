"""Renders a scenario to the two microphones' sound and the truth about it.

    samples, truth = render(scenario.load("silent_call"))

samples: int16 [n, 2] at 16 kHz, column 0 the agent's microphone, column 1 the line's.
truth: what was put there, as plain data (see truth.py); times in ms since the first sample.
The same scenario and seed give the same samples. Speech clips begin and end with speech, so that
the truth about the last spoken moment is exact; the rule for spurts is sound.speech_spurts.
Called by: demo composing, sweep.py, tests.
"""

import functools
import json
from pathlib import Path

import numpy as np
import soundfile
import soxr

from simulator import scenario as scenarios
from simulator import sound, truth

GATE_S = 0.01  # ramps of line noise that comes and goes
BABBLE_VOICES = 6
CLIP_LEVEL_DB = -26.0  # what the clips were set to


@functools.cache
def clip(name, pitch_pct=100.0):
    """A clip of recordings/clips as float samples; pitch and speed change together."""
    samples, rate_hz = soundfile.read(scenarios.CLIPS / f"{name}.flac", dtype="float64")
    if rate_hz != sound.SAMPLE_RATE_HZ:
        raise ValueError(f"clip {name} has {rate_hz} Hz instead of {sound.SAMPLE_RATE_HZ}")
    if pitch_pct != 100.0:
        samples = soxr.resample(samples, rate_hz * pitch_pct / 100.0, rate_hz)
    samples.setflags(write=False)
    return samples


@functools.cache
def _spurts(name, pitch_pct):
    return sound.speech_spurts(clip(name, pitch_pct))


class _Stage:
    """Collects what every row puts on the two channels."""

    def __init__(self, scenario):
        self.scenario = scenario
        self.settings = scenario.settings
        self.placed = []  # (row, start sample, end sample)
        self.n_samples = 0

    def duration(self, row):
        """Samples that a row lasts; 0 for a switch."""
        if row.action in ("agent", "customer"):
            gap = sound.samples_from_s(row.gap_s)
            lengths = [len(self.clip_of(row, name)) for name in row.clips]
            return sum(lengths) + gap * (len(lengths) - 1)
        if row.action == "music":
            return sound.samples_from_s(row.number)
        if row.action in scenarios.TONES:
            _hz, on_s, off_s = scenarios.TONES[row.action][row.name]
            # The last pause belongs to no burst: a call may be picked up in it.
            return sound.samples_from_s(row.number * (on_s + off_s) - off_s)
        return 0

    def clip_of(self, row, name):
        return clip(name, self.settings[f"{row.action}.pitch"])

    def place(self):
        end = 0
        for row in self.scenario.rows:
            start = sound.samples_from_s(row.seconds) + (end if row.anchor == "previous" else 0)
            if start < 0:
                raise scenarios.ScenarioError(
                    f"{self.scenario.path}, line {row.line_number}: begins before the recording"
                )
            end = start + self.duration(row)
            self.placed.append((row, start, end))
        self.n_samples = end
        for row, _start, last in self.placed:
            if last > self.n_samples:
                raise scenarios.ScenarioError(
                    f"{self.scenario.path}, line {row.line_number}: lasts beyond the end row"
                )

    def level(self, row, setting):
        return self.settings[setting] if row.level_db is None else row.level_db

    def speech(self, who):
        """(samples, spurts) of everything that one person says."""
        out = np.zeros(self.n_samples)
        spurts = []
        pitch_pct = self.settings[f"{who}.pitch"]
        for row, start, _end in self.placed:
            if row.action != who:
                continue
            gain = sound.gain_from_db(self.level(row, f"{who}.level") - CLIP_LEVEL_DB)
            for name in row.clips:
                samples = clip(name, pitch_pct)
                out[start : start + len(samples)] += samples * gain
                spurts += [(start + a, start + b) for a, b in _spurts(name, pitch_pct)]
                start += len(samples) + sound.samples_from_s(row.gap_s)
        return out, spurts

    def tones(self):
        out = np.zeros(self.n_samples)
        for row, start, end in self.placed:
            if row.action not in scenarios.TONES:
                continue
            hz, on_s, off_s = scenarios.TONES[row.action][row.name]
            n_on = sound.samples_from_s(on_s)
            burst = sound.tone(hz, n_on, self.level(row, "line.tone"))
            for n in range(int(row.number)):
                at = start + sound.samples_from_s(n * (on_s + off_s))
                out[at : min(at + n_on, end)] += burst[: end - at]
        return out

    def music(self):
        out = np.zeros(self.n_samples)
        for row, start, end in self.placed:
            if row.action == "music":
                gain = sound.gain_from_db(self.level(row, "line.music") - CLIP_LEVEL_DB)
                piece = np.resize(clip(row.clips[0]), end - start)
                out[start:end] += sound.faded(piece, 0.02) * gain
        return out

    def babble(self, level_db, generator):
        """Many voices at once: the talk of a room behind the customer."""
        names = [f"{p.parent.name}/{p.stem}" for p in sorted(scenarios.CLIPS.glob("*/*.flac"))]
        names = [name for name in names if not name.startswith("music/")]
        out = np.zeros(self.n_samples)
        for _voice in range(BABBLE_VOICES):
            at = -int(generator.integers(0, 3 * sound.SAMPLE_RATE_HZ))
            pitch_pct = float(generator.integers(80, 116))
            while at < self.n_samples:
                samples = clip(names[int(generator.integers(len(names)))], pitch_pct)
                first, last = max(at, 0), min(at + len(samples), self.n_samples)
                if last > first:
                    out[first:last] += samples[first - at : last - at]
                at += len(samples) + int(generator.integers(0, 2000))
        return out * sound.gain_from_db(level_db - sound.rms_db(out))

    def switched(self, action, off_names):
        """(kind, level, start, end) of every stretch that a switch row opens."""
        switches = [(row, start) for row, start, _end in self.placed if row.action == action]
        edges = [start for _row, start in switches] + [self.n_samples]
        return [
            (row.name, row.level_db, start, end)
            for (row, start), end in zip(switches, edges[1:], strict=True)
            if row.name not in off_names
        ]

    def gate(self, start, end):
        out = np.zeros(self.n_samples)
        out[start:end] = sound.faded(np.ones(end - start), GATE_S)
        return out

    def line_noise(self, generators):
        out = np.zeros(self.n_samples)
        comfort = sound.noise(
            "telephone", self.n_samples, self.settings["line.comfort"], generators["comfort"]
        )
        for _name, _level, start, end in self.switched("line", ("dead",)):
            out += comfort * self.gate(start, end)
        for kind, level_db, start, end in self.switched("noise", ("off",)):
            if kind == "babble":
                heard = self.babble(level_db, generators["noise"])
            else:
                heard = sound.noise(kind, self.n_samples, level_db, generators["noise"])
            out += heard * self.gate(start, end)
        return out


def _delayed(signal, n_samples):
    return np.concatenate((np.zeros(n_samples), signal[: len(signal) - n_samples]))


def _generators(seed):
    names = ("comfort", "noise", "agent_room", "line_room", "agent_floor", "line_floor")
    seeds = np.random.SeedSequence(seed).spawn(len(names))
    return {name: np.random.default_rng(s) for name, s in zip(names, seeds, strict=True)}


def render(scenario):
    """(int16 samples [n, 2], truth) of a scenario.Scenario."""
    stage = _Stage(scenario)
    stage.place()
    settings = scenario.settings
    n = stage.n_samples
    generators = _generators(scenario.seed)
    agent, agent_spurts = stage.speech("agent")
    customer, customer_spurts = stage.speech("customer")
    line = customer + stage.tones() + stage.music() + stage.line_noise(generators)
    n_delay = sound.samples_from_s(settings["line.delay"] / 1000.0)
    heard_by_agent = (
        agent
        + _delayed(line, n_delay) * sound.gain_from_db(settings["agent.leak"])
        + sound.noise("room", n, settings["agent.room"], generators["agent_room"])
        + sound.noise("white", n, settings["line.floor"], generators["agent_floor"])
    )
    heard_on_line = (
        line
        + _delayed(agent, n_delay) * sound.gain_from_db(settings["line.leak"])
        + sound.noise("room", n, settings["line.room"], generators["line_room"])
        + sound.noise("white", n, settings["line.floor"], generators["line_floor"])
    )
    both = np.stack((heard_by_agent, heard_on_line), axis=1)
    samples = np.clip(np.rint(both * 32768.0), -32768, 32767).astype(np.int16)
    return samples, truth.of(scenario, stage, agent_spurts, customer_spurts)


def render_all(folder):
    """Every scenario as <name>.wav with its truth as <name>.json; the paths of the WAVs."""
    paths = []
    for name in scenarios.names():
        samples, true = render(scenarios.load(name))
        path = Path(folder) / f"{name}.wav"
        soundfile.write(path, samples, sound.SAMPLE_RATE_HZ, subtype="PCM_16")
        path.with_suffix(".json").write_text(json.dumps(true, indent=1) + "\n", encoding="utf-8")
        paths.append(path)
    return paths
