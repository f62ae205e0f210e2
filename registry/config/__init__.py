"""Plumbing: settings, addresses, workers, and the servers that come along. Nothing here knows the law."""
