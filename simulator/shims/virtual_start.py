"""Builds the world of the virtual unit's VM, mounts the flash, runs its /main.py.

`main` is given a JSON file with the unit's parameters, written by simulator/device.py. After
`mount` the VM sees nothing of this computer but what is already open or mapped.
Called by: bootstrap.
"""

import io
import json
import sys

import vfs

_ROM = "/rom"  # where MicroPython mounts a ROMFS when it starts


def _parameters(path):
    with open(path) as file:
        params = json.load(file)

    def keep(kept):
        with open_host(params["kept_file"], "w") as file:
            json.dump(kept, file)

    open_host = vfs.VfsPosix("/").open  # still there when the flash has become the root
    params["keep"] = keep
    params["open_host"] = open_host
    return params


def _sound(params):
    from virtual_mics import Sound

    slots = open(params["slots"], "rb") if params["slots"] else None
    floor = open(params["floor"], "rb")
    return Sound(slots, params["n_slots"], floor, params["n_floor_slots"], params["n_repeats"])


def _run_main(world):
    """What /main.py ended with, as the prompt tells it: it should not end at all."""
    told = io.BytesIO()
    try:
        with open("/main.py") as file:
            code = compile(file.read(), "/main.py", "exec")
        exec(code, {"__name__": "__main__"})
    except Exception as error:
        sys.print_exception(error, told)
        sys.print_exception(error, sys.stderr)
    words = told.getvalue()
    world.tell("prompt", words.decode())
    return words


def main(path):
    params = _parameters(path)
    import virtual_world

    world = virtual_world.begin(params)
    import time  # noqa: F401  now, while the shims can be found

    import esp32
    import machine
    import virtual_prompt
    import virtual_rom
    from virtual_flash import ImageFlash

    machine.I2S.sound = _sound(params)
    flash = ImageFlash(params["image"], params["block_bytes"], params["erase_ms"])
    rom = ImageFlash(params["rom"], params["block_bytes"], params["erase_ms"])
    if params["log_image"]:
        log = ImageFlash(params["log_image"], params["block_bytes"], params["erase_ms"])
        esp32.Partition.by_label["calllog"] = log
    vfs.umount("/")
    vfs.mount(vfs.VfsLfs2(flash), "/")
    sys.path[:] = ["", ".frozen", "/lib"]
    if virtual_rom.mount(params["rom"], params["n_rom_bytes"], _ROM):
        sys.path.append(_ROM)
        sys.path.append(_ROM + "/lib")
    world.tell("boot", params["boot"])
    if params["look_every_ms"]:
        world.look_at_heap()  # before the firmware: the stand-ins alone
    virtual_prompt.Prompt(rom, _run_main(world)).run()
