"""What can be asked. Nothing here writes."""
