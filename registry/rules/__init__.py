"""The law: who stands where on which day, and why. Pure, and made of the standard library only."""
