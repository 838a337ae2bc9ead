"""Fetches one log's segments from a unit into its folder of the archive, and only what is missing.

A segment goes on behind the archive's copy, once the unit's SHA-256 up to there agrees; what comes
stands in a .part file until it is whole, so that a fetch that breaks off goes on later without
asking for anything twice. A good copy is never replaced by a damaged one. Only when a segment is on
the disk is the unit told that it may let it go (LOG_ACK).
Sizes in bytes, times in seconds. Called by: cmd_pull. Ref: docs/protocol.md, section 8.
"""

import hashlib
import os
import time

from callclip.core import protocol

from host_tools import archive, segmentfile
from host_tools.failure import NOT_REACHABLE, NOT_VERIFIED, Failure
from host_tools.link import Refused, Silence
from host_tools.partfile import PartFile

_LEAST_PAGE_BYTES = 16
MOST_CHUNK_BYTES = 8192  # what one request asks for: this much is sent twice after a kill
_MOST_PAGES = 64
_CHUNK_S = 0.1  # a chunk grows while it takes less
PART = archive.SUFFIX + ".part"  # a segment under way


class LogFetch:
    """One log's segments from the unit into its folder."""

    def __init__(self, client, folder, is_all, is_acknowledging=True):
        self._client = client
        self._folder = folder
        self._is_all = is_all
        self._is_acknowledging = is_acknowledging
        self._page_bytes = protocol.MAX_PAGE_BYTES
        self._n_pages = 1  # in a request
        self.n_new_bytes = 0
        self.held = 0  # the unit knows that all segments up to this one are on the disk
        self.conflicts = []  # sentences: archive and unit disagree, and the archive's is kept

    def run(self, rows, progress):
        self._folder.mkdir(parents=True, exist_ok=True)
        n_before = 0  # bytes of the segments that are done
        for number, n_bytes in rows:
            try:
                self._segment(number, n_bytes, _Part(progress, n_before))
            except Refused as refusal:
                if refusal.code != protocol.NO_SUCH_SEGMENT:
                    raise
                # The unit has deleted its oldest segment since it listed them.
                part = archive.segment_path(self._folder, number).with_suffix(PART)
                part.unlink(missing_ok=True)
            n_before += n_bytes

    def _segment(self, number, n_bytes, progress):
        path = archive.segment_path(self._folder, number)
        is_there = path.exists()  # a segment may be empty, and must still be kept as one
        kept = path.read_bytes() if is_there else b""
        is_held = self._agrees(number, kept)
        if is_there and is_held and len(kept) >= n_bytes and not self._is_all:
            progress.go_on_at(n_bytes)
            self._acknowledge(number, kept)
            return
        held = kept if is_held and not self._is_all else b""
        part = path.with_suffix(PART)
        if self._is_all:
            part.unlink(missing_ok=True)
        data = self._whole(part, number, held, n_bytes, progress)
        if kept and not is_held and _is_sound(path, kept):
            fault = "is another one" if _is_sound(path, data) else "is damaged"
            self.conflicts.append(
                f"{path}: the unit's copy of this segment {fault} now; the earlier one stays"
            )
            part.unlink()
        else:
            _keep(path, data)
            part.unlink()
            self._acknowledge(number, data)

    def _whole(self, part, number, held, n_bytes, progress):
        """All bytes of a segment, proven by their hash; Failure when they do not add up twice."""
        for _try in range(2):
            with PartFile(part, len(held), n_bytes) as file:
                if file.n_missing < n_bytes:
                    progress.go_on_at(n_bytes - file.n_missing)
                self._fetch(file, number, progress)
            data = held + file.whole()
            if self._agrees(number, data):
                return data
            part.unlink()  # what an earlier pull left was of another segment
        words = f"segment {number} does not arrive as the unit's own hash says"
        raise Failure(f"{self._client.port}: {words}; pull again", NOT_VERIFIED)

    def _agrees(self, number, held):
        """True: the unit's segment begins with these bytes."""
        if not held:
            return True
        try:
            sent = {"segment": number, "n_bytes": len(held)}
            told = self._client.ask(protocol.LOG_HASH, sent)["sha256"]
            return told == hashlib.sha256(held).digest()
        except Refused as refusal:
            if refusal.code == protocol.BAD_BODY:
                return False  # the unit's segment is shorter: not the same one
            raise

    def _fetch(self, file, number, progress):
        """Ask for what is missing, chunk by chunk, until nothing is. On a bad cable for smaller
        and smaller pages, as a short answer arrives whole where a long one never does."""
        came = time.monotonic()
        while (at := file.next_missing()) is not None:
            n_wanted = min(self._page_bytes * self._n_pages, file.end - at)
            n_pages = -(-n_wanted // self._page_bytes)
            started = time.monotonic()
            n_came = 0
            for offset, data in self._client.pages(number, at, n_wanted, self._page_bytes):
                n_came += 1
                n_new = file.add(offset, data)
                self.n_new_bytes += n_new
                if n_new:
                    came = time.monotonic()
                progress.at(file.end - file.n_missing)
            if time.monotonic() - came > self._client.timeout_s:
                words = f"no answer within {self._client.timeout_s:g} s"
                words += f", segment {number} stops at byte {at} of {file.end}"
                words = f"{self._client.port}: {words}; check the cable and pull again"
                raise Silence(words, NOT_REACHABLE)
            self._adapt(n_pages, n_came, time.monotonic() - started)

    def _adapt(self, n_pages, n_came, took_s):
        """Page and chunk for the next request, by how this one went."""
        if not n_came:
            self._client.lose_patience()
        if 2 * n_came < n_pages:
            self._page_bytes = max(_LEAST_PAGE_BYTES, self._page_bytes // 2)
        elif n_came == n_pages and self._n_pages == n_pages and took_s < _CHUNK_S:
            self._n_pages = min(2 * n_pages, _MOST_PAGES)
        self._n_pages = min(self._n_pages, max(1, MOST_CHUNK_BYTES // self._page_bytes))
        if self._page_bytes < protocol.MAX_PAGE_BYTES // 8:
            self._n_pages = _MOST_PAGES  # most of them will not arrive

    def _acknowledge(self, number, data):
        """Tell the unit what is on the disk."""
        if not self._is_acknowledging:
            return
        row = {"segment": number, "n_bytes": len(data), "sha256": hashlib.sha256(data).digest()}
        self.held = self._client.ask(protocol.LOG_ACK, row)["held_segment"]


class _Part:
    """The progress of one segment, `n_before` bytes of others before it."""

    def __init__(self, progress, n_before):
        self._progress = progress
        self._n_before = n_before

    def at(self, n_bytes):
        self._progress.at(self._n_before + n_bytes)

    def go_on_at(self, n_bytes):
        self._progress.go_on_at(self._n_before + n_bytes)


def _keep(path, data):
    """The file is on the disk, whole, when this returns."""
    new = path.with_suffix(archive.SUFFIX + ".new")
    with open(new, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    os.replace(new, path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)  # the new name itself survives a power cut
    finally:
        os.close(folder)


def _is_sound(path, data):
    found = segmentfile.read_batches(path, data)
    return not any(isinstance(item, segmentfile.Problem) for item in found)
