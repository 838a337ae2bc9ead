"""Words that never change, for kernels to read where they lie in the unit's flash.

Words may be read at a multiple of four, and there host_tools/romfs.py puts them. Elsewhere, as
where the sources themselves run, they are copied once.
Called by: the owners of packs (core/pack.py). What is in them: core/tablewords.py.
"""

from uctypes import addressof

from callclip.core import tablewords as words


def _readable(data):
    return data if addressof(data) % words.WORD_BYTES == 0 else bytearray(data)


_PLACE = memoryview(_readable(words.WORDS))
LOG = _PLACE[words.LOG : words.HANN]
HANN = _PLACE[words.HANN : words.SINES]
SINES = _PLACE[words.SINES : words.ZEROS]
COSINES = _PLACE[words.COSINES : words.ZEROS]
ZEROS = _PLACE[words.ZEROS : words.BIASES]  # of a spectrum in which nothing is
BIASES = _PLACE[words.BIASES :]
