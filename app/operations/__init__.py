"""What waits, what is stuck, what RunComfy answers, and how the house is, on one page."""
