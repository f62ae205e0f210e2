"""How somebody comes in: name and password, a second factor, and both again before what cannot be taken back."""
