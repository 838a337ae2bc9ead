"""The session log over the cable: listed, read page by page, compared, acknowledged, purged.

One LOG_READ is answered by as many pages as it asks for, sent as the line takes them; the next
request of any kind ends that. A segment may be purged only after the host has shown, by the hash of
all of it, that it holds it; what was shown is kept in memory only. The newest segment stays.
Called by: service. Ref: docs/protocol.md, section 6.4.
"""

import hashlib
import struct

from callclip.core import protocol
from callclip.core.hmac import equal
from callclip.core.protocol import Refusal

LEAST_PAGE_BYTES = 8


class LogPages:
    def __init__(self, store):
        self._store = store
        self._number = 0  # of the segment whose pages are under way; 0: none
        self._at = 0
        self._end = 0
        self._page_bytes = 0
        self._held = 0  # all segments up to this one are held by a host

    def list(self, request):
        self._store.sync()  # who asks wants all of it: worth the gap a flash write makes
        rows = self._store.segments(request["first_segment"])
        shown = rows[: protocol.MAX_SEGMENT_ROWS]
        packed = b""
        for number, n_bytes in shown:
            packed += struct.pack("<II", number, n_bytes)  # protocol.SEGMENT_ROW
        following = rows[len(shown)][0] if len(rows) > len(shown) else 0
        segment, n_bytes, tag = self._store.head
        return {
            "log_id": self._store.log_id,
            "next_segment": following,
            "head_segment": segment,
            "head_bytes": n_bytes,
            "head_tag": tag,
            "segments": packed,
        }

    def _bytes_of(self, number):
        n_bytes = self._store.bytes_of(number)
        if n_bytes < 0:
            raise Refusal(protocol.NO_SUCH_SEGMENT, "no segment {}".format(number))
        return n_bytes

    def read(self, request):
        """What `next_page` has from now on."""
        number = request["segment"]
        end = self._bytes_of(number)
        page_bytes = request["page_bytes"]
        if not LEAST_PAGE_BYTES <= page_bytes <= protocol.MAX_PAGE_BYTES:
            words = "page_bytes {} is not from {} to {}"
            raise ValueError(words.format(page_bytes, LEAST_PAGE_BYTES, protocol.MAX_PAGE_BYTES))
        self._number = number
        self._at = request["offset_bytes"]
        self._end = min(end, self._at + request["n_bytes"])
        self._page_bytes = page_bytes

    def next_page(self):
        """The next page of the read under way, or None: there is none. OSError: cannot be read.
        The same again until it is `sent`."""
        if not self._number:
            return None
        if self._store.bytes_of(self._number) < self._end:
            self.stop()  # purged meanwhile: the host asks again and is told
            return None
        n_bytes = min(self._page_bytes, self._end - self._at)
        data = self._store.read(self._number, self._at, n_bytes) if n_bytes > 0 else b""
        return {"offset_bytes": self._at, "data": data}

    def sent(self, page):
        self._at += len(page["data"])
        if self._at >= self._end or not page["data"]:
            self.stop()

    def shorten(self):
        """There was no memory for a page so long: pages are half as long from now on."""
        self._page_bytes //= 2
        if self._page_bytes < LEAST_PAGE_BYTES:
            self.stop()

    def stop(self):
        self._number = 0

    def _sha256(self, number, n_bytes):
        if n_bytes > self._bytes_of(number):
            raise ValueError("segment {} is shorter than {} bytes".format(number, n_bytes))
        digest = hashlib.sha256()
        for data in self._store.pieces(number, n_bytes):
            digest.update(data)
        return digest.digest()

    def hash(self, request):
        number = request["segment"]
        n_bytes = request["n_bytes"]
        sha256 = self._sha256(number, n_bytes)
        return {"segment": number, "n_bytes": n_bytes, "sha256": sha256}

    def acknowledge(self, request):
        """The host has this much of a segment on its disk: `held` grows if that is all of it, and
        the segments before it are held, too."""
        number = request["segment"]
        n_bytes = request["n_bytes"]
        if not equal(self._sha256(number, n_bytes), request["sha256"]):
            words = "segment {} has another hash".format(number)
            raise Refusal(protocol.NOT_HELD, words)
        numbers = [row[0] for row in self._store.segments(0)]
        before = [n for n in numbers if n < number]
        if n_bytes == self._bytes_of(number) and (not before or self._held >= before[-1]):
            self._held = max(self._held, number)
        return {"held_segment": self._held}

    def purge(self, request):
        """Delete segments from the oldest on, all of them held, but never the newest one."""
        last = request["last_segment"]
        if last > self._held:
            words = "segments after {} are not acknowledged".format(self._held)
            raise Refusal(protocol.NOT_HELD, words)
        n_before = self._n_up_to(last)
        if not self._store.purge(last):
            raise OSError("the log cannot be written")
        return {"n_segments": n_before - self._n_up_to(last)}

    def _n_up_to(self, last):
        return sum(row[0] <= last for row in self._store.segments(0))
