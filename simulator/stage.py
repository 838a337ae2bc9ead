"""Puts a scenario's rows on the time line and makes the sound of each kind of row.

A Stage knows when every row begins and ends (samples) and gives, each as one float64 signal of the
whole length: a person's speech, tones, music, noise of the line and of the desk, shocks and knocks.
Called by: render.py, truth.py.
"""

import numpy as np

from simulator import clips, codecs, noises, sound, tones
from simulator import scenario as scenarios

GATE_S = 0.01  # ramps of line noise that comes and goes
SILENT_COMFORT_DB = -95.0  # a line with less carries digital silence


class Stage:
    def __init__(self, scenario):
        self.scenario = scenario
        self.settings = scenario.settings
        self.is_narrow = self.settings["line.codec"] in codecs.SUBTYPES
        self.placed = []  # (row, start sample, end sample)
        self.n_samples = 0
        self._place()

    def rows(self, *actions):
        return [placed for placed in self.placed if placed[0].action in actions]

    def _duration(self, row):
        """Samples that a row lasts; 0 for a switch."""
        if row.action in ("agent", "customer"):
            gap = sound.samples_from_s(row.gap_s)
            lengths = [len(clips.samples(name, *self.voicing(row.action))) for name in row.clips]
            return sum(lengths) + gap * (len(lengths) - 1)
        if row.action in ("music", "shock"):
            return sound.samples_from_s(row.number)
        if row.action in tones.PLANS:
            return sound.samples_from_s(tones.length_s(row.action, row.name, row.number))
        return 0

    def _place(self):
        end = 0
        for row in self.scenario.rows:
            start = sound.samples_from_s(row.seconds) + (end if row.anchor == "previous" else 0)
            if start < 0:
                self._fail(row, "begins before the recording")
            end = start + self._duration(row)
            self.placed.append((row, start, end))
        self.n_samples = end
        for row, _start, last in self.placed:
            if last > self.n_samples:
                self._fail(row, "lasts beyond the end row")

    def _fail(self, row, sentence):
        place = f"{self.scenario.path}, line {row.line_number}"
        raise scenarios.ScenarioError(f"{place}: {sentence}")

    def voicing(self, who):
        """(pitch, is it narrow-band) of a person's clips."""
        return self.settings[f"{who}.pitch"], who == "customer" and self.is_narrow

    def level(self, row, setting):
        return self.settings[setting] if row.level_db is None else row.level_db

    def said(self, who):
        """(clip, start sample, level) of everything that one person says."""
        for row, at, _end in self.rows(who):
            for name in row.clips:
                yield name, at, self.level(row, f"{who}.level")
                at += len(clips.samples(name, *self.voicing(who)))
                at += sound.samples_from_s(row.gap_s)

    def speech(self, who):
        out = np.zeros(self.n_samples)
        for name, at, level_db in self.said(who):
            samples = clips.samples(name, *self.voicing(who))
            gain = sound.gain_from_db(level_db - clips.LEVEL_DB)
            out[at : at + len(samples)] += samples * gain
        return out

    def tones(self):
        out = np.zeros(self.n_samples)
        for row, start, end in self.rows(*tones.PLANS):
            cycle = tones.cycle(row.action, row.name, self.level(row, "line.tone"))
            for n in range(int(row.number)):
                at = start + sound.samples_from_s(n * tones.cycle_s(row.action, row.name))
                out[at : min(at + len(cycle), end)] += cycle[: end - at]
        return out

    def music(self):
        out = np.zeros(self.n_samples)
        for row, start, end in self.rows("music"):
            gain = sound.gain_from_db(self.level(row, "line.music") - clips.LEVEL_DB)
            piece = np.resize(clips.samples(row.clips[0]), end - start)
            out[start:end] += sound.faded(piece, 0.02) * gain
        return out

    def switched(self, action, off_names):
        """(kind, level, start, end) of every stretch that a switch row opens."""
        switches = [(row, start) for row, start, _end in self.rows(action)]
        edges = [start for _row, start in switches] + [self.n_samples]
        return [
            (row.name, row.level_db, start, end)
            for (row, start), end in zip(switches, edges[1:], strict=True)
            if row.name not in off_names
        ]

    def comfort(self, generator):
        """What a connected line carries when nobody speaks."""
        out = np.zeros(self.n_samples)
        level_db = self.settings["line.comfort"]
        noise = noises.of("telephone", self.n_samples, level_db, generator, ())
        if level_db < SILENT_COMFORT_DB:
            return out
        for _name, _level, start, end in self.switched("line", ("dead",)):
            out[start:end] += _gated(noise[start:end])
        return out

    def noise(self, action, generator):
        """Noise that rows switch on and off: `noise` on the line, `desk` around the agent."""
        out = np.zeros(self.n_samples)
        for kind, level_db, start, end in self.switched(action, ("off",)):
            crowd = self.scenario.crowd
            is_narrow = self.is_narrow and action == "noise"
            heard = noises.of(kind, self.n_samples, level_db, generator, crowd, is_narrow)
            out[start:end] += _gated(heard[start:end])
        return out

    def knocks(self, generator):
        """Loud short sounds: (on the agent's microphone, on the line)."""
        at_agent, at_line = np.zeros(self.n_samples), np.zeros(self.n_samples)
        for row, start, end in self.rows("knock", "shock"):
            if row.action == "knock":
                heard, out = noises.knock(row.level_db, generator), at_agent
            else:
                heard, out = noises.shock(row.name, end - start, row.level_db, generator), at_line
            n = min(len(heard), self.n_samples - start)
            out[start : start + n] += heard[:n]
        return at_agent, at_line


def _gated(signal):
    n = min(sound.samples_from_s(GATE_S), len(signal) // 2)
    out = np.array(signal)
    if n:
        ramp = 0.5 - 0.5 * np.cos(np.pi * (np.arange(n) + 0.5) / n)
        out[:n] *= ramp
        out[-n:] *= ramp[::-1]
    return out
