"""What MicroPython runs after boot: the unit, for ever. Everything else is in callclip/."""

from callclip.app import run

run()
