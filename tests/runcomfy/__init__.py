"""Tests of the room that speaks with RunComfy, over real HTTP."""
