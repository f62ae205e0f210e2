"""What notices ask: what is still to be told, and to whom."""
