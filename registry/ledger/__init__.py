"""Rows to facts, standing to projection: the only writer of both."""
