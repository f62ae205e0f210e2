"""One module per path: ``run(practitioners)`` measures ours, the standard pattern and the limit by turns."""
