"""What can be done in appeals: one keyword-only function per act, by noun."""
