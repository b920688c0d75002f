"""Tests of runs: one paid request, from form to result."""
