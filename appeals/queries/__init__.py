"""What can be asked of appeals."""
