"""What is remembered of a unit between pulls: <archive>/<unit id>/known.json.

The head of its log at the last pull that was found good, so that a log which was cut short or begun
anew shows; and whether it had keys, so that a unit which suddenly has none shows, too.
Called by: pulling. Ref: docs/log-format.md.
"""

import json
from dataclasses import dataclass
from pathlib import Path

from host_tools.failure import Failure
from host_tools.logchain import Head
from host_tools.output import whole_file

_NAME = "known.json"


@dataclass
class Known:
    """`head`: None before the first pull; `epoch`: of its keys, 0: it had none."""

    head: Head | None = None
    epoch: int = 0


def load(unit_folder):
    path = Path(unit_folder) / _NAME
    try:
        values = json.loads(path.read_text(encoding="utf-8"))
        head = values["head"]
        return Known(Head.of(head) if head else None, int(values["epoch"]))
    except FileNotFoundError:
        return Known()
    except (OSError, ValueError, KeyError, TypeError):
        words = "is damaged; take it from a backup, or remove it to begin to remember anew"
        raise Failure(f"{path}: {words}") from None


def save(unit_folder, known):
    head = known.head.as_dict() if known.head else None
    with whole_file(Path(unit_folder) / _NAME) as file:
        json.dump({"head": head, "epoch": known.epoch}, file)
