"""What an expert sees: cases with the file without names, the vote step by step, opinions, days and conflicts."""
