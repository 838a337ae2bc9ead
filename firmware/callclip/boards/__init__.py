"""One file a board: its GPIO numbers. Which one is in force: callclip/board.py."""
