"""The database behind its second wall: Django's PostgreSQL, whose session sees what the moment may see."""
