"""The same stretch as other microphones might have heard it: features changed a little, at random.

    varied(features, generator)   float32 [batch, frames, N_FEATURES] -> the same shape

For a half of the stretches, each channel's rises are tilted and bent by some dB where something is
heard well above the floor, and now and then a band is taken away. What a channel hears of itself
and above the leak is changed alike. Floors and levels stay, so does the noise near the floor.
Called by: fit.py. Ref: D. Park et al., SpecAugment, Interspeech 2019.
"""

import numpy as np
import torch
from callclip.core.bands import N_BANDS

SHARE = 0.5
KNOTS = 5  # of the bend over all bands
BEND = 0.3  # standard deviation, 1 = 10.24 dB
HEARD_FROM = 0.5  # a rise of 5 dB begins to be changed, one of 15 dB is in full
GONE_SHARE = 0.15
CHANNELS = 2


def varied(features, generator):
    n = len(features)
    bends = np.zeros((n, CHANNELS, N_BANDS), np.float32)
    kept = np.ones((n, CHANNELS, N_BANDS), np.float32)
    places = np.linspace(0, KNOTS - 1, N_BANDS)
    for i in range(n):
        if generator.random() >= SHARE:
            continue
        for channel in range(CHANNELS):
            knots = generator.normal(0.0, BEND, KNOTS)
            bends[i, channel] = np.interp(places, np.arange(KNOTS), knots)
            if generator.random() < GONE_SHARE:
                at = int(generator.integers(N_BANDS))
                kept[i, channel, at : at + int(generator.integers(1, 4))] = 0.0
    # Rises of agent and line, then the same above the leak.
    n_rises = 2 * CHANNELS * N_BANDS
    both = [torch.tensor(x.reshape(n, 1, -1)).repeat(1, 1, 2) for x in (bends, kept)]
    rises = features[..., :n_rises]
    heard = torch.clamp(rises - HEARD_FROM, 0.0, 1.0)
    changed = (rises + heard * both[0]) * both[1]
    return torch.cat((changed, features[..., n_rises:]), dim=2)
