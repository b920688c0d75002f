"""A stand-in RunComfy, so that nothing has to be paid for trying things out."""
