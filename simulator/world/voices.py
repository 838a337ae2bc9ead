"""Makes the voices' clips in build/world/clips/<voice>/ and their catalog.

Real recordings are cut to their active speech; voices are synthesised from sentences.txt. Every
clip is 16 kHz FLAC at -26 dBFS active speech level (P.56). catalog.json tells of each clip how
long it lasts (seconds) and what it is: sentence of an agent or customer, or a short word; the
syllables of synthesised clips (vowel nuclei of the pronunciation) stand in syllables.json.
Called by: build.py. Ref: cast.py for who is who.
"""

import concurrent.futures
import json
import random
import shutil
import tempfile
from pathlib import Path

import numpy as np
import soundfile
import soxr

from simulator import clips, sound
from simulator.compose import fetch_clips
from simulator.world import cast, games, packages, synthesis

SENTENCES = Path(__file__).parent / "sentences.txt"
VERSION = 4  # another number makes every voice anew
SENTENCES_A_VOICE = 44  # of either kind, so that no two voices say the same
WORDS_S = 1.2  # a shorter recording counts as a word
LONGEST_S = 9.0
LINES_A_VOICE = 70  # of a game's dialogue
NUMBERS_A_VOICE = 40
TONES = ("2tone", "confbridge-join", "confbridge-leave")  # in names of prompts that say nothing


def sentences():
    """{"agent": [...], "customer": [...], "words": [...]} of sentences.txt."""
    out, kind = {}, None
    for line in SENTENCES.read_text(encoding="utf-8").splitlines():
        line = line.split("#")[0].strip()
        if line.startswith("["):
            kind = out.setdefault(line.strip("[]"), [])
        elif line:
            kind.append(line)
    return out


def prepare(jobs=2, on_progress=None):
    """Make what is missing; {voice: {clip: {"s", "kind"}}} of all voices."""
    packages.fetch()
    todo = [voice for voice in cast.voices() if not is_done(voice)]
    with concurrent.futures.ProcessPoolExecutor(jobs) as pool:
        for n, _voice in enumerate(pool.map(make, todo), start=1):
            if on_progress:
                on_progress(n, len(todo))
    return catalog()


def catalog(some=None):
    """{voice: {clip: {"s", "kind"}}} of some voices, or of all that are in a part."""
    out = {}
    for voice in some or cast.voices():
        path = clips.FETCHED / voice.name / "catalog.json"
        out[voice.name] = json.loads(path.read_text(encoding="utf-8"))["clips"]
    return out


def is_done(voice):
    path = clips.FETCHED / voice.name / "catalog.json"
    if not path.is_file():
        return False
    return json.loads(path.read_text(encoding="utf-8")).get("made") == _recipe(voice)


def _recipe(voice):
    return f"{VERSION} {voice.engine} {voice.model} {voice.rate}"


def make(voice):
    """All clips of one voice."""
    source = {"game": _of_a_game, "asterisk": _recorded, "sphinx": _recorded}
    write(voice, source.get(voice.engine, _synthesised)(voice))


def write(voice, said):
    """A voice of what was said: (name, kind, samples, syllables) of each clip.

    The catalog comes last, so that a cut-off run is done again.
    """
    folder = clips.FETCHED / voice.name
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    rows, counts = {}, {}
    for name, kind, samples, syllables in said:
        clip = _fitting(samples)
        if clip is None:
            continue
        soundfile.write(folder / f"{name}.flac", clip, sound.SAMPLE_RATE_HZ, subtype="PCM_16")
        rows[name] = {"s": round(len(clip) / sound.SAMPLE_RATE_HZ, 3), "kind": kind}
        if syllables is not None:
            counts[name] = rows[name]["n"] = syllables
    (folder / "syllables.json").write_text(json.dumps(counts), encoding="utf-8")
    text = json.dumps({"made": _recipe(voice), "clips": rows}, indent=0)
    (folder / "catalog.json").write_text(text, encoding="utf-8")


def _fitting(samples):
    if not sound.speech_spurts(samples - np.mean(samples)):
        return None
    clip = fetch_clips.speech_clip(samples)
    if len(clip) < sound.samples_from_s(0.12):
        return None
    peak = np.abs(clip).max()
    return clip if peak < 1.0 else None


def _recorded(voice):
    if voice.engine == "asterisk":
        paths = prompts(packages.ROOT, "en")
        yield from decoded(paths)
        return
    paths = sorted((packages.ROOT / "usr/share/pocketsphinx/test/data").glob(voice.model))
    for name, kind, samples, syllables in decoded(paths):
        yield name, kind, _in_noise(samples), syllables


def _in_noise(samples):
    """A recording with noise of its own, cut where its words stand P56_MARGIN_DB above it.

    20 dB below the voice, where spurts end, lies what is heard before and after it.
    """
    samples = samples - np.mean(samples)
    above_db = sound.ACTIVE_BELOW_LEVEL_DB - sound.P56_MARGIN_DB
    spurts = sound.speech_spurts(samples, sound.active_level_db(samples)[0] + above_db)
    return samples[spurts[0][0] : spurts[-1][1]] if spurts else samples


def is_tone(name):
    """Whether a prompt is a sound that says nothing."""
    return any(tone in name for tone in TONES)


def prompts(root, language):
    """Files of Asterisk's telephone prompts in a language, all of one speaker."""
    (folder,) = (root / "usr/share/asterisk/sounds").glob(f"{language}_*")
    return sorted(folder.glob("**/*.g722"))


def decoded(paths):
    """(name, kind, samples, None) of recordings that are neither empty, a beep nor too long."""
    for path in paths:
        if not path.stat().st_size:
            continue
        samples = fetch_clips.decoded(path)
        length_s = len(samples) / sound.SAMPLE_RATE_HZ
        if np.abs(samples).max() < 0.01 or "silence" in path.parts or "beep" in path.stem:
            continue
        kind = "words" if length_s < WORDS_S else "any"
        if length_s <= LONGEST_S:
            yield f"{path.parent.name}-{path.stem}".lower(), kind, samples, None


def counted(voice):
    """(name, kind, samples, syllables) of NUMBERS_A_VOICE rows of one to six numbers.

    espeak-ng reads numbers in any language, so no sentence is needed.
    """
    chosen = random.Random(voice.name)
    texts = [
        chosen.choice((" ", ", ")).join(
            str(chosen.randrange(10 ** chosen.randint(1, 5)))
            for _number in range(chosen.randint(1, 6))
        )
        for _clip in range(NUMBERS_A_VOICE)
    ]
    with tempfile.TemporaryDirectory() as folder:
        paths = [Path(folder) / f"{n:02d}.wav" for n in range(NUMBERS_A_VOICE)]
        for path, count in zip(paths, synthesis.speak(voice, texts, paths), strict=True):
            samples, rate_hz = soundfile.read(path, dtype="float64")
            length_s = len(samples) / rate_hz
            kind = "words" if length_s < WORDS_S else "any"
            if length_s <= LONGEST_S:
                samples = soxr.resample(samples, rate_hz, sound.SAMPLE_RATE_HZ)
                yield path.stem, kind, samples, count


def _of_a_game(voice):
    found = [row for row in games.lines(voice.model) if np.abs(row[1]).max() >= 0.01]
    for name, samples in random.Random(voice.name).sample(found, min(LINES_A_VOICE, len(found))):
        length_s = len(samples) / sound.SAMPLE_RATE_HZ
        if length_s <= LONGEST_S:
            yield name, "words" if length_s < WORDS_S else "any", samples, None


def _synthesised(voice):
    chosen = random.Random(voice.name)
    said = []
    for kind, lines in sentences().items():
        n = len(lines) if kind == "words" else min(SENTENCES_A_VOICE, len(lines))
        numbers = sorted(chosen.sample(range(len(lines)), n))
        said += [(f"{kind}-{number:02d}", kind, lines[number]) for number in numbers]
    with tempfile.TemporaryDirectory() as folder:
        paths = [Path(folder) / f"{name}.wav" for name, _kind, _text in said]
        syllables = synthesis.speak(voice, [text for _n, _k, text in said], paths)
        for (name, kind, _text), path, count in zip(said, paths, syllables, strict=True):
            samples, rate_hz = soundfile.read(path, dtype="float64")
            yield name, kind, soxr.resample(samples, rate_hz, sound.SAMPLE_RATE_HZ), count
