"""The scenes the simulator can draw, a file each."""
