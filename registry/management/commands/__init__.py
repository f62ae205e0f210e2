"""One file per command; each explains itself with ``--help``."""
