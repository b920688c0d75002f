"""Addresses that nobody vouches for: asked without trust, bounded in every way."""
