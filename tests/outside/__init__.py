"""Tests of what is fetched from addresses that nobody vouches for."""
