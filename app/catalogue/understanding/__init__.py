"""Pasted text -> the models described in it; pure, nothing is fetched or saved."""
