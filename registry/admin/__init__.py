"""The office: lists, files and guided acts for officers. Every act is a button that calls one action."""
