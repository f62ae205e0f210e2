"""What everybody may read and ask without signing in."""
