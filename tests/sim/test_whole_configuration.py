"""A configuration that names every key reaches the VM, whose arguments end at 255 bytes."""

from callclip.core import config

from simulator import runner
from tests.sim.recordings import slots_of, two_voices


class Slots:
    def blocks(self):
        yield slots_of(two_voices(16000 * 4))


def test_every_key_at_its_limit():
    for column in (2, 3):
        values = {row[0]: row[column] for row in config.SCHEMA}
        heard = [runner.run(Slots(), values, engine) for engine in runner.ENGINES]
        assert heard[0].rows == heard[1].rows
        assert heard[0].raw_events == heard[1].raw_events
        assert heard[0].n_frames == 200
