"""The database: every table, the engine, the migrations."""
