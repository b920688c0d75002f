"""The real parts that tests stand on: a Postgres, an S3 store, a Chromium, the product itself."""
