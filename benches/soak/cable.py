"""A unit's serial side in the real VM, and a cable in between that loses bytes and counts pages.

The unit is tests/vm/desk_unit.py: the firmware's link, service and store without microphones.
Called by: kills.
"""

import random

from callclip.core import protocol

from tests.host.desk import BadCable, Desk

__all__ = ["Counted", "Desk"]


class Counted(BadCable):
    """Loses each byte with probability `loss`; `n_page_bytes`: of log pages that the unit sent."""

    def __init__(self, port, loss, seed):
        self._loss = loss
        self._dice = random.Random(seed)
        self._deframer = protocol.Deframer()
        self.n_page_bytes = 0
        super().__init__(port, self._carry)

    def _carry(self, data):
        for message in self._deframer.feed(data):
            if message.mtype & ~protocol.SEALED == protocol.LOG_READ | protocol.ANSWER:
                status, values = protocol.read_answer(message)
                self.n_page_bytes += len(values["data"]) if status == protocol.OK else 0
        if not self._loss:
            return data
        return bytes(byte for byte in data if self._dice.random() >= self._loss)
