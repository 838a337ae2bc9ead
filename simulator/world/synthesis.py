"""Speaks sentences with the synthesisers of packages.py, and counts their syllables.

    speak(cast.Voice, ["Hello?", ...], [Path("a.wav"), ...])   -> [2, ...]

Writes one WAV a sentence, in the synthesiser's own rate. Syllables are the vowel nuclei of
espeak-ng's pronunciation, for the other synthesisers that of American English.
Called by: voices.py, benches.
"""

import re

from simulator.world import packages

IPA_VOWELS = "aeiouyæɐɑɒɔəɚɛɜɝɞɨɪʉʊʌøœɵɶɘɤɯ"
NATURAL_RATE = 160  # of flite, words a minute
SYLLABIC = ("l̩", "n̩", "m̩")


def syllables_of_ipa(ipa):
    """Vowel nuclei: runs of vowel signs, a long mark or a second vowel of a diphthong included."""
    runs = re.findall(f"[{IPA_VOWELS}][{IPA_VOWELS}ː]*", ipa)
    return len(runs) + sum(ipa.count(sign) for sign in SYLLABIC)


def speak(voice, texts, paths):
    if voice.engine == "espeak":
        rows = zip(texts, paths, strict=True)
        return [_espeak(voice.model, text, voice.rate, path) for text, path in rows]
    if voice.engine == "flite":
        for text, path in zip(texts, paths, strict=True):
            stretch = ("--setf", f"duration_stretch={NATURAL_RATE / voice.rate:.2f}")
            packages.run("flite", *stretch, "-voice", voice.model, "-t", text, "-o", str(path))
    else:
        _festival(voice.model, texts, paths)
    return [_espeak("en-us", text) for text in texts]


def _espeak(model, text, words_a_minute=160, path=None):
    """Syllables of a text; the sound goes to path, if there is one."""
    data = ("--path", str(packages.library_folder()))
    out = ("-q",) if path is None else ("-w", str(path))
    rate = ("-s", str(words_a_minute))
    return syllables_of_ipa(
        packages.run("espeak-ng", *data, "-v", model, *rate, *out, "--ipa", text)
    )


def _festival(model, texts, paths):
    folder = packages.ROOT / "usr/share/festival"
    commands = [f'(set! {name} "{folder}")' for name in ("datadir", "libdir")]
    commands += [f'(load "{folder}/init.scm")', f"(voice_{model})"]
    for text, path in zip(texts, paths, strict=True):
        commands.append(f'(set! said (utt.synth (Utterance Text "{text}")))')
        commands.append(f'(utt.save.wave said "{path}" \'riff)')
    packages.run("festival", "--libdir", str(folder), "--pipe", text="\n".join(commands))
