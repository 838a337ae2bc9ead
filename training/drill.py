"""Drills: sound denser than any real call, so that nothing surprises the net.

Everything changes at random: who speaks, how loud, through which filter; noise of any colour that
starts and stops, hum, clicks, music, tones, a neighbour, a line that comes and goes, two leaks.
Only the tuning part's voices and music are used. A drill has the truth that training needs.
Called by: __main__.py.
"""

import concurrent.futures
import json

import numpy as np
import soundfile
import soxr

from simulator import clips, codecs, noises, sound
from simulator.world import build, cast, orchestra
from simulator.world import music as pieces

LENGTH_S = 40.0
FRAME_SAMPLES = 320
N_FRAMES = round(LENGTH_S * sound.SAMPLE_RATE_HZ) // FRAME_SAMPLES
LEAST_DB = -90.0
FIRST_MUSICAL = 500  # from this one on most drills have music,
FIRST_FAINT = 700  # and from this one on voices may be fainter,
FIRST_LONE = 800  # from this one on lone words in steady noise,
FIRST_TURNED = 1000  # and from this one on music at another pitch, desk telephones, muted lines
FIRST_SCORED = 1000  # and from this one on music by any instruments
SCORED_SHARE = 0.7
FIRST_LOUD = 1400  # and from this one on loud voices, steps of noise, hum and bare tones,
FIRST_HARD = 1700  # and from this one on words in hum, the faintest voices, and steps of noise
FOLDER = build.folder_of("tuning").parent / "drill"
STEADY = ("white", "pink", "hum", "room", "telephone", "coloured", "coloured")
UNSTEADY = ("keyboard", "wind", "babble", "clicks")


def make(n_drills, jobs=2):
    """Paths of n_drills WAVs with their truth; those that stand are kept."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    orchestra.prepare(jobs)
    with concurrent.futures.ProcessPoolExecutor(jobs) as pool:
        return list(pool.map(_one, range(n_drills)))


def _one(number):
    path = FOLDER / f"{number:04d}.wav"
    if not path.with_suffix(".json").exists():
        samples, truth = _Drill(number).render()
        soundfile.write(path, samples, sound.SAMPLE_RATE_HZ, subtype="PCM_16")
        path.with_suffix(".json").write_text(json.dumps(truth), encoding="utf-8")
    return path


class _Drill:
    def __init__(self, number):
        self.number = number
        self.generator = np.random.default_rng([77, number])
        self.n = sound.samples_from_s(LENGTH_S)
        self.voices = [voice.name for voice in cast.voices("tuning")]
        self.states = []  # [start_ms, end_ms, "MUSIC" or "TONE"]
        # Power of the noise in each frame, of each microphone's own side.
        self.noise_power = {"agent": np.zeros(N_FRAMES), "line": np.zeros(N_FRAMES)}

    def chance(self, probability):
        return self.generator.random() < probability

    def between(self, low, high):
        return float(self.generator.uniform(low, high))

    def render(self):
        is_loud = self.number >= FIRST_LOUD
        is_hard = self.number >= FIRST_HARD
        if FIRST_LONE <= self.number < FIRST_TURNED or (
            is_loud and self.chance(0.6 if is_hard else 0.4)
        ):
            agent, agent_spurts = self.talk(self.between(-40, -14), 0.3)
            far, customer_spurts = self.lone_words()
        else:
            faint_db = 6.0 if self.number >= FIRST_FAINT else 0.0
            lowest_db, highest_db = (-28, -11) if is_loud else (-40 - faint_db, -14)
            if is_hard:
                lowest_db, highest_db = -50, -34
            agent, agent_spurts = self.talk(self.between(lowest_db, highest_db), 0.85)
            customer, customer_spurts = self.talk(self.between(lowest_db - 4, highest_db), 0.8)
            noise = self.noise("line", 0.9 if is_loud else 0.6)
            far = customer + self.music() + self.tones() + noise
        if self.chance(0.6):
            far = clips.telephone_band(far)
        far = codecs.coded(far, str(self.generator.choice(["none", "none", "alaw", "ulaw", "gsm"])))
        far = codecs.with_loss(far, self.between(0, 5) if self.chance(0.3) else 0.0, self.generator)
        if self.chance(0.85):
            level_db = self.between(-74, -46)
            far = far + self.spans("line", "telephone", level_db, self.chance(0.5))
        near = (
            agent
            + self.desk_telephone()
            + self.noise("agent", 0.5)
            + self.neighbour()
            + self.spans("agent", "room", self.between(-84, -48))
        )
        to_line = codecs.leaked(near, self.between(-32, -10), self.delay(), self.leak())
        to_agent = codecs.leaked(far, self.between(-50, -24), self.delay(), self.leak())
        both = np.stack((near + to_agent, far + to_line), axis=1)
        both += self.generator.standard_normal(both.shape) * sound.gain_from_db(
            self.between(-92, -80)
        )
        mutes = self.mutes()
        both *= mutes
        samples = np.clip(np.rint(both * 32768.0), -32768, 32767).astype(np.int16)
        truth = {"agent": agent_spurts, "customer": customer_spurts, "line_states": self.states}
        truth["noise_db"] = {
            side: levels_db(self.noise_power[side], mutes[:, k])
            for k, side in enumerate(("agent", "line"))
        }
        return samples, {"kind": "drill", "conditions": {}, **truth}

    def leak(self):
        return codecs.leak_filter(int(self.generator.integers(1, 1 << 30)))

    def delay(self):
        return int(self.generator.integers(2, 60))

    def talk(self, level_db, probability):
        """(samples, spurts in ms) of one person; now and then the level moves a little."""
        out = np.zeros(self.n)
        found = []
        if not self.chance(probability):
            return out, found
        voice = str(self.generator.choice(self.voices))
        names = clips.names_of(voice)
        pitch_pct = float(self.generator.integers(85, 118))
        at = sound.samples_from_s(self.between(0, 6))
        while at < self.n:
            name = names[int(self.generator.integers(len(names)))]
            samples = clips.samples(name, pitch_pct)
            if at + len(samples) > self.n:
                break
            gain = sound.gain_from_db(level_db - clips.LEVEL_DB + self.between(-3, 3))
            out[at : at + len(samples)] += samples * gain
            found += [(at + start, at + end) for start, end in clips.spurts(name, pitch_pct)]
            at += len(samples) + sound.samples_from_s(self.generator.exponential(1.8) + 0.05)
        if self.chance(0.5):
            out = codecs.leaked(out, 0.0, 0, self.leak())
        return out, _joined(found)

    def desk_telephone(self):
        """Any ringer beside the agent: notes that follow each other fast, on and off."""
        out = np.zeros(self.n)
        if self.number < FIRST_TURNED or self.chance(0.7):
            return out
        note = sound.samples_from_s(self.between(0.02, 0.25))
        hz = self.generator.uniform(350, 2600, int(self.generator.integers(1, 5)))
        t = np.arange(self.n) / sound.SAMPLE_RATE_HZ
        which = (np.arange(self.n) // note) % len(hz)
        phase = 2 * np.pi * np.cumsum(hz[which]) / sound.SAMPLE_RATE_HZ
        out = np.sin(phase) + self.between(0, 0.7) * np.sin(3 * phase)
        out *= np.exp(-(np.arange(self.n) % note) / sound.SAMPLE_RATE_HZ * self.between(0, 20))
        on_s, off_s = self.between(0.3, 2.0), self.between(0.5, 4.0)
        out *= (t + self.between(0, 4)) % (on_s + off_s) < on_s
        return out * sound.gain_from_db(self.between(-50, -20)) * self.switch()

    def mutes(self):
        """A channel, or both, in digital silence for a while."""
        out = np.ones((self.n, 2))
        if self.number >= FIRST_TURNED and self.chance(0.3):
            start, end = sorted(int(x) for x in self.generator.integers(0, self.n, 2))
            for channel in self.generator.integers(0, 2, 1 + int(self.chance(0.5))):
                out[start:end, channel] = 0.0
        return out

    def lone_words(self):
        """Pieces of 0.25 to 0.9 s, the loudest of a clip, 5 to 18 dB above steady noise."""
        noise_db = self.between(-66, -38)
        hum_share = 0.75 if self.number >= FIRST_HARD else 0.5
        is_hum = self.number >= FIRST_LOUD and self.chance(hum_share)
        kind = "hum" if is_hum else str(self.generator.choice(STEADY))
        out = self.noise_of(kind, noise_db)
        self.add_power("line", noise_db, np.ones(self.n))
        found = []
        voice = str(self.generator.choice(self.voices))
        names = clips.names_of(voice)
        at = sound.samples_from_s(self.between(1, 5))
        while at < self.n - 16000:
            samples = clips.samples(names[int(self.generator.integers(len(names)))])
            n = min(len(samples), sound.samples_from_s(self.between(0.25, 0.9)))
            power = np.cumsum(np.square(samples))
            start = int(np.argmax(power[n - 1 :] - np.append(0.0, power[:-n])))
            word = sound.faded(samples[start : start + n], 0.01)
            word *= sound.gain_from_db(noise_db + self.between(5, 18) - sound.rms_db(word))
            out[at : at + n] += word
            found += [(at + first, at + last) for first, last in sound.speech_spurts(word)]
            at += n + sound.samples_from_s(self.between(0.6, 6))
        return out, _joined(found)

    def switch(self, is_up=False):
        """A stretch: 1 inside, 0 outside, with edges of 1 to 300 ms; is_up: all of it, maybe."""
        edge_s = 10.0 ** self.between(-3, -0.5)
        start, end = sorted(int(x) for x in self.generator.integers(0, self.n, 2))
        if is_up:
            start, end = 0, self.n
        out = np.zeros(self.n)
        out[start:end] = sound.faded(np.ones(end - start), edge_s)
        return out

    def add_power(self, side, level_db, gate):
        """Noise of that level is heard on one side as far as the gate (of each sample) is open."""
        self.noise_power[side] += 10.0 ** (level_db / 10) * np.square(_of_frames(gate))

    def spans(self, side, kind, level_db, is_up=True):
        gate = self.switch(is_up)
        self.add_power(side, level_db, gate)
        return sound.noise(kind, self.n, level_db, self.generator) * gate

    def noise(self, side, probability):
        """Up to three noises, each for a while."""
        out = np.zeros(self.n)
        while self.chance(probability):
            probability *= 0.6
            kind = str(self.generator.choice(STEADY if self.chance(0.65) else UNSTEADY))
            level_db, gate = self.between(-70, -30), self.switch(self.chance(0.2))
            self.add_power(side, level_db, gate)
            out += self.noise_of(kind, level_db) * gate
        return out

    def noise_of(self, kind, level_db):
        if kind == "hum":
            heard = self.hum()
        elif kind == "coloured":
            colour = codecs.leak_filter(int(self.generator.integers(1, 1 << 30)), 14.0)
            heard = np.convolve(self.generator.standard_normal(self.n), colour)[: self.n]
        elif kind == "clicks":
            heard = np.zeros(self.n)
            at = self.generator.integers(0, self.n, int(self.generator.integers(5, 80)))
            heard[at] = self.generator.standard_normal(len(at))
            colour = codecs.leak_filter(int(self.generator.integers(1, 1 << 30)), 10.0)
            heard = np.convolve(heard, colour)[: self.n]
        elif kind in UNSTEADY:
            crowd = [str(name) for name in self.generator.choice(self.voices, 8)]
            return noises.of(kind, self.n, level_db, self.generator, crowd)
        else:
            return sound.noise(kind, self.n, level_db, self.generator)
        return heard * sound.gain_from_db(level_db - sound.rms_db(heard))

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

    def neighbour(self):
        if not self.chance(0.25):
            return np.zeros(self.n)
        crowd = [str(self.generator.choice(self.voices))]
        return noises.of("neighbour", self.n, self.between(-66, -42), self.generator, crowd)

    def music(self):
        out = np.zeros(self.n)
        if self.chance(0.75 if self.number >= FIRST_MUSICAL else 0.25):
            piece = clips.samples(self.piece())
            start = int(self.generator.integers(0, self.n // 2))
            end = min(self.n, start + sound.samples_from_s(self.between(4, 30)))
            gain = sound.gain_from_db(self.between(-40, -16) - clips.LEVEL_DB)
            if self.number >= FIRST_TURNED:
                rate_hz = sound.SAMPLE_RATE_HZ * self.between(0.75, 1.35)
                piece = soxr.resample(piece, rate_hz, sound.SAMPLE_RATE_HZ)
            turned = np.roll(piece, -int(self.generator.integers(len(piece))))
            out[start:end] = sound.faded(np.resize(turned, end - start), 0.02) * gain
            self.states.append([*_ms(start, end), "MUSIC"])
        return out

    def piece(self):
        if self.number >= FIRST_SCORED and self.chance(SCORED_SHARE):
            return orchestra.name(int(self.generator.integers(orchestra.PIECES)))
        return f"music/{self.generator.choice(pieces.pieces('tuning'))}"

    def tones(self):
        """Bursts of one or two lines in any cadence."""
        out = np.zeros(self.n)
        if not self.chance(0.7 if self.number >= FIRST_LOUD else 0.3):
            return out
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
            self.states.append([*_ms(at, end), "TONE"])
            at = end + sound.samples_from_s(off_s)
        return out


def _ms(start, end):
    return [round(at * 1000 / sound.SAMPLE_RATE_HZ) for at in (start, end)]


def _of_frames(samples):
    """The middle sample of each frame."""
    return samples[: N_FRAMES * FRAME_SAMPLES].reshape(N_FRAMES, -1)[:, FRAME_SAMPLES // 2]


def levels_db(power, mute):
    """Of each frame; None where the channel is muted."""
    levels_db = np.maximum(10 * np.log10(power + 1e-12), LEAST_DB)
    heard = _of_frames(mute) > 0
    return [
        round(float(db), 1) if is_heard else None
        for db, is_heard in zip(levels_db, heard, strict=True)
    ]


def _joined(spurts):
    """Spurts in ms; pauses within MERGE_GAP_S belong to them."""
    merge = sound.samples_from_s(sound.MERGE_GAP_S)
    out = []
    for start, end in sorted(spurts):
        if out and start - out[-1][1] <= merge:
            out[-1][1] = max(end, out[-1][1])
        else:
            out.append([start, end])
    return [_ms(start, end) for start, end in out]
