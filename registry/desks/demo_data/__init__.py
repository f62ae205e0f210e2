"""A register full of invented people, for trying and for showing.

`load` fills an empty register: regions, agencies, institutions, practitioners, and a history that was made by the same
acts that officers do, at the instants at which they would have done them. Nobody in it exists.
"""

from registry.desks.demo_data.loading import FEWEST, DemoResult, already_loaded, load, load_without_history
from registry.desks.demo_data.places import homes

__all__ = ["FEWEST", "DemoResult", "already_loaded", "homes", "load", "load_without_history"]
