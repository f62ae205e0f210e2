"""What a practitioner sees of appeals, from draft to decision, of repair and the study for it; and what experts see."""
