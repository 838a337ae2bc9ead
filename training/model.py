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


def step_of(weights):
    """The power of two by which a layer's weights are rounded."""
    return 2.0 ** torch.ceil(torch.log2(weights.detach().abs().max() / 127 + 1e-9))


class Block(nn.Module):
    """Three taps in time for each unit, then a dense layer, added to the units."""

    def __init__(self, dilation):
        super().__init__()
        n = integer_net.N_UNITS
        self.dilation = dilation
        self.taps = nn.Parameter(0.3 * torch.randn(n, 3))
        self.tap_biases = nn.Parameter(torch.zeros(n))
        self.dense = nn.Linear(n, n)

    def forward(self, units, net):
        n_steps = units.shape[1]
        taps = net.rounded(self.taps)
        past = functional.pad(units, (0, 0, 2 * self.dilation, 0))
        tapped = self.tap_biases + sum(
            past[:, (2 - tap) * self.dilation : (2 - tap) * self.dilation + n_steps] * taps[:, tap]
            for tap in range(3)
        )
        return functional.relu(units + net.layer(self.dense, functional.relu(tapped)))

    def layers(self):
        yield self.taps, self.tap_biases
        yield self.dense.weight, self.dense.bias


class Net(nn.Module):
    """features / 256 [batch, frames, N_FEATURES] -> logits [batch, frames, N_LOGITS]."""

    def __init__(self):
        super().__init__()
        n = integer_net.N_UNITS
        self.is_rounded = True
        self.first = nn.Linear(N_FEATURES, n)
        self.blocks = nn.ModuleList(Block(dilation) for dilation in integer_net.DILATIONS)
        self.pooled = nn.Linear(2 * n, n)
        self.slow_blocks = nn.ModuleList(Block(dilation) for dilation in integer_net.SLOW_DILATIONS)
        self.context = nn.Linear(n, n)
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
        context = self.context_of(units)
        for k, block in enumerate(self.blocks):
            if k == integer_net.CONTEXT_BLOCK:
                units = functional.relu(units + context)
            units = block(units, self)
        return self.layer(self.last, units)

    def context_of(self, units):
        """What the slow blocks make of the units, frame by frame, as late as on the unit."""
        batch, n_frames, n = units.shape
        pool = integer_net.POOL_FRAMES
        whole = units[:, : n_frames // pool * pool].reshape(batch, -1, pool, n)
        slow = torch.cat((whole.mean(dim=2), whole.amax(dim=2)), dim=2)
        slow = functional.relu(self.layer(self.pooled, slow))
        for block in self.slow_blocks:
            slow = block(slow, self)
        context = self.layer(self.context, slow).repeat_interleave(pool, dim=1)
        late = functional.pad(context, (0, 0, integer_net.CONTEXT_LAG_FRAMES, 0))
        return functional.pad(late, (0, 0, 0, pool))[:, :n_frames]

    def layers(self):
        """(weights, biases) in the order of core/weights.py."""
        yield self.first.weight, self.first.bias
        for block in self.blocks:
            yield from block.layers()
        yield self.last.weight, self.last.bias
        yield self.pooled.weight, self.pooled.bias
        for block in self.slow_blocks:
            yield from block.layers()
        yield self.context.weight, self.context.bias
