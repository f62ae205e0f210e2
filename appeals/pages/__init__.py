"""The practitioner objects and appeals: what is possible, drafts, and what became of what was filed."""
