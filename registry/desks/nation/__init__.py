"""A register the size of a nation, for measuring and for looking at: written straight into the tables.

`load` fills an empty register with any number of people in one transaction. Who they are follows from the demo's names
and numbers; what they have been given is computed by the same law, chain and projection as everywhere. What takes acts
of officers to tell (objections, panels, repair) is not in it: that is the demo (registry.desks.demo_data).
"""

from registry.desks.nation.loading import MANY, NotEmpty, analyze, load
from registry.desks.nation.plan import Nation

__all__ = ["MANY", "Nation", "NotEmpty", "analyze", "load"]
