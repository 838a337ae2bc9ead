"""What a drill has beside voices: noise of any colour, hum, clicks, tones, telephones, music.

    Backdrop(generator, n_samples, voices, pieces)

Levels are rms, dB re full scale. Called by: drill.py.
"""

import numpy as np
import soxr

from simulator import clips, codecs, noises, sound

STEADY = ("white", "pink", "hum", "room", "telephone", "coloured", "coloured", "coloured")
UNSTEADY = ("keyboard", "keyboard", "wind", "wind", "babble", "babble", "clicks", "motion")
FILTER_SPREAD_DB = 14.0


class Backdrop:
    def __init__(self, generator, n_samples, voices, pieces):
        self.generator = generator
        self.n = n_samples
        self.voices = voices
        self.pieces = pieces

    def chance(self, probability):
        return self.generator.random() < probability

    def between(self, low, high):
        return float(self.generator.uniform(low, high))

    def any_steady(self):
        return str(self.generator.choice(STEADY))

    def any_noise(self):
        return str(self.generator.choice(STEADY if self.chance(0.6) else UNSTEADY))

    def noise(self, kind, level_db):
        makers = {"hum": self.hum, "coloured": self.coloured, "clicks": self.clicks}
        makers["motion"] = self.motion
        if kind in makers:
            heard = makers[kind]()
            return heard * sound.gain_from_db(level_db - sound.rms_db(heard))
        if kind == "babble":
            return self.voices.babble(level_db)
        return noises.of(kind, self.n, level_db, self.generator, ())

    def filtered(self, samples, spread_db):
        taps = codecs.leak_filter(int(self.generator.integers(1, 1 << 30)), spread_db)
        return np.convolve(samples, taps)[: self.n]

    def coloured(self):
        return self.filtered(self.generator.standard_normal(self.n), FILTER_SPREAD_DB)

    def motion(self):
        """Traffic, cloth, paper: coloured noise that swells and falls, slow or fast."""
        knots_s = 10.0 ** self.between(-1.2, 0.6)
        n_knots = max(3, int(self.n / sound.SAMPLE_RATE_HZ / knots_s))
        knots = self.generator.uniform(-1.0, 0.0, n_knots) * self.between(4, 24)
        level_db = np.interp(np.linspace(0, n_knots - 1, self.n), np.arange(n_knots), knots)
        return self.coloured() * 10.0 ** (level_db / 20)

    def clicks(self):
        heard = np.zeros(self.n)
        at = self.generator.integers(0, self.n, int(self.generator.integers(5, 120)))
        heard[at] = self.generator.standard_normal(len(at))
        return self.filtered(heard, 10.0)

    def hum(self):
        """Mains, fans and engines: harmonics of any falling shape; the same again each second."""
        t = np.arange(sound.SAMPLE_RATE_HZ) / sound.SAMPLE_RATE_HZ
        hz = round(self.generator.choice([50, 60, 100, 120, self.between(40, 260)]))
        slope = self.between(0.3, 2.0)
        out = np.zeros(len(t))
        for k in range(1, int(min(40, 3800 / hz)) + 1):
            phase = self.between(0, 2 * np.pi)
            out += np.sin(2 * np.pi * hz * k * t + phase) * self.between(0.2, 1) / k**slope
        return np.resize(out, self.n)

    def ringer(self):
        """Any ringer beside the agent: notes that follow each other fast, on and off."""
        note = sound.samples_from_s(self.between(0.02, 0.25))
        hz = self.generator.uniform(350, 2600, int(self.generator.integers(1, 5)))
        t = np.arange(self.n) / sound.SAMPLE_RATE_HZ
        which = (np.arange(self.n) // note) % len(hz)
        phase = 2 * np.pi * np.cumsum(hz[which]) / sound.SAMPLE_RATE_HZ
        out = np.sin(phase) + self.between(0, 0.7) * np.sin(3 * phase)
        out *= np.exp(-(np.arange(self.n) % note) / sound.SAMPLE_RATE_HZ * self.between(0, 20))
        on_s, off_s = self.between(0.3, 2.0), self.between(0.5, 4.0)
        out *= (t + self.between(0, 4)) % (on_s + off_s) < on_s
        return out * sound.gain_from_db(self.between(-50, -20))

    def tones(self):
        """(samples, [(start, end) in samples]): bursts of one or two lines in any cadence."""
        out, found = np.zeros(self.n), []
        hz = [self.between(330, 1500) if self.chance(0.3) else self.between(390, 500)]
        if self.chance(0.4):
            hz.append(hz[0] + self.between(20, 150))
        on_s, off_s = self.between(0.15, 2.0), self.between(0.15, 4.0)
        level_db = self.between(-42, -12)
        at = int(self.generator.integers(0, self.n))
        for _burst in range(int(self.generator.integers(1, 10))):
            end = at + sound.samples_from_s(on_s)
            if end > self.n:
                break
            out[at:end] = sound.tone(hz, end - at, level_db)
            found.append((at, end))
            at = end + sound.samples_from_s(off_s)
        return out, found

    def music(self, level_db, start, end):
        """A stretch of any piece, at another speed and pitch, through another loudspeaker."""
        piece = clips.samples(str(self.generator.choice(self.pieces)))
        rate_hz = sound.SAMPLE_RATE_HZ * self.between(0.75, 1.35)
        piece = soxr.resample(piece, rate_hz, sound.SAMPLE_RATE_HZ)
        turned = np.roll(piece, -int(self.generator.integers(len(piece))))
        out = np.zeros(self.n)
        gain = sound.gain_from_db(level_db - clips.LEVEL_DB)
        out[start:end] = sound.faded(np.resize(turned, end - start), self.between(0.005, 0.3))
        if self.chance(0.5):
            out = self.filtered(out, self.between(3.0, 9.0))
        return out * gain
