"""Who is told of what, when it is tried again, and where it may go: pure, like the law. Standard library only."""
