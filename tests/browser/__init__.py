"""Whole flows in Chromium, over a real server and a real simulator."""
