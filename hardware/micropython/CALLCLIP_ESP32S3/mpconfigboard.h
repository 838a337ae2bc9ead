// MicroPython for a callclip unit: the application runs from a ROMFS partition.
#define MICROPY_HW_BOARD_NAME "callclip ESP32S3"
#define MICROPY_HW_MCU_NAME "ESP32S3"
#define MICROPY_VFS_ROM (1)
#define MICROPY_HW_ENABLE_UART_REPL (1)
