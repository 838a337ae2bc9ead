"""The same stretch as other microphones might have heard it: features changed a little, at random.

    varied(features, generator)   float32 [batch, frames, N_FEATURES] -> the same shape

For a half of the channels of all stretches, the rises are moved by up to most of a band, as another
throat or instrument would; then, for a half of the stretches, they are tilted and bent by some dB
where something is heard well above the floor, and now and then a band is taken away. What a channel
hears of itself and above the leak is changed alike. Floors and levels stay, so does the noise near
the floor.
Called by: fit.py. Ref: D. Park et al., SpecAugment, Interspeech 2019; N. Jaitly, G. Hinton, Vocal
tract length perturbation improves speech recognition, ICML workshop 2013.
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
MOVED_SHARE = 0.5
MOST_MOVED = 0.9  # bands, each about a fifth above the one below


def varied(features, generator):
    features = _moved(features, generator)
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


def _moved(features, generator):
    """Each moved channel's rises, read between the bands that lie so far up or down."""
    n = len(features)
    weights = np.tile(np.eye(N_BANDS, dtype=np.float32), (n, CHANNELS, 1, 1))
    bands = np.arange(N_BANDS)
    for i in range(n):
        for channel in range(CHANNELS):
            if generator.random() < MOVED_SHARE:
                moved = bands + generator.uniform(-MOST_MOVED, MOST_MOVED)
                places = np.clip(moved, 0, N_BANDS - 1)
                below = np.minimum(places.astype(int), N_BANDS - 2)
                weights[i, channel] = 0.0
                weights[i, channel, bands, below] = 1.0 - (places - below)
                weights[i, channel, bands, below + 1] = places - below
    # Rises of agent and line, then the same above the leak.
    n_rises = 2 * CHANNELS * N_BANDS
    rises = features[..., :n_rises].reshape(n, -1, 2 * CHANNELS, N_BANDS)
    moved = torch.einsum("ntkb,nkcb->ntkc", rises, torch.tensor(weights).repeat(1, 2, 1, 1))
    return torch.cat((moved.reshape(n, -1, n_rises), features[..., n_rises:]), dim=2)
