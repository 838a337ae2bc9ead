"""What the fit never hears: calls of the tuning part with the voices or the music held out.

    parted(calls)       -> (calls to learn from, strange calls)
    told(net, strange)  -> "agent F1 0.98, line F1 0.97, music 0.93 found, 0.004 invented, 0.02
                           taken for a voice"

A strange call is one in which agent or customer is of voices.HELD_OUT or a piece of
music.HELD_OUT is played; only the side of the strange voice is scored, frame by frame, at even odds
with hindsight. In the babble of other calls these voices may be heard. Drills with strange music
(drill.strange) belong to the strangers, too: of them only what is said of music is scored.
Called by: __main__.py.
"""

import torch
from callclip.core.frame import LATE_FRAMES
from callclip.core.net import AGENT_LATE, CUSTOMER_LATE, MUSIC

from training import music, voices
from training.model import UNIT_Q8

SIDES = (("agent", 0, AGENT_LATE), ("customer", 1, CUSTOMER_LATE))
CUSTOMER_ROW, MUSIC_ROW = 1, 2


def _strange_sides(call):
    cast = call.truth["conditions"]
    return [row for row in SIDES if cast.get(f"{row[0]}_voice") in voices.HELD_OUT]


def _has_strange_music(call):
    return _is_drill(call) or any(piece in music.HELD_OUT for piece in call.pieces)


def _is_drill(call):
    return "drill" in call.truth["conditions"]


def parted(calls):
    known, strange = [], []
    for call in calls:
        is_strange = _strange_sides(call) or _has_strange_music(call)
        (strange if is_strange else known).append(call)
    return known, strange


def told(net, strange):
    counts = {name: [0, 0] for name, _row, _logit in SIDES}  # both, flags + truth
    n_music = n_found = n_voiced = n_other = n_invented = 0
    with torch.no_grad():
        for call in strange:
            features = torch.tensor(call.features / UNIT_Q8, dtype=torch.float32)
            flags = (net(features[None])[0] > 0).numpy()[LATE_FRAMES:]
            labels = call.labels[:, : len(flags)]
            for name, row, logit in _strange_sides(call):
                counts[name][0] += int((flags[:, logit] & labels[row]).sum())
                counts[name][1] += int(flags[:, logit].sum() + labels[row].sum())
            is_music = labels[MUSIC_ROW]
            if _has_strange_music(call):
                n_music += int(is_music.sum())
                n_found += int((flags[:, MUSIC] & is_music).sum())
                n_voiced += int((flags[:, CUSTOMER_LATE] & is_music & ~labels[CUSTOMER_ROW]).sum())
            n_other += int((~is_music).sum())
            n_invented += int((flags[:, MUSIC] & ~is_music).sum())
    f1 = {name: 2 * both / max(1, both_or_one) for name, (both, both_or_one) in counts.items()}
    return (
        f"agent F1 {f1['agent']:.4f}, line F1 {f1['customer']:.4f}, "
        f"music {n_found / max(1, n_music):.3f} found, "
        f"{n_invented / max(1, n_other):.4f} invented, "
        f"{n_voiced / max(1, n_music):.4f} taken for a voice"
    )
