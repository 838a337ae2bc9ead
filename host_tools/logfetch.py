"""Fetches one log's segments from a unit into its folder of the archive, and only what is missing.

A segment goes on at the byte where the archive's copy ends, once its CRC-32 up to there agrees with
the unit's; until it is whole it stands in a .part file, so a fetch that breaks off goes on later.
A good copy is never replaced by a damaged one. Sizes in bytes, times in seconds.
Called by: cmd_pull. Ref: docs/protocol.md, section 8.
"""

import os
import time
import zlib

from callclip.core import protocol

from host_tools import archive, segmentfile
from host_tools.failure import NOT_VERIFIED, Failure
from host_tools.link import Refused, Silence

_LEAST_PAGE_BYTES = 32
PART = archive.SUFFIX + ".part"  # a segment under way


class LogFetch:
    """One log's segments from the unit into its folder."""

    def __init__(self, client, folder, is_all):
        self._client = client
        self._folder = folder
        self._is_all = is_all
        self._page_bytes = protocol.MAX_PAGE_BYTES
        self.n_new_bytes = 0
        self.conflicts = []  # sentences: archive and unit disagree, and the archive's is kept

    def run(self, rows, progress):
        self._folder.mkdir(parents=True, exist_ok=True)
        n_before = 0  # bytes of the segments that are done
        for number, n_bytes in rows:
            try:
                self._segment(number, n_bytes, progress, n_before)
            except Refused as refusal:
                if refusal.code != protocol.NO_SUCH_SEGMENT:
                    raise
                # The unit has deleted its oldest segment since it listed them.
                part = archive.segment_path(self._folder, number).with_suffix(PART)
                part.unlink(missing_ok=True)
            n_before += n_bytes
            progress.at(n_before)

    def _segment(self, number, n_bytes, progress, n_before):
        path = archive.segment_path(self._folder, number)
        kept = path.read_bytes() if path.exists() else b""
        is_held = self._agrees(number, kept)
        if is_held and len(kept) >= n_bytes and not self._is_all:
            return
        part = path.with_suffix(PART)
        held = self._start(part, kept if is_held else b"", number)
        with open(part, "wb") as file:
            file.write(held)
            for at in self._pages(file, number, len(held), n_bytes):
                progress.at(n_before + at)
            os.fsync(file.fileno())
        data = part.read_bytes()
        if kept and not is_held and _is_sound(path, kept):
            fault = "is another one" if _is_sound(path, data) else "is damaged"
            self.conflicts.append(
                f"{path}: the unit's copy of this segment {fault} now; the earlier one stays"
            )
            part.unlink()
        else:
            self._finish(part, path)

    def _agrees(self, number, held):
        """True: the unit's segment begins with these bytes."""
        if not held:
            return True
        try:
            sent = {"segment": number, "n_bytes": len(held)}
            return self._client.ask(protocol.LOG_CRC, sent)["crc"] == zlib.crc32(held)
        except Refused as refusal:
            if refusal.code == protocol.BAD_BODY:
                return False  # the unit's segment is shorter: not the same one
            raise

    def _start(self, part, kept, number):
        """Bytes to go on from: a .part of an earlier pull, else what the archive holds."""
        begun = part.read_bytes() if part.exists() else b""
        if self._is_all:
            return b""
        if len(begun) > len(kept) and self._agrees(number, begun):
            return begun
        return kept

    def _pages(self, file, number, at, n_bytes):
        """Fetch what is missing into `file`; yields how far it has come after each page."""
        while at < n_bytes:
            data = self._page(number, at, n_bytes)
            file.write(data)
            file.flush()
            at += len(data)
            self.n_new_bytes += len(data)
            yield at

    def _page(self, number, at, n_bytes):
        """The next bytes of a segment; on a bad cable less and less at a time, as a short answer
        arrives whole where a long one never does."""
        ends = time.monotonic() + self._client.timeout_s
        while True:
            wanted = min(self._page_bytes, n_bytes - at)
            sent = {"segment": number, "offset_bytes": at, "n_bytes": wanted}
            try:
                page = self._client.try_briefly(protocol.LOG_READ, sent)
                break
            except Silence:
                if time.monotonic() > ends:
                    raise
                self._page_bytes = max(_LEAST_PAGE_BYTES, self._page_bytes // 2)
        if page["offset_bytes"] != at or not page["data"]:
            words = f"segment {number} ends at byte {at} of {n_bytes}"
            raise Failure(f"{self._client.port}: {words}; pull again", NOT_VERIFIED)
        return page["data"]

    @staticmethod
    def _finish(part, path):
        os.replace(part, path)
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)  # the new name itself survives a power cut
        finally:
            os.close(folder)


def _is_sound(path, data):
    found = segmentfile.read_batches(path, data)
    return not any(isinstance(item, segmentfile.Problem) for item in found)
