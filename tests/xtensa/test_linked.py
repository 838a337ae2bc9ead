"""What is flashed is what was proved: linking leaves each kernel's machine code as it was."""

from host_tools import image, linker
from simulator.xtensa import kernels, mpyfile


def test_a_linked_kernel_is_the_same_machine_code(tmp_path):
    linked = linker.link(image.firmware_files())["/callclip/core/kernels/__init__.py"]
    source = tmp_path / "kernels.py"
    source.write_bytes(linked)
    flashed = mpyfile.viper_functions(source)
    assert sorted(flashed.values()) == sorted(kernels.machine_code().values())
