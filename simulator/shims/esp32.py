"""Stands in for the ESP32's `esp32` in the virtual unit's VM: the log's partition, if there is one.

Called by: firmware/callclip/ports/logpartition. Ref: MicroPython documentation, module esp32.
"""


class Partition:
    TYPE_APP, TYPE_DATA = 0, 1
    by_label = {}  # label -> block device, filled by bootstrap

    @staticmethod
    def find(type=0, subtype=255, label=None, block_size=4096):
        device = Partition.by_label.get(label)
        return [device] if device and type == Partition.TYPE_DATA else []
