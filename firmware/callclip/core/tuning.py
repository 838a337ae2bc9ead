"""The thresholds on the net's logits that were searched for and not reasoned out, in one table.

`make tune` tries other values on the tuning part of the labelled world and prints what each would
gain; docs/tuning.md has the figures, and tells of limits that stand in the kernel they belong to.
Logits are in Q8: 256 are odds of e to 1.
Read by: speech.py, hindsight.py, music.py, syllables.py, hearing.py.
"""

# Live: speech from this logit on, and down to this one. With hindsight: from, down to.
AGENT_SPEECH = (224, 128, 192, 64)
LINE_SPEECH = (64, -192, 128, 64)
SURE_SUM_Q8 = 1800  # a talk spurt counts when the logits of its active frames add up to this

# The most that one frame adds to the sum or takes; maybe music from this sum on; music from this
# one on, down to this one; the largest sum. Then by how many frames the net recognises the first
# notes late, as a median.
MUSIC_Q8 = (1024, 12000, 60000, 52000, 65000)
MUSIC_LATE_FRAMES = -2
MUSIC_HINT_Q8 = -1000  # above this a frame may have been the first of what turns out to be music

# How far a hill rises and falls, and how far below his speech a band counts, centi-dB; of a
# syllable, in 1/1024, what a hill counts and what a frame of own speech takes away.
SYLLABLES = (100, 2600, 1240, 8)
