"""What a practitioner sees of appeals: objections and appeals from draft to decision, repair, and the study for it."""
