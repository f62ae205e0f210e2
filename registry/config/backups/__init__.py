"""Backups of the register: made whole, closed to others, restored onto empty databases only, and proved by a drill."""
