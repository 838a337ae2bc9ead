// MicroPython for a callclip unit: the application runs from a ROMFS partition.
#define MICROPY_HW_BOARD_NAME "callclip ESP32"
#define MICROPY_HW_MCU_NAME "ESP32"
#define MICROPY_VFS_ROM (1)
