"""Drills: sound denser than any real call, so that nothing surprises the net.

Everything changes at random: who speaks, how loud, how fast, through which filter; noise of any
colour that starts, stops and steps, hum, clicks, music, tones, a neighbour, a line that comes and
goes, two leaks. Each drill is of one of KINDS. A drill has the truth that training needs.
Called by: __main__.py.
"""

import concurrent.futures
import functools
import json

import numpy as np
import soundfile
from callclip.core.units import FRAME_MS

from simulator import clips, codecs, sound
from simulator.world import build
from training import music
from training.backdrop import Backdrop
from training.people import Voices, joined

LENGTH_S = 40.0
FRAME_SAMPLES = 320
N_FRAMES = round(LENGTH_S * sound.SAMPLE_RATE_HZ) // FRAME_SAMPLES
LEAST_DB = -90.0
FOLDER = build.folder_of("drill")
SEED = 85  # another number: other drills
STRANGE_SEED = 84
SILENT_SEED = 86
# How many of a hundred drills are of a kind.
KINDS = {
    "dense": 20,  # both talk, often at once, over anything
    "words": 17,  # on the line, 5 to 20 dB above steady noise or babble
    "faint": 12,  # voices of -50 to -34 dBFS
    "loud": 7,  # of -28 to -11 dBFS
    "music": 36,  # music above all, alone, before, after and under a voice
    "steps": 8,  # noise that goes up and down by 8 to 25 dB; hardly a word
}
BABBLE_SHARE = 0.3  # of "words"
HUM_SHARE = 0.25  # of the lone words: low harmonics are most like a voice
NOISY_SHARE = 0.35  # of the music: 8 to 30 dB above a steady noise
LASTING_SHARE = 0.4  # of the noises: all through; how loud keys are on average takes long to tell
LEVELS_DB = {"faint": (-50, -34), "loud": (-28, -11)}
USUAL_LEVELS_DB = (-44, -14)
MUSIC_DB = (-42, -14)
# Silent calls: until the line comes up and goes down, between the agent's clips on average, until
# the customer's first word on that line (early or late), between his words.
UP_S = (0.0, 10.0)
DOWN_S = (20.0, 55.0)
GREETING_PAUSES_S = (3.0, 8.0)
FIRST_WORD_S = ((0.3, 2.0), (2.0, 25.0))
LONE_PAUSES_S = (5.0, 30.0)
LOSS_SHARE, SILENT_LOSS_SHARE = 0.3, 0.5


def make(n_drills, jobs=2):
    """Paths of n_drills WAVs with their truth; those that stand are kept."""
    return _made(_one, n_drills, jobs)


def strange(n_drills, jobs=2):
    """The same of drills that teach nobody: music of which nothing is learned, known voices."""
    one = functools.partial(_one, seed=STRANGE_SEED, kind="music", pieces=music.strange())
    return _made(one, n_drills, jobs)


def silent(n_drills, jobs=2):
    """Silent calls: who greets into noise hears a word or two, at once or after long silence."""
    return _made(functools.partial(_one, seed=SILENT_SEED, kind="silent"), n_drills, jobs)


def _made(one, n_drills, jobs):
    FOLDER.mkdir(parents=True, exist_ok=True)
    with concurrent.futures.ProcessPoolExecutor(jobs) as pool:
        return list(pool.map(one, range(n_drills), chunksize=4))


def _one(number, seed=SEED, kind=None, pieces=()):
    path = FOLDER / f"{seed}-{number:04d}.wav"
    if not path.with_suffix(".json").exists():
        samples, truth = _Drill(number, seed, kind, pieces or music.pieces()).render()
        soundfile.write(path, samples, sound.SAMPLE_RATE_HZ, subtype="PCM_16")
        path.with_suffix(".json").write_text(json.dumps(truth), encoding="utf-8")
    return path


class _Drill:
    def __init__(self, number, seed, kind, pieces):
        self.generator = np.random.default_rng([seed, number])
        self.n = sound.samples_from_s(LENGTH_S)
        self.voices = Voices(self.generator, self.n)
        self.backdrop = Backdrop(self.generator, self.n, self.voices, pieces)
        share = np.array(list(KINDS.values())) / sum(KINDS.values())
        self.kind = kind or str(self.generator.choice(list(KINDS), p=share))
        is_silent = self.kind == "silent"
        self.up_s = self.between(*UP_S) if is_silent else 0.0
        self.down_s = self.between(*DOWN_S) if is_silent else LENGTH_S
        self.states = []  # [start_ms, end_ms, "MUSIC" or "TONE"]
        # Power of the noise in each frame, of each microphone's own side.
        self.noise_power = {"agent": np.zeros(N_FRAMES), "line": np.zeros(N_FRAMES)}

    def chance(self, probability):
        return self.generator.random() < probability

    def between(self, low, high):
        return float(self.generator.uniform(low, high))

    def render(self):
        agent, agent_spurts = self.near()
        far, customer_spurts = self.far()
        is_up = np.zeros(self.n)
        is_up[sound.samples_from_s(self.up_s) : sound.samples_from_s(self.down_s)] = 1.0
        line = self.through_a_network(far) * is_up
        near = (
            agent
            + self.desk_telephone()
            + self.noises("agent", 0.5)
            + self.neighbour()
            + self.spans("agent", "room", self.between(-84, -48), self.chance(0.7))
        )
        to_line = codecs.leaked(near, self.between(-32, -9), self.delay(), self.leak())
        to_agent = codecs.leaked(line, self.between(-50, -24), self.delay(), self.leak())
        both = np.stack((near + to_agent, line + to_line), axis=1)
        both += self.generator.standard_normal(both.shape) * sound.gain_from_db(
            self.between(-92, -80)
        )
        mutes = self.mutes()
        samples = np.clip(np.rint(both * mutes * 32768.0), -32768, 32767).astype(np.int16)
        noise_db = {
            "agent": levels_db(self.noise_power["agent"], mutes[:, 0]),
            "line": levels_db(self.noise_power["line"], mutes[:, 1] * is_up),
        }
        truth = {
            "agent": unmuted(_in_ms(agent_spurts), noise_db["agent"]),
            "customer": unmuted(_in_ms(customer_spurts), noise_db["line"]),
            "line_states": [
                [*part, state]
                for start, end, state in self.states
                for part in unmuted([[start, end]], noise_db["line"])
            ],
            "noise_db": noise_db,
        }
        return samples, {"kind": "drill", "conditions": {"drill": self.kind}, **truth}

    def near(self):
        """(the agent's voice, his spurts)."""
        if self.kind == "silent":
            return self.voices.talk(self.between(*USUAL_LEVELS_DB), GREETING_PAUSES_S)
        return self.talk(0.3 if self.kind in ("words", "steps") else 0.85)

    def far(self):
        """(all that comes from the far end, the customer's spurts)."""
        if self.kind == "words":
            return self.over_noise()
        if self.kind == "silent":
            early, late = (self.up_s + np.array(first_s) for first_s in FIRST_WORD_S)
            return self.words_in_noise(early if self.chance(0.4) else late, LONE_PAUSES_S)
        if self.kind == "steps":
            customer, spurts = self.talk(0.15)
            return customer + self.steps("line"), spurts
        customer, spurts = self.talk(0.7 if self.kind == "music" else 0.8)
        out = customer + self.tones(0.35)
        if self.kind != "music":
            music = self.music(self.between(*MUSIC_DB)) if self.chance(0.4) else 0.0
            return out + self.noises("line", 0.6) + music, spurts
        levels_db = MUSIC_DB
        if self.chance(NOISY_SHARE):
            kind, level_db = self.backdrop.any_steady(), self.between(-66, -40)
            self.add_power("line", level_db, np.ones(self.n))
            out = out + self.backdrop.noise(kind, level_db)
            levels_db = (level_db + 8, min(-14, level_db + 30))
        else:
            out = out + self.noises("line", 0.6)
        for _piece in range(int(self.generator.integers(1, 4))):
            out = out + self.music(self.between(*levels_db))
        return out, spurts

    def over_noise(self):
        """Lone words 5 to 20 dB above a noise, or somebody who talks over the babble of others."""
        if self.chance(BABBLE_SHARE):
            level_db = self.between(-60, -32)
            self.add_power("line", level_db, np.ones(self.n))
            talk, spurts = self.voices.talk(level_db + self.between(5, 20))
            return talk + self.backdrop.noise("babble", level_db), spurts
        return self.words_in_noise()

    def words_in_noise(self, *when):
        level_db = self.between(-66, -32 if self.kind == "silent" else -38)
        self.add_power("line", level_db, np.ones(self.n))
        words, spurts = self.voices.lone_words(level_db, *when)
        kind = "hum" if self.chance(HUM_SHARE) else self.backdrop.any_steady()
        return words + self.backdrop.noise(kind, level_db), spurts

    def through_a_network(self, far):
        if self.chance(0.6):
            far = clips.telephone_band(far)
        codec = str(self.generator.choice(["none", "none", "alaw", "ulaw", "gsm"]))
        far = codecs.coded(far, codec)
        is_lossy = self.chance(SILENT_LOSS_SHARE if self.kind == "silent" else LOSS_SHARE)
        far = codecs.with_loss(far, self.between(0, 5) if is_lossy else 0.0, self.generator)
        if self.chance(0.85):
            far = far + self.spans("line", "telephone", self.between(-76, -46), self.chance(0.5))
        return far

    def leak(self):
        return codecs.leak_filter(int(self.generator.integers(1, 1 << 30)))

    def delay(self):
        return int(self.generator.integers(2, 60))

    def talk(self, probability):
        if not self.chance(probability):
            return np.zeros(self.n), []
        return self.voices.talk(self.between(*LEVELS_DB.get(self.kind, USUAL_LEVELS_DB)))

    def desk_telephone(self):
        if self.chance(0.8):
            return np.zeros(self.n)
        return self.backdrop.ringer() * self.switch()

    def neighbour(self):
        if self.chance(0.7):
            return np.zeros(self.n)
        level_db = self.between(-66, -42)
        self.add_power("agent", level_db, np.ones(self.n))
        return self.voices.neighbour(level_db)

    def mutes(self):
        """A channel, or both, in digital silence for a while."""
        out = np.ones((self.n, 2))
        if self.chance(0.2):
            start, end = sorted(int(x) for x in self.generator.integers(0, self.n, 2))
            for channel in self.generator.integers(0, 2, 1 + int(self.chance(0.5))):
                out[start:end, channel] = 0.0
        return out

    def switch(self, is_up=False):
        """A stretch: 1 inside, 0 outside, with edges of 1 to 300 ms; is_up: all of it."""
        edge_s = 10.0 ** self.between(-3, -0.5)
        start, end = sorted(int(x) for x in self.generator.integers(0, self.n, 2))
        if is_up:
            start, end = 0, self.n
        out = np.zeros(self.n)
        out[start:end] = sound.faded(np.ones(end - start), edge_s)
        return out

    def add_power(self, side, level_db, gain):
        """Noise of that level is heard on one side, with that gain of each sample."""
        self.noise_power[side] += 10.0 ** (level_db / 10) * np.square(_of_frames(gain))

    def spans(self, side, kind, level_db, is_up=True):
        gate = self.switch(is_up)
        self.add_power(side, level_db, gate)
        return sound.noise(kind, self.n, level_db, self.generator) * gate

    def noises(self, side, probability):
        """Up to three noises, each for a while."""
        out = np.zeros(self.n)
        while self.chance(probability):
            probability *= 0.6
            level_db, gate = self.between(-70, -30), self.switch(self.chance(LASTING_SHARE))
            self.add_power(side, level_db, gate)
            out += self.backdrop.noise(self.backdrop.any_noise(), level_db) * gate
        return out

    def steps(self, side):
        """One noise whose level goes up and down."""
        top_db = self.between(-50, -28)
        gains_db = np.empty(self.n)
        at, is_up = 0, self.chance(0.5)
        low_db = -self.between(8, 25)
        while at < self.n:
            end = at + sound.samples_from_s(self.between(1.5, 12))
            gains_db[at:end] = 0.0 if is_up else low_db
            at, is_up = end, not is_up
        edge = max(1, sound.samples_from_s(10.0 ** self.between(-3, -0.5)))
        padded = np.concatenate((np.full(edge, gains_db[0]), gains_db))
        total = np.cumsum(padded)
        gain = 10.0 ** ((total[edge:] - total[:-edge]) / edge / 20)
        self.add_power(side, top_db, gain)
        kind = self.backdrop.any_steady() if self.chance(0.7) else self.backdrop.any_noise()
        return self.backdrop.noise(kind, top_db) * gain

    def music(self, level_db):
        start = int(self.generator.integers(0, self.n * 3 // 4))
        end = min(self.n, start + sound.samples_from_s(self.between(3, 30)))
        self.states.append([*_ms(start, end), "MUSIC"])
        return self.backdrop.music(level_db, start, end)

    def tones(self, probability):
        if not self.chance(probability):
            return np.zeros(self.n)
        out, found = self.backdrop.tones()
        self.states += [[*_ms(start, end), "TONE"] for start, end in found]
        return out


def _ms(start, end):
    return [round(at * 1000 / sound.SAMPLE_RATE_HZ) for at in (start, end)]


def _in_ms(spurts):
    return [_ms(start, end) for start, end in joined(spurts)]


def unmuted(spurts, levels_db):
    """What of the spurts lies in frames that are not muted."""
    out = []
    for start, end in spurts:
        at = start
        for frame in range(start // FRAME_MS, -(-end // FRAME_MS)):
            if frame < len(levels_db) and levels_db[frame] is None:
                if at < frame * FRAME_MS:
                    out.append([at, frame * FRAME_MS])
                at = (frame + 1) * FRAME_MS
        if at < end:
            out.append([at, end])
    return out


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
