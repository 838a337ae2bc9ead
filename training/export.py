"""A fitted net as firmware/callclip/core/weights.py, and back.

write(net)   rounds and writes it         read()   -> the net that is written there
"""

import math
import runpy
import types
from pathlib import Path

import callclip
import numpy as np
import torch
from callclip.core.net import DOZEN, N_UNITS

from training import forward
from training.model import Net, step_of

PATH = Path(callclip.__file__).parent / "core" / "weights.py"
ZERO = 128  # a weight of 0, as a byte
HEAD = '''"""The net's weights, as `make train` wrote them: do not edit.

WEIGHTS: w * 2^shift + 128, a byte each, layer by layer, in the order of kernels/net.py. BIASES:
words of 32 bits, little-endian, in Q(8 + shift), with half a unit of rounding added. SHIFTS: one a
layer. Read by: net.py.
"""

'''


def write(net, path=PATH):
    """Round and write; returns (number of weights, shifts)."""
    data, biases, shifts = bytearray(), [], []
    for weights, layer_biases in net.layers():
        shift = round(-math.log2(float(step_of(weights))))
        rounded = np.rint(weights.detach().double().numpy() * 2.0**shift)
        rounded = np.clip(rounded, -127, 127).astype(int) + ZERO
        data += bytes(_in_kernel_order(rounded).tolist())
        exact = layer_biases.detach().double().numpy() * 2.0 ** (8 + shift)
        biases += np.rint(exact + 2.0 ** (shift - 1)).astype(int).tolist()
        biases += [0] * (-len(exact) % DOZEN)
        shifts.append(shift)
    lines = [f"SHIFTS = ({', '.join(map(str, shifts))})"]
    lines += _literal("WEIGHTS", bytes(data)) + _literal(
        "BIASES", np.array(biases, "<i4").tobytes()
    )
    Path(path).write_text(HEAD + "\n".join(lines) + "\n", encoding="utf-8")
    return len(data), shifts


def read(path=PATH):
    """A Net whose rounded weights are those of a weights.py."""
    net, written = Net(), types.SimpleNamespace(**runpy.run_path(str(path)))
    with torch.no_grad():
        for (weights, biases), (rows, sums, shift) in zip(
            net.layers(), forward.layers(written), strict=True
        ):
            weights.copy_(torch.tensor(rows / 2.0**shift))
            biases.copy_(torch.tensor((sums - 2.0 ** (shift - 1)) / 2.0 ** (8 + shift)))
    return net


def mean(one, other, share):
    """The first net, its weights `share` of the way to those of the other."""
    with torch.no_grad():
        for ours, theirs in zip(one.parameters(), other.parameters(), strict=True):
            ours.mul_(1.0 - share).add_(theirs, alpha=share)
    return one


def _in_kernel_order(rows):
    """Rows of taps as they are; of a dense layer a column of all outputs for each input."""
    if rows.shape[1] < N_UNITS:
        return rows.ravel()
    whole = np.pad(rows, ((0, -len(rows) % DOZEN), (0, 0)), constant_values=ZERO)
    return whole.T.ravel()


def _literal(name, data):
    """The lines of `name = (b"..." b"...")`."""
    lines = ["", f"{name} = ("]
    for at in range(0, len(data), 22):
        text = "".join(f"\\x{byte:02x}" for byte in data[at : at + 22])
        lines.append(f'    b"{text}"')
    return [*lines, ")"]
