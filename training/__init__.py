"""Where the net's weights and the thresholds come from: `make train`, `make tune`. Host only.

Nothing here runs on a unit. It reads the tuning part of the labelled world and writes
firmware/callclip/core/weights.py.
"""
