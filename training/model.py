"""The same network as core/net.py, in floating point, with its weights rounded as they will be.

Activations need no rounding: 1/256 is finer than anything learned. Weights are rounded to a byte
with a power of two as step, one step a layer, and gradients pass the rounding as if it were not
there (straight-through estimator).
Ref: B. Jacob et al., Quantization and training of neural networks for efficient
integer-arithmetic-only inference, CVPR 2018; the net itself: core/net.py.
"""

import torch
from callclip.core import net as integer_net
from callclip.core.features import N_FEATURES
from torch import nn
from torch.nn import functional

UNIT_Q8 = 256.0
MEMORY_FRAMES = 2 * sum(integer_net.DILATIONS)


def step_of(weights):
    """The power of two by which a layer's weights are rounded."""
    return 2.0 ** torch.ceil(torch.log2(weights.detach().abs().max() / 127 + 1e-9))


class Net(nn.Module):
    """features / 256 [batch, frames, N_FEATURES] -> logits [batch, frames, N_LOGITS]."""

    def __init__(self):
        super().__init__()
        n = integer_net.N_UNITS
        self.is_rounded = True
        self.first = nn.Linear(N_FEATURES, n)
        self.taps = nn.ParameterList(
            nn.Parameter(0.3 * torch.randn(n, 3)) for _ in integer_net.DILATIONS
        )
        self.tap_biases = nn.ParameterList(
            nn.Parameter(torch.zeros(n)) for _ in integer_net.DILATIONS
        )
        self.dense = nn.ModuleList(nn.Linear(n, n) for _ in integer_net.DILATIONS)
        self.last = nn.Linear(n, integer_net.N_LOGITS)

    def rounded(self, weights):
        if not self.is_rounded:
            return weights
        step = step_of(weights)
        nearest = torch.clamp(torch.round(weights / step), -127, 127) * step
        return weights + (nearest - weights).detach()

    def layer(self, linear, x):
        return functional.linear(x, self.rounded(linear.weight), linear.bias)

    def forward(self, features):
        units = functional.relu(self.layer(self.first, features))
        n_frames = units.shape[1]
        blocks = zip(integer_net.DILATIONS, self.taps, self.tap_biases, self.dense, strict=True)
        for dilation, taps, biases, dense in blocks:
            taps = self.rounded(taps)
            past = functional.pad(units, (0, 0, 2 * dilation, 0))
            tapped = biases + sum(
                past[:, (2 - tap) * dilation : (2 - tap) * dilation + n_frames] * taps[:, tap]
                for tap in range(3)
            )
            units = functional.relu(units + self.layer(dense, functional.relu(tapped)))
        return self.layer(self.last, units)

    def layers(self):
        """(weights, biases) in the order of core/weights.py."""
        yield self.first.weight, self.first.bias
        for taps, biases, dense in zip(self.taps, self.tap_biases, self.dense, strict=True):
            yield taps, biases
            yield dense.weight, dense.bias
        yield self.last.weight, self.last.bias
