"""Further voices to learn from, beside those of the tuning part; none of them is in any part.

    prepare(jobs)   makes their clips, as simulator/world/voices.py does
    everybody()     -> cast.Voice of all that the net may learn from, HELD_OUT ones left out
    foreign()       -> cast.Voice of those who speak in drills only

People who recorded voices for free games (hedgewars, klettres, ktuberling), and more of espeak-ng's
speakers and accents. Of other languages only letters, words (klettres, ktuberling) and spoken
numbers (espeak-ng) are heard, in drills alone: nobody in a call speaks anything but English.
HELD_OUT are voices of the tuning part that the fit never hears: what it scores on them tells how
it will do on strangers.
Called by: drill.py, lessons.py, __main__.py.
"""

import concurrent.futures
from pathlib import Path

import numpy as np
import soundfile
import soxr

from simulator import sound
from simulator.world import cast, packages, voices

HELD_OUT = (
    *("queen-06", "queen-12", "queen-25", "queen-39", "queen-57", "queen-70"),
    *("drascula-vb", "drascula-b", "slt", "e-us-f1", "e-gb-m6", "e-us-klatt2"),
)
# Folders of recordings, one speaker each.
HEDGEWARS = "usr/share/games/hedgewars/Data/Sounds/voices"
OF_HEDGEWARS = (
    *("British", "Classic", "Default", "HillBilly", "Mobster"),
    *("Pirate", "Robot", "Singer", "Surfer"),
)
RECORDED = (
    *((f"hedgewars-{name.lower()}", f"{HEDGEWARS}/{name}") for name in OF_HEDGEWARS),
    ("klettres-us", "usr/share/klettres/en"),
    ("klettres-gb", "usr/share/klettres/en_GB"),
    ("ktuberling", "usr/share/ktuberling/sounds/en"),
)
# accent+speaker, words a minute; whom cast.py has is left to it
SPOKEN = (
    ("en-us+Alex", 130),
    ("en-us+Andrea", 150),
    ("en-gb+AnxiousAndy", 170),
    ("en-gb-scotland+Denis", 125),
    ("en-us+Diogo", 140),
    ("en-gb-x-rp+Gene2", 160),
    ("en-us+Henrique", 120),
    ("en-029+Hugo", 135),
    ("en-gb+Jacky", 150),
    ("en-us+Lee", 165),
    ("en-gb-x-gbclan+Marco", 120),
    ("en-us+Mario", 145),
    ("en-gb+Michael", 155),
    ("en-us+Mike", 128),
    ("en-us+Nguyen", 118),
    ("en-gb+Reed", 140),
    ("en-us+RicishayMax", 150),
    ("en-gb-x-rp+RicishayMax3", 132),
    ("en-us+Storm", 138),
    ("en-gb+adam", 160),
    ("en-us+announcer", 122),
    ("en-029+antonio", 150),
    ("en-gb-scotland+aunty", 130),
    ("en-us+boris", 145),
    ("en-gb+caleb", 126),
    ("en-us+david", 152),
    ("en-gb-x-rp+ed", 136),
    ("en-us+miguel", 120),
    ("en-gb-x-gbcwmd+grandpa", 128),
    ("en-us+iven", 140),
    ("en-gb+iven3", 155),
    ("en-us+john", 134),
    ("en-gb+kaukovalta", 124),
    ("en-us+klatt", 150),
    ("en-gb+klatt3", 130),
    ("en-us+klatt6", 170),
    ("en-029+m1", 145),
    ("en-gb-x-gbclan+max", 138),
    ("en-us+michel", 122),
    ("en-gb+norbert", 148),
    ("en-us+pablo", 158),
    ("en-gb-scotland+paul", 132),
    ("en-us+quincy", 126),
    ("en-gb+rob", 162),
    ("en-us+robert", 144),
    ("en-us+sandro", 136),
    ("en-gb+shelby", 128),
    ("en-us+victor", 150),
    ("en-gb+whisper", 120),
    ("en-us+whisperf", 130),
)
# Languages of klettres' and ktuberling's recordings: letters, syllables and words.
OF_KLETTRES = (
    *("ar", "cs", "da", "de", "es", "fr", "he", "hu", "it", "lt", "ml", "nb", "nds", "nl"),
    *("pt_BR", "ru", "tn", "uk"),
)
OF_KTUBERLING = (
    *("ca", "da", "de", "el", "eo", "es", "fi", "fr", "ga", "gl", "id", "it", "lt", "nds", "nl"),
    *("nn", "pt", "ro", "ru", "sl", "sr"),
)
# espeak-ng reads numbers in these, no sentence is needed.
COUNTING = (
    ("de+f2", 140),
    ("fr-fr+m3", 150),
    ("es+Andrea", 165),
    ("it+m1", 155),
    ("pt-br+f4", 150),
    ("ru+m4", 140),
    ("pl+aunty", 150),
    ("nl+Lee", 150),
    ("sv+Alex", 145),
    ("tr+Andrea", 160),
    ("hi+David", 140),
    ("cmn+f2", 150),
    ("vi+m3", 150),
    ("hu+Mike", 150),
    ("fa+f2", 145),
    ("id+Marco", 150),
    ("yue+m1", 150),
    ("ja+f4", 155),
)
LONGEST_S = 9.0


def further():
    people = [cast.Voice(name, "further", "folder", model) for name, model in RECORDED]
    for model, rate in SPOKEN:
        name = "e-" + model.replace("+", "-").replace("en-", "", 1).lower()
        people.append(cast.Voice(name, "further", "espeak", model, rate))
    return people


def foreign():
    people = [(f"klettres-{name.lower()}", f"usr/share/klettres/{name}") for name in OF_KLETTRES]
    folder = "usr/share/ktuberling/sounds"
    people += [(f"ktuberling-{name}", f"{folder}/{name}") for name in OF_KTUBERLING]
    recorded = [cast.Voice(name, "further", "folder", model) for name, model in people]
    return recorded + cast.counting("n", "further", COUNTING)


def everybody():
    known = [voice for voice in cast.voices("tuning") if voice.name not in HELD_OUT]
    return known + further()


def prepare(jobs=2):
    packages.fetch(packages.FURTHER)
    todo = [voice for voice in further() + foreign() if not voices.is_done(voice)]
    with concurrent.futures.ProcessPoolExecutor(jobs) as pool:
        list(pool.map(make, todo))


def make(voice):
    if voice.engine == "folder":
        voices.write(voice, _recorded(packages.FURTHER.root / voice.model))
    elif voice in foreign():
        voices.write(voice, voices.counted(voice))
    else:
        voices.make(voice)


def _recorded(folder):
    paths = [path for path in Path(folder).glob("**/*") if path.suffix in (".ogg", ".wav")]
    for path in sorted(paths):
        both, rate_hz = soundfile.read(path, dtype="float64", always_2d=True)
        samples = soxr.resample(both.mean(axis=1), rate_hz, sound.SAMPLE_RATE_HZ)
        length_s = len(samples) / sound.SAMPLE_RATE_HZ
        if length_s > LONGEST_S or np.abs(samples).max() < 0.01:
            continue
        # What a clip's peak could not hold at -26 dBFS is left out by voices.write.
        kind = "words" if length_s < voices.WORDS_S else "any"
        yield f"{path.parent.name}-{path.stem}".lower(), kind, samples, None
