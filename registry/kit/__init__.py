"""What goes out of the house: a file for whoever is shown a certificate and asks nobody."""
