"""Start of the firmware, and its last line of defence: whatever fails, the unit comes back.

Called by: main.py, which MicroPython runs after each boot.
"""

import gc

import micropython

_EMERGENCY_BYTES = 128
_COLLECT_BYTES = 4096


def run():
    """Never returns: the unit listens until power-off, or restarts with the reason noted down. But
    in a start that was asked for with UPDATE it returns at once, and MicroPython's prompt opens."""
    # First of all, because each boot file turns it on again: the cable carries frames in which
    # 3 is a byte like any other, and must not stop the program.
    micropython.kbd_intr(-1)
    # A failure in a frame happens under the heap lock: room for what it has to say. Builds that
    # have such room anyway lack the function.
    if hasattr(micropython, "alloc_emergency_exception_buf"):
        micropython.alloc_emergency_exception_buf(_EMERGENCY_BYTES)
    # Collect often while modules are loaded: what stays then lies close together. Without this
    # the same program needs 80 KB more. The unit goes back to collecting when memory is full.
    gc.threshold(_COLLECT_BYTES)
    # Only now: loading these takes seconds on the chip, in which Ctrl-C would still count.
    from callclip.ports import watchdog

    if watchdog.is_prompt_asked_for():
        micropython.kbd_intr(3)
        gc.threshold(-1)
        return
    try:
        from callclip import unit

        unit.run()
    except Exception as error:
        watchdog.restart_with("{}: {}".format(type(error).__name__, error))
