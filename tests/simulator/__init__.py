"""The simulator, asked over real HTTP."""
