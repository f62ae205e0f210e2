"""What can be done: one keyword-only function per act, one transaction each, refused with a reason or done whole."""
