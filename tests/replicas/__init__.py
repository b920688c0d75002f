"""Several processes on one Postgres and one S3-compatible store."""
