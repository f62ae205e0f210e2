"""Guided acts: a form, what would follow from it in words, a confirmation, and one call of one action."""
