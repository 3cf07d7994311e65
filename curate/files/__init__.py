"""Bytes to records and back: containers, limits, JSON text, atomic outputs."""
