"""The pure part: integers only, no machine, no time, no files, no print."""
