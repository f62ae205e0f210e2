"""The register read as FHIR R4 (4.0.1) under /fhir/: practitioners, their roles, organizations and flags."""
