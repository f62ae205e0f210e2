"""What a practitioner sees of notices."""
