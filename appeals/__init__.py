"""The practitioner answers back: objections, peer review, remediation."""
