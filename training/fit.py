"""Fits the net to the calls: binary cross-entropy of each logit, over stretches of 32 s.

Every stretch starts with UNSURE_FRAMES that count for nothing, as the net's memory is still empty
there; only where a call begins it is empty in truth, and all counts. A logit is held against the
label of the frame that it is about (core/net.py); noise above its floor is learned by the way.
"""

import numpy as np
import torch
from callclip.core.frame import LATE_FRAMES, SHOWN_FRAMES
from callclip.core.net import CDB_A_STEP
from torch.nn import functional

from training.model import UNIT_Q8, Net
from training.variety import varied

STRETCH_FRAMES = 1600
UNSURE_FRAMES = 100
BATCH = 16
RATE = 4e-3
FURTHER_RATE = 1.2e-3
WEIGHT_DECAY = 1e-3
EXACT_SHARE = 0.6  # of the epochs pass before the weights are rounded
# (label, frames that the logit lags, weight of its error), in the order of net.logits_q8
TARGETS = (
    (0, SHOWN_FRAMES, 1.0),
    (1, SHOWN_FRAMES, 1.0),
    (0, LATE_FRAMES, 1.0),
    (1, LATE_FRAMES, 1.0),
    (2, LATE_FRAMES, 1.0),
    (3, LATE_FRAMES, 0.3),
)
NOISES = (4, 5)  # rows of the targets, in the order of the logits that follow
NOISE_WEIGHT = 0.5
MOST_ABOVE_DB = 25.0


def fit(calls, times, n_epochs, seed=0, on_epoch=lambda epoch, loss, net: None, net=None):
    """A fitted Net; the same calls and seed give nearly the same weights on every machine.

    times: how often each of the calls is heard in an epoch; net: one that was fitted before, to be
    fitted further at a smaller rate, its weights rounded all the time.
    """
    torch.manual_seed(seed)
    generator = np.random.default_rng(seed)
    rate, exact_share = (FURTHER_RATE, 0.0) if net else (RATE, EXACT_SHARE)
    net = net or Net()
    features = [torch.tensor(call.features.astype(np.float32) / UNIT_Q8) for call in calls]
    labels = [torch.tensor(_targets(call)) for call in calls]
    places = [
        (i, start)
        for i, x in enumerate(features)
        for start in range(0, len(x) - STRETCH_FRAMES, STRETCH_FRAMES)
        for _again in range(times[i])
    ]
    n_batches = len(places) // BATCH
    optimiser = torch.optim.AdamW(net.parameters(), lr=rate, weight_decay=WEIGHT_DECAY)
    schedule = torch.optim.lr_scheduler.OneCycleLR(
        optimiser, rate, total_steps=n_epochs * n_batches + 1, pct_start=0.1
    )
    for epoch in range(n_epochs):
        net.is_rounded = epoch >= exact_share * n_epochs
        order = generator.permutation(len(places))
        total = 0.0
        for k in range(n_batches):
            batch = [places[j] for j in order[k * BATCH : (k + 1) * BATCH]]
            heard, *true = _stretches(batch, features, labels, generator)
            loss = _loss(net, varied(heard, generator), *true)
            optimiser.zero_grad()
            loss.backward()
            torch.nn.utils.clip_grad_norm_(net.parameters(), 1.0)
            optimiser.step()
            schedule.step()
            total += loss.item()
        on_epoch(epoch, total / n_batches, net)
    return net


def _targets(call):
    """Labels 0 or 1, then what the noise has above its floor, as the net gives it."""
    above = np.clip(call.noise_db - call.floor_db, -MOST_ABOVE_DB, MOST_ABOVE_DB)
    above *= 100 / (CDB_A_STEP * UNIT_Q8)
    return np.concatenate((call.labels, above)).astype(np.float32)


def _stretches(batch, features, labels, generator):
    """Features, labels and what counts of the stretches, each moved by up to half its length."""
    some_features, some_labels, counts = [], [], []
    n_sure = STRETCH_FRAMES - UNSURE_FRAMES
    half = STRETCH_FRAMES // 2
    for i, start in batch:
        last = len(features[i]) - STRETCH_FRAMES
        start = min(max(0, start + int(generator.integers(-half, half))), last)
        some_features.append(features[i][start : start + STRETCH_FRAMES])
        some_labels.append(labels[i][:, start : start + STRETCH_FRAMES])
        counts.append([0.0 if start else 1.0] * UNSURE_FRAMES + [1.0] * n_sure)
    return torch.stack(some_features), torch.stack(some_labels), torch.tensor(counts)


def _loss(net, features, labels, counts):
    logits = net(features)
    total = 0.0
    for k, (label, lag, weight) in enumerate(TARGETS):
        kept = counts[:, : STRETCH_FRAMES - lag]
        error = functional.binary_cross_entropy_with_logits(
            logits[:, lag:, k], labels[:, label, : STRETCH_FRAMES - lag], reduction="none"
        )
        total = total + weight * (error * kept).sum() / kept.sum()
    for k, row in enumerate(NOISES, start=len(TARGETS)):
        target = labels[:, row]
        kept = counts * torch.isfinite(target)
        error = functional.smooth_l1_loss(
            logits[..., k], torch.nan_to_num(target), reduction="none"
        )
        total = total + NOISE_WEIGHT * (error * kept).sum() / kept.sum()
    return total
