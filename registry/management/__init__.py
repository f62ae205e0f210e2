"""The outermost shell: commands."""
