"""Finished media, browsed."""
