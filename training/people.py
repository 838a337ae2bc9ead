"""Who is heard in a drill: any voice, at another pitch and pace, through another microphone.

    Voices(generator)    talks, lone words and babble out of training/voices.py
    stretched(x, ratio)  the same sound, `ratio` times as long, at the same pitch

The spurts that come with a talk follow the rule of simulator/sound.py, from the clean voice.
Called by: drill.py. Ref: W. Verhelst, M. Roelands, An overlap-add technique based on waveform
similarity (WSOLA), ICASSP 1993.
"""

import functools

import numpy as np

from simulator import clips, codecs, noises, sound
from simulator.world import cast
from training import effects, voices

HOP_SAMPLES = 320
SEARCH_SAMPLES = 160
KEPT = 800  # stretched clips kept in memory
REAL_SHARE = 0.65
FOREIGN_SHARE = 0.25
CHANGED_SHARE = 0.15  # of the people: heard through a room, a pipe or a machine
DRAWLED_SHARE = 0.3  # of the lone words
MOST_DRAWLED = 2.5


@functools.cache
def clips_of_all():
    """{voice: its clips} of everybody that may be learned from."""
    people = voices.everybody() + voices.foreign()
    found = {voice.name: clips.names_of(voice.name) for voice in people}
    return {name: names for name, names in found.items() if names}


@functools.cache
def names_by_source():
    """{"recorded", "synthesised", "foreign": names of voices}"""
    out = {"recorded": [], "synthesised": [], "foreign": []}
    for voice in voices.everybody():
        source = "recorded" if voice.engine in cast.REAL_ENGINES else "synthesised"
        out[source].append(voice.name)
    out["foreign"] = [voice.name for voice in voices.foreign()]
    return {
        source: [name for name in names if name in clips_of_all()] for source, names in out.items()
    }


@functools.lru_cache(maxsize=KEPT)
def spoken(name, pitch_pct, pace_pct, effect):
    """(samples, spurts) of a clip at -26 dBFS active speech level; effect: its seed, or None."""
    samples = clips.samples(name, pitch_pct)
    if pace_pct != 100.0:
        samples = stretched(samples, 100.0 / pace_pct)
    if effect is not None:
        samples = effects.changed(samples, effect)
        samples = samples * sound.gain_from_db(clips.LEVEL_DB - sound.active_level_db(samples)[0])
    return samples, sound.speech_spurts(samples)


def stretched(samples, ratio):
    """Overlapping windows, each taken from where it fits on to the one before."""
    window = np.hanning(2 * HOP_SAMPLES)
    n_hops = int(len(samples) * ratio) // HOP_SAMPLES
    padded = np.concatenate((np.zeros(SEARCH_SAMPLES), samples, np.zeros(4 * HOP_SAMPLES)))
    out = np.zeros((n_hops + 2) * HOP_SAMPLES)
    at = SEARCH_SAMPLES
    for hop in range(n_hops):
        piece = padded[at : at + 2 * HOP_SAMPLES]
        if len(piece) < 2 * HOP_SAMPLES:
            break
        out[hop * HOP_SAMPLES : (hop + 2) * HOP_SAMPLES] += piece * window
        natural = padded[at + HOP_SAMPLES : at + 2 * HOP_SAMPLES]
        wanted = SEARCH_SAMPLES + int((hop + 1) * HOP_SAMPLES / ratio)
        around = padded[wanted - SEARCH_SAMPLES : wanted + SEARCH_SAMPLES + HOP_SAMPLES]
        if len(natural) < HOP_SAMPLES or len(around) < 2 * SEARCH_SAMPLES + HOP_SAMPLES:
            break
        at = wanted - SEARCH_SAMPLES + int(np.argmax(np.correlate(around, natural)))
    return out[: n_hops * HOP_SAMPLES]


class Voices:
    def __init__(self, generator, n_samples):
        self.generator = generator
        self.n = n_samples

    def chance(self, probability):
        return self.generator.random() < probability

    def between(self, low, high):
        return float(self.generator.uniform(low, high))

    def anybody(self):
        source = "recorded" if self.chance(REAL_SHARE) else "synthesised"
        source = "foreign" if self.chance(FOREIGN_SHARE) else source
        return str(self.generator.choice(names_by_source()[source]))

    def person(self):
        """(names of clips, pitch in per cent, pace in per cent, seed of an effect or None)."""
        names = clips_of_all()[self.anybody()]
        pitch_pct = float(self.generator.integers(78, 129))
        pace_pct = float(self.generator.choice([80, 90, 100, 100, 100, 110, 125]))
        effect = int(self.generator.integers(1 << 30)) if self.chance(CHANGED_SHARE) else None
        return names, pitch_pct, pace_pct, effect

    def clip(self, person):
        names, *how = person
        return spoken(names[int(self.generator.integers(len(names)))], *how)

    def talk(self, level_db, pauses_s=(0.3, 3.0)):
        """(samples, [(start, end) in samples]) of one person; the level moves a little.

        pauses_s: between its clips, on average at least and at most.
        """
        out = np.zeros(self.n)
        found = []
        person = self.person()
        pause_s = self.between(*pauses_s)
        recorder = self.recorder()
        at = sound.samples_from_s(self.between(0, 6))
        while at < self.n:
            samples, spurts = self.clip(person)
            if at + len(samples) > self.n:
                break
            gain = sound.gain_from_db(level_db - clips.LEVEL_DB + self.between(-3, 3))
            out[at : at + len(samples)] += recorder(samples) * gain
            found += [(at + start, at + end) for start, end in spurts]
            at += len(samples) + sound.samples_from_s(self.generator.exponential(pause_s) + 0.05)
        return self.coloured(out), found

    def recorder(self):
        """What recording did to a clip: nothing, a hiss that comes and goes with it, few bits."""
        which = self.generator.random()
        if which < 0.3:
            hiss = sound.gain_from_db(clips.LEVEL_DB + self.between(-45, -22))
            taps = codecs.leak_filter(int(self.generator.integers(1, 1 << 30)), 8.0)

            def hissing(samples):
                noise = np.convolve(self.generator.standard_normal(len(samples)), taps)
                return samples + hiss * noise[: len(samples)]

            return hissing
        if which < 0.45:
            step = sound.gain_from_db(clips.LEVEL_DB + self.between(-34, -16))
            return lambda samples: np.rint(samples / step) * step
        return lambda samples: samples

    def coloured(self, samples):
        """As another microphone hears it: level with it, now and then hard against its limit."""
        if self.chance(0.6):
            spread_db = self.between(3.0, 9.0)
            taps = codecs.leak_filter(int(self.generator.integers(1, 1 << 30)), spread_db)
            samples = codecs.leaked(samples, 0.0, 0, taps)
        if self.chance(0.05):
            peak = np.abs(samples).max() * sound.gain_from_db(-self.between(3, 14))
            samples = np.clip(samples, -peak, peak)
        return samples

    def lone_words(self, noise_db, first_s=(1.0, 5.0), pauses_s=(0.6, 6.0)):
        """Pieces of 0.25 to 0.9 s, the loudest of a clip, 5 to 20 dB above a noise.

        first_s, pauses_s: until the first, between them. Some are drawled: a long vowel is like a
        note, and no music.
        """
        out = np.zeros(self.n)
        found = []
        person = self.person()
        at = sound.samples_from_s(self.between(*first_s))
        while at < self.n - 40000:
            samples, _spurts = self.clip(person)
            n = min(len(samples), sound.samples_from_s(self.between(0.25, 0.9)))
            power = np.cumsum(np.square(samples))
            start = int(np.argmax(power[n - 1 :] - np.append(0.0, power[:-n])))
            word = samples[start : start + n]
            if self.chance(DRAWLED_SHARE):
                word = stretched(word, self.between(1.2, MOST_DRAWLED))
                n = len(word)
            word = sound.faded(word, 0.01)
            word *= sound.gain_from_db(noise_db + self.between(5, 20) - sound.rms_db(word))
            out[at : at + n] += word
            found += [(at + first, at + last) for first, last in sound.speech_spurts(word)]
            at += n + sound.samples_from_s(self.between(*pauses_s))
        return out, found

    def babble(self, level_db):
        """Many at once, at their own levels: no one can be followed."""
        people = [self.anybody() for _person in range(14)]
        if self.chance(0.5):
            return noises.of("babble", self.n, level_db, self.generator, people[:8])
        out = sum(
            noises.of("neighbour", self.n, self.between(-30, -24), self.generator, [each])
            for each in people[: int(self.generator.integers(5, 14))]
        )
        return out * sound.gain_from_db(level_db - sound.rms_db(out))

    def neighbour(self, level_db):
        return noises.of("neighbour", self.n, level_db, self.generator, [self.anybody()])


def joined(spurts):
    """Spurts in samples; pauses within MERGE_GAP_S belong to them."""
    merge = sound.samples_from_s(sound.MERGE_GAP_S)
    out = []
    for start, end in sorted(spurts):
        if out and start - out[-1][1] <= merge:
            out[-1][1] = max(end, out[-1][1])
        else:
            out.append([start, end])
    return out
