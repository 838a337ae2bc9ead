"""Tools for whoever maintains the recordings: not needed to run, test or build callclip."""
