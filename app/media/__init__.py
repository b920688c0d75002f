"""Bytes that stay: results and what is made of them."""
