"""Runs in the VM: one case of the log store on a real LittleFS in RAM; prints its findings as JSON.

argv: firmware folder, case, a number for the case.
"""

import errno
import gc
import json
import os
import sys

sys.path.insert(0, sys.argv[1])

from callclip.core import batches, records  # noqa: E402
from callclip.ports.settings import Settings  # noqa: E402
from callclip.store import Store  # noqa: E402

BLOCK_BYTES = 512
T0_MS = 1790000000000


class Flash:
    """A block device in RAM whose power fails after `n_left` more writes and erases; of the last
    one nothing, half or noise is written, by `mode`."""

    def __init__(self, n_blocks):
        self.data = bytearray(BLOCK_BYTES * n_blocks)
        self.n_left = 1 << 29
        self.is_read_only = False
        self.mode = 0
        self.worn = set()  # blocks that no longer take what is written

    def readblocks(self, block, buffer, offset=0):
        at = block * BLOCK_BYTES + offset
        buffer[:] = memoryview(self.data)[at : at + len(buffer)]

    def _work(self):
        if self.is_read_only or self.n_left <= 0:
            return False
        self.n_left -= 1
        return True

    def _tear(self, at, data):
        """The operation in which the power failed, if it is this one."""
        if self.n_left != 0 or self.is_read_only or self.mode == 0:
            return
        self.n_left = -1
        if self.mode == 1:
            n_half = len(data) // 2
            self.data[at : at + n_half] = data[:n_half]
        else:
            self.data[at : at + len(data)] = noise(len(data), at)

    def writeblocks(self, block, buffer, offset=0):
        at = block * BLOCK_BYTES + offset
        if not self._work():
            self._tear(at, bytes(buffer))
            raise OSError(errno.EIO)
        self.data[at : at + len(buffer)] = bytes(len(buffer)) if block in self.worn else buffer

    def ioctl(self, op, block):
        if op == 4:
            return len(self.data) // BLOCK_BYTES
        if op == 5:
            return BLOCK_BYTES
        if op == 6 and not self._work():
            self._tear(block * BLOCK_BYTES, b"\xff" * BLOCK_BYTES)
            return -errno.EIO
        return 0


def mount(flash, is_new=False):
    if is_new:
        os.VfsLfs2.mkfs(flash)
    os.mount(os.VfsLfs2(flash), "/flash")


def new_store(budget_bytes=16384, segment_bytes=2048, now_ms=0):
    store = Store("/flash/log", budget_bytes, segment_bytes)
    store.start(1234, lambda: now_ms, 30)
    return store


def fill(store, n_records, start=0):
    """Append and write in groups of four, as a busy unit does."""
    for i in range(start, start + n_records):
        store.append(records.EVENT, records.event(5, 50 * i, 1, (i % 3 + 1,)))
        if i % 4 == 3:
            store.sync()


def read_all():
    """Sequence numbers on the file system in order, and the fault of the last segment."""
    seqs = []
    fault = 0
    for name in sorted(os.listdir("/flash/log")):
        if not name.endswith(".clog"):
            continue
        with open("/flash/log/" + name, "rb") as file:
            scan = batches.Scan(file.read)
            for _at, first_seq, packed, _tag in scan:
                for _at, rtype, seq, _body in records.iterate(packed, first_seq):
                    if rtype not in records.UNNUMBERED and rtype != records.LOST:
                        seqs.append(seq)
        fault = scan.fault
    return seqs, fault


def found_in_events(field):
    out = []
    for name in sorted(os.listdir("/flash/log")):
        with open("/flash/log/" + name, "rb") as file:
            for _at, seq, packed, _tag in batches.Scan(file.read):
                for _at, rtype, _seq, body in records.iterate(packed, seq):
                    if rtype == records.EVENT:
                        out.append(records.unpack(rtype, body)[field])
    return out


def facts(store):
    return {
        "n_errors": store.n_errors,
        "n_records_lost": store.n_records_lost,
        "n_waiting": store.n_waiting,
        "log_bytes": store.log_bytes,
        "boot": store.boot,
        "next_seq": store.next_seq,
        "segments": [list(row) for row in store.segments()],
        "last_error": store.last_error,
    }


def oldest_goes_first(_number):
    mount(Flash(128), True)
    store = new_store(budget_bytes=8192)
    fill(store, 800)
    return facts(store) | {"seqs": read_all()[0]}


def full_then_free(_number):
    mount(Flash(24), True)
    store = new_store(budget_bytes=1 << 20)
    with open("/flash/ballast", "wb") as file:
        file.write(bytes(4096))
    fill(store, 1200)
    full = facts(store)
    os.remove("/flash/ballast")
    fill(store, 40, 1200)
    is_done = store.sync()
    return {"full": full, "free": facts(store), "is_done": is_done, "seqs": read_all()[0]}


def no_folder(_number):
    mount(Flash(64), True)
    with open("/flash/log", "w") as file:
        file.write("not a folder")
    store = new_store()
    fill(store, 300)
    return facts(store) | {"is_writable": store.test_write()}


def read_only(_number):
    flash = Flash(64)
    mount(flash, True)
    fill(new_store(), 40)
    flash.is_read_only = True
    store = new_store()
    fill(store, 300, 40)
    return facts(store) | {"seqs": read_all()[0], "is_writable": store.test_write()}


def no_file_system(_number):
    store = new_store()
    fill(store, 300)
    return facts(store)


def worn(_number):
    """One block after the other wears out, until nothing can be written any more."""
    flash = Flash(64)
    mount(flash, True)
    store = new_store()
    n_synced = 0
    for i in range(60):
        flash.worn.add(4 + i)
        fill(store, 8, 8 * i)
        if store.n_waiting == 0:
            n_synced = store.next_seq - 1
    os.umount("/flash")
    return facts(store) | {"n_synced": n_synced}


def garbage(number):
    """Strange names, and a last segment that ends in `number` bytes of no record."""
    mount(Flash(128), True)
    fill(new_store(), 40)
    for name in ("README", "x.clog", "12.txt", ".clog", "000999.clog.part"):
        with open("/flash/log/" + name, "w") as file:
            file.write("?")
    with open("/flash/log/000001.clog", "ab") as file:
        file.write(b"\xc2\x00\x07\x00torn"[:number])
    store = new_store()
    fill(store, 8, 40)
    return facts(store) | {"seqs": read_all()[0]}


def noise(n_bytes, seed):
    out = bytearray()
    for _ in range(n_bytes):
        seed = (seed * 1103515245 + 12345) & 0x3FFFFFFF
        out.append(seed >> 16 & 255)
    return out


def power_cut(number):
    """The power fails `number` flash operations into a run of writes; nothing, half or noise of
    that operation is written. Then the unit restarts."""
    flash = Flash(128)
    mount(flash, True)
    store = new_store()
    settings = Settings("/flash/config.json")
    settings.save({"unit_number": 1})
    fill(store, 30)
    flash.n_left = number // 3
    flash.mode = number % 3
    n_synced = store.next_seq - 1 - store.n_waiting
    saved = [1]
    for i in range(30, 120):
        store.append(records.EVENT, records.event(5, 50 * i, 1, (1,)))
        if i % 4 == 3 and store.sync():
            n_synced = store.next_seq - 1
        if i % 20 == 19:
            saved.append(i)
            try:
                settings.save({"unit_number": i})
                saved = [i]
            except OSError:
                pass
    # A power cut takes what was open with it: nothing of it may be closed within the next mount.
    store = settings = None
    gc.collect()
    os.umount("/flash")
    flash.n_left = 1 << 29
    mount(flash)
    after = new_store()
    is_whole = Settings("/flash/config.json").load().get("unit_number") in saved
    kept, _fault = read_all()
    n_kept = len(kept)
    is_in_order = kept == list(range(1, n_kept + 1))
    fill(after, 8, 200)
    after.sync()
    is_resumed = read_all()[0] == list(range(1, n_kept + 9))
    os.umount("/flash")
    return {
        "n_lost": max(0, n_synced - n_kept),
        "is_well": is_in_order and is_whole and is_resumed and after.boot == 2,
    }


def power_cuts(number):
    """Every `number`-th cut of a run of writes; what was found that should not be."""
    bad = []
    cut = 0
    while cut < 3 * 240:
        found = power_cut(cut)
        if found["n_lost"] or not found["is_well"]:
            bad.append([cut, found])
        cut += number
    return {"bad": bad}


def when(_number):
    """How often the store writes: in quiet, in speech, when many wait."""
    mount(Flash(256), True)
    store = new_store()
    one = records.event(5, 50, 1, (1,))
    store.append(records.EVENT, one)
    quiet = [ms for ms in range(0, 60000, 20) if store.poll(True, ms)]
    store.append(records.EVENT, one)
    speech = [ms - 60000 for ms in range(60000, 120000, 20) if store.poll(False, ms)]
    for _ in range(16):
        store.append(records.EVENT, one)
    many = [ms - 120000 for ms in range(120000, 130000, 20) if store.poll(False, ms)]
    store.append(records.GAP, b"\x05\x06\x01")
    gap = [ms for ms in range(130000, 190000, 20) if store.poll(True, ms)]
    return {"quiet": quiet, "speech": speech, "many": many, "gap": gap}


def retention(_number):
    """A unit that is worn on 60 days, some of them without a clock; what is left at the end."""
    mount(Flash(512), True)
    day_ms = 86400000
    for day in range(60):
        store = new_store(1 << 20, 8192, 0 if day % 7 == 3 else T0_MS + day * day_ms)
        store.append(records.EVENT, records.event(5, day, 1, (1,)))
        store.sync()
    return {"days": found_in_events("t_frames")} | facts(store)


def daily(_number):
    """A unit that is never switched off: a segment a day, though hardly anything is logged."""
    mount(Flash(512), True)
    clock = [T0_MS]
    store = Store("/flash/log", 1 << 20, 8192)
    store.start(1, lambda: clock[0], 5)
    for hour in range(24 * 12):
        clock[0] = T0_MS + hour * 3600000
        store.append(records.EVENT, records.event(5, hour, 1, (1,)))
        store.sync()
    return facts(store)


print(json.dumps(globals()[sys.argv[2]](int(sys.argv[3]))))
