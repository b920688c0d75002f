"""The figures behind /metrics, one name each."""

from prometheus_client import Counter, Gauge, Histogram

UPSTREAM_REQUESTS = Counter(
    "playground_upstream_requests_total",
    "Requests to RunComfy by call and by how they ended.",
    ["call", "outcome"],
)
UPSTREAM_SECONDS = Histogram(
    "playground_upstream_seconds",
    "Seconds until RunComfy had answered.",
    ["call"],
    buckets=(0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120),
)
RUNS_ENDED = Counter(
    "playground_runs_ended_total", "Runs by the state in which they ended.", ["state"]
)
RUNS_WATCHED = Gauge("playground_runs_watched", "Runs that are being asked after.")
