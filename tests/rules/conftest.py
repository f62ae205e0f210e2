"""A quick profile of the properties, for the mutation run: few examples, the same ones every time."""

from hypothesis import settings

settings.register_profile("mutation", max_examples=8, derandomize=True, database=None, deadline=None)
