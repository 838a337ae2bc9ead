include(boards/mpconfigboard_esp32_common.cmake)
list(APPEND SDKCONFIG_DEFAULTS ${MICROPY_BOARD_DIR}/../sdkconfig.callclip)
