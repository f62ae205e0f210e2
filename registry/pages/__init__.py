"""Pages beside the office: plain Django templates, with little script and on any phone."""
