"""The figures behind /metrics, one name each. No label holds a person, an id or a text."""

from prometheus_client import Counter, Gauge, Histogram

_TENTHS_TO_MINUTES = (0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120)

UPSTREAM_REQUESTS = Counter(
    "playground_upstream_requests_total",
    "Requests to RunComfy by call and by how they ended: 2xx, 4xx, no_answer and the like.",
    ["call", "outcome"],
)
UPSTREAM_SECONDS = Histogram(
    "playground_upstream_seconds",
    "Seconds until RunComfy had answered.",
    ["call"],
    buckets=_TENTHS_TO_MINUTES,
)
POLL_SECONDS = Histogram(
    "playground_poll_seconds",
    "Seconds until RunComfy had said how far a run is.",
    buckets=_TENTHS_TO_MINUTES,
)
SUBMIT_SECONDS = Histogram(
    "playground_submit_seconds",
    "Seconds from a run being saved, waiting included, until RunComfy had taken it.",
    buckets=(*_TENTHS_TO_MINUTES, 300, 900, 3600),
)
RUNS_ENDED = Counter(
    "playground_runs_ended_total", "Runs by the state in which they ended.", ["state"]
)
RUNS_WATCHED = Gauge("playground_runs_watched", "Runs that are being asked after.")

# What the database says, the same at every replica. Set when it is asked for.
RUNS = Gauge(
    "playground_runs", "Runs by state. Those at their end are counted now and then.", ["state"]
)
QUEUE_LENGTH = Gauge("playground_queue_length", "Runs that wait to be sent.")
RUNS_UNKNOWN = Gauge("playground_runs_unknown", "Runs in doubt, which a person decides about.")
SENDING_PAUSED = Gauge("playground_sending_paused", "1 while nothing is sent.")
REPLICAS = Gauge("playground_replicas", "Processes heard from within the last seconds.")
STORAGE_BYTES = Gauge("playground_storage_bytes", "Bytes kept, counted now and then.", ["what"])
STORAGE_FILES = Gauge("playground_storage_files", "Files kept, counted now and then.", ["what"])
DISK_FREE_BYTES = Gauge(
    "playground_disk_free_bytes", "Room left on the disk that holds the data folder."
)
BUILD = Gauge("playground_build_info", "1, with the release as its label.", ["version"])
UNKEPT_RESULTS = Gauge(
    "playground_unkept_results", "Results that RunComfy still has and that are not kept here yet."
)
UNKEPT_SOONEST_SECONDS = Gauge(
    "playground_unkept_soonest_seconds",
    "Seconds until RunComfy deletes the first of them; +Inf when all are kept.",
)
