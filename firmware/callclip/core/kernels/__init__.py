"""The viper kernels: integers only, compiled to machine code, each function one loop over a buffer.

A viper int is the machine's word: 32 bits on the ESP32 and in the 32-bit VM, and it wraps in
silence. Every accumulator therefore states its bound; tests/core/test_extremes.py proves them by
running the same source on CPython with integers that refuse to leave 32 bits. tests/xtensa executes
each of them as the ESP32's instructions, and `make bench-device` counts those.
"""
