"""What is asked between registers: about letters and accounts of ours, and where to ask for theirs."""
