"""The firmware's viper kernels as the ESP32's own instructions, run and counted without a board.

mpyfile.py reads what mpy-cross made, stub.py and elf.py wrap it into a program, emulator.py runs
that in qemu-xtensa, trace.py counts, cycles.py estimates. Development only: not installed.
Called by: tests/xtensa, benches/bench_device.py. Page: docs/esp32.md.
"""
