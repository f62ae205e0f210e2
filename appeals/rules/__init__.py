"""The rules of objections and peer review. Pure, and made of the standard library and the law only."""
