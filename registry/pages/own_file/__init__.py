"""What a practitioner sees: the own file, what is kept in it, and what was asked to be corrected."""
