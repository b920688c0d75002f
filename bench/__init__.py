"""The benchmarks: one file per figure, each against the real server as a process."""
