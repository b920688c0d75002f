"""The models and their input schemas."""
