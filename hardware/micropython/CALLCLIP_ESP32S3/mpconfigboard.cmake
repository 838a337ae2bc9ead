include(boards/mpconfigboard_esp32s3_common.cmake)
list(APPEND SDKCONFIG_DEFAULTS ${MICROPY_BOARD_DIR}/../sdkconfig.callclip)
