"""How right the bead is: every event, every speech flag, every level, against what is true.

    parts.py       which calls, with their truth           frames.py    truth a frame
    hear.py        every call through the bead and the peers, in parallel
    events.py speech.py onset.py states.py overlaps.py rings.py   figures over the labelled world
    levels.py syllables.py noise_steps.py words.py clips.py       figures over sound made for them
    goals.py       every figure beside its goal            show.py page.py pictures.py   output
Started by: `make bench-detection`, `python -m benches.detection`.
"""
