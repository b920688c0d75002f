"""Tests of app/chores."""
