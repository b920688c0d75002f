"""Servers killed at random under load, with faults on every side; then the books are compared."""
