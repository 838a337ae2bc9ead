"""The proof over a pulled log: what a real store wrote holds, whatever was changed is found, with
its place."""

import pytest
from callclip.core import chain, keys, records
from callclip.store import Store

from host_tools import archive, logchain, segmentfile

SITE_KEY = bytes(range(32))
LOG_KEY = keys.unit_key(keys.role_key(SITE_KEY, keys.LOG), "unit-a")
T0_MS = 1_790_000_000_000
DAY_MS = 86_400_000


class Unit:
    """A real store that writes into the archive's folder, as a pull would bring it there."""

    def __init__(self, folder, epoch=1, budget_bytes=1 << 20):
        self.now_ms = T0_MS
        self.folder = archive.log_folder(folder, "unit-a", 77)
        self.folder.mkdir(parents=True, exist_ok=True)
        self._budget_bytes = budget_bytes
        self.give_key(epoch)
        self.boot()

    def give_key(self, epoch):
        key = keys.chain_key(LOG_KEY, epoch) if epoch else chain.NO_KEY
        self.ratchet = chain.Ratchet(epoch, 0, key)

    def boot(self):
        self.store = Store(str(self.folder), self._budget_bytes, 2048, self.ratchet)
        self.store.start(77, lambda: self.now_ms, 30)

    def write(self, n_batches, n_records=4):
        for i in range(n_batches):
            for j in range(n_records):
                self.store.append(records.EVENT, records.event(5, 50 * i + j, 1, (j % 3 + 1,)))
            assert self.store.sync()
        return self

    def head(self):
        number, n_bytes, tag = self.store.head
        return logchain.Head(77, number, n_bytes, tag.hex(), self.ratchet.epoch)

    def verify(self, log_key=LOG_KEY, **more):
        return logchain.verify(self.folder, log_key, **more)

    def path(self, number):
        return archive.segment_path(self.folder, number)


@pytest.fixture
def unit(tmp_path):
    return Unit(tmp_path).write(120)


def kinds(verdict):
    return [finding.kind for finding in verdict.alarms]


def test_what_the_unit_wrote_is_proved(unit):
    verdict = unit.verify(told=unit.head())
    assert verdict.findings == []
    assert (verdict.n_batches, verdict.n_signed, verdict.n_unchecked) == (120, 120, 0)
    assert verdict.head == unit.head()
    assert unit.ratchet.seal >= 2  # over several seals


def test_without_the_key_order_and_damage_are_still_checked(unit):
    verdict = unit.verify(None)
    assert verdict.findings == []
    assert verdict.n_unchecked == verdict.n_batches
    data = bytearray(unit.path(2).read_bytes())
    data[300] ^= 4
    unit.path(2).write_bytes(data)
    assert "damaged" in kinds(unit.verify(None))


def test_a_head_goes_through_json_and_holds(unit):
    known = logchain.Head.of(unit.head().as_dict())
    unit.write(30)
    unit.boot()
    unit.write(5)
    assert unit.verify(known=known, told=unit.head()).is_good


def test_a_unit_without_keys_is_not_taken_for_signed(tmp_path):
    unit = Unit(tmp_path, epoch=0).write(60)
    verdict = unit.verify()
    assert verdict.is_good
    assert (verdict.n_unsigned, verdict.n_signed) == (60, 0)


def test_keys_that_come_later_and_anew(tmp_path):
    unit = Unit(tmp_path, epoch=0).write(50)
    for epoch in (1, 2):
        unit.give_key(epoch)
        unit.boot()
        unit.write(50)
    verdict = unit.verify(told=unit.head())
    assert verdict.is_good
    assert (verdict.n_unsigned, verdict.n_signed) == (50, 100)


def test_a_key_that_is_gone_is_an_alarm(unit):
    unit.give_key(0)
    unit.boot()
    unit.write(3)
    assert kinds(unit.verify()) == ["unsigned"]


def test_the_wrong_key_proves_nothing(unit):
    assert set(kinds(unit.verify(bytes(32)))) == {"forged"}


def test_what_the_unit_purged_is_not_missed(tmp_path):
    unit = Unit(tmp_path, budget_bytes=8192).write(50)
    known = unit.head()
    unit.write(400)
    assert not unit.path(1).exists()
    assert unit.verify(known=known, told=unit.head()).is_good


def test_retention_and_a_hosts_purge_are_not_missed(unit):
    unit.now_ms += 31 * DAY_MS
    unit.write(2)
    unit.write(2)
    assert not unit.path(1).exists()
    last = unit.store.segments()[-1][0]
    unit.write(60)
    assert unit.store.purge(last)
    assert unit.store.segments()[0][0] == last + 1
    assert unit.verify(told=unit.head()).is_good


def test_a_segment_that_others_removed_is_missed(unit):
    unit.path(2).unlink()
    assert "missing" in kinds(unit.verify())
    unit.path(1).unlink()
    assert "missing" in kinds(unit.verify())


def test_the_unit_itself_tells_of_segments_that_were_gone(unit):
    unit.path(1).unlink()
    unit.boot()
    unit.write(1)
    found = unit.verify()
    assert kinds(found).count("missing") == 2
    assert any("were gone when the unit started" in str(finding) for finding in found.alarms)


def test_a_cut_behind_the_known_head_shows(unit):
    known = unit.head()
    path = unit.path(known.segment)
    whole = path.read_bytes()
    ends = [item.end for item in segmentfile.read_batches(path, whole)]
    for end in ends[:-1]:
        path.write_bytes(whole[:end])
        verdict = unit.verify(known=known)
        assert kinds(verdict) == ["truncated"]
        assert (verdict.alarms[0].path, verdict.alarms[0].offset_bytes) == (path, known.n_bytes)


def test_a_log_begun_anew_shows(unit, tmp_path):
    known = unit.head()
    other = logchain.Head.of({**known.as_dict(), "log_id": 78})
    assert kinds(unit.verify(known=other)) == ["anew"]


def test_every_byte_of_a_log_counts(tmp_path):
    unit = Unit(tmp_path).write(8, 2)
    told = unit.head()
    path = unit.path(1)
    whole = path.read_bytes()
    for at in range(len(whole)):
        data = bytearray(whole)
        data[at] ^= 1 << at % 8
        path.write_bytes(data)
        verdict = unit.verify(told=told)
        assert not verdict.is_good, at
        assert verdict.alarms[0].path == path


def test_the_place_is_exact(unit):
    data = unit.path(2).read_bytes()
    starts = [item.at for item in segmentfile.read_batches(unit.path(2), data)]
    hit = starts[10]
    forged = bytearray(data)
    forged[hit + 30] ^= 1
    unit.path(2).write_bytes(forged)
    first = unit.verify().alarms[0]
    assert (first.kind, first.path, first.offset_bytes) == ("damaged", unit.path(2), hit)
