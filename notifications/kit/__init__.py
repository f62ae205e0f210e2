"""What goes out of the house: a file for the developers of systems that receive."""
