"""What a practitioner sees of appeals: what they object to, and what they repair."""
