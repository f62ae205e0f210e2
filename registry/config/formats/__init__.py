"""How days and times are written where it differs from the framework's way."""
