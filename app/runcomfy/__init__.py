"""RunComfy over HTTP."""
