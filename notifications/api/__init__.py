"""Notices over the API: read, acknowledged, followed up; the systems that they are pushed to, and subscriptions."""
