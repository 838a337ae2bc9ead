"""What a frame costs on the ESP32, without one: parts of benches/bench_device.py."""
