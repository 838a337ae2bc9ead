# Every command of the project. `make help` lists them.
# Two to know: `make run` shows the product at work, `make test` checks everything.

PYTHON ?= python3
BIN := .venv/bin
# The stubs of MicroPython's standard library lie here, in the place of CPython's.
SITE_PACKAGES := 'import sysconfig; print(sysconfig.get_path("purelib"))'

.DEFAULT_GOAL := help
.NOTPARALLEL:
.PHONY: help setup setup-dev run test pytest lint types format bench bench-sim bench-detection
.PHONY: bench-link bench-flash bench-privacy soak bench-device world train tune firmware image pictures clean

help: ## this list
	@awk -F ' ## ' '/^[a-z-]+:.* ## / {sub(/:.*/, "", $$1); printf "  make %-15s %s\n", $$1, $$2}' Makefile

setup: ## .venv and the MicroPython VM; every command below does it by itself
	@$(PYTHON) host_tools/bootstrap.py run

setup-dev: ## the same, with what the tests need
	@$(PYTHON) host_tools/bootstrap.py dev

run: setup ## a morning at the desk: five calls, the bead live, the log pulled, the report
	@$(BIN)/callclip demo

test: lint types pytest ## everything that must hold

pytest: setup-dev ## the tests alone; ARGS=… for pytest, as in ARGS="tests/core -x"
	@$(BIN)/python -m pytest $(ARGS)

lint: setup-dev ## ruff: style and formatting
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .

types: setup-dev ## pyright: firmware/ against what the ESP32's MicroPython has
	@$(BIN)/pyright --pythonpath $(BIN)/python --typeshedpath "$$($(BIN)/python -c $(SITE_PACKAGES))"

format: setup-dev ## ruff: put style and formatting right
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .

bench: bench-sim bench-detection bench-device bench-flash bench-link ## every measurement; results in build/bench/

bench-sim: setup-dev ## speed of `callclip sim run`
	@$(BIN)/python -m benches.bench_sim

bench-detection: ## how right every event, flag and level is, beside its peers; PAGE=1 writes the page
	@$(PYTHON) host_tools/bootstrap.py bench
	@$(BIN)/python -m benches.detection $(if $(PAGE),--page) $(ARGS)

bench-link: setup-dev ## how much of a serial line of 921,600 and 115,200 baud a pull uses
	@$(BIN)/python -m benches.bench_link

soak: setup-dev ## faults by the million, SOAK_MINUTES=20 and until each is tried often enough: soak.json
	@$(BIN)/python -m benches.soak

bench-privacy: setup-dev ## eight hours of sound, HOURS=8, through a virtual unit: does its log hold any?
	@$(BIN)/python -m benches.bench_privacy

bench-device: setup-dev ## instructions, cycles and memory of a frame on the ESP32, without one
	@$(BIN)/python -m benches.bench_device

bench-flash: setup-dev ## what the log costs the flash: bytes a call, days kept, erases, its life
	@$(BIN)/python -m benches.bench_flash $(ARGS)

world: ## the labelled world under build/world: 400 calls from a seed; ARGS="--part tuning --calls 50"
	@$(PYTHON) host_tools/bootstrap.py world
	@$(BIN)/python -m simulator.world $(ARGS)

train: ## the net's weights, learned anew on the tuning part (two hours on two cores)
	@$(PYTHON) host_tools/bootstrap.py train
	@$(BIN)/python -m training fit $(ARGS)

tune: ## the thresholds of core/tuning.py: tries others on the tuning part, tells what each gains
	@$(PYTHON) host_tools/bootstrap.py train
	@$(BIN)/python -m training tune $(ARGS)

firmware: setup ## what is flashed: the compiled modules and their ROMFS, with a table of sizes
	@$(BIN)/python -m host_tools.firmware

image: setup ## the unit's file system, for flashing and for the virtual unit
	@$(BIN)/callclip image

pictures: setup-dev ## the README's pictures, made anew
	@$(BIN)/python -m tests.browser.pictures

clean: ## remove everything that was built or installed here
	rm -rf build .venv *.egg-info
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
