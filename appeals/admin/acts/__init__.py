"""Acts of appeals in the office."""
