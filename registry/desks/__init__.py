"""Pages and data composed of all parts of the register."""
