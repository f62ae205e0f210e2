"""Appeals for programs: objections, panels, experts, repair, below /api/."""
