"""mpremote, at the rate of the unit's line: by itself it knows 115,200 baud and no other.

Run as a program, `python -m host_tools.mpremoteline BAUD WORDS...`, as mpremote is: it ends its
process when it is done. Called by: cmd_update. Ref: host_tools/serialline.py (CALLCLIP_BAUD).
"""

import sys

from mpremote import commands, main
from mpremote.transport_serial import SerialTransport


def run(baud, words):
    class Transport(SerialTransport):
        def __init__(self, device, baudrate=baud, **options):
            super().__init__(device, baudrate=baud, **options)

    commands.SerialTransport = Transport
    sys.argv = ["mpremote", *words]
    return main.main()


if __name__ == "__main__":
    sys.exit(run(int(sys.argv[1]), sys.argv[2:]))
