"""What goes over the wire: letters, their signatures, and the connection that carries them."""
