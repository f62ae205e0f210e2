"""Which files are taken as evidence, told by their content and never by their names.

Taken are what people have: PDF and OFD, the common pictures, and office files of today's and yesterday's programs.
Refused is what could do something by itself where it is opened, and what nobody could open. Plain text is refused
too: its content cannot tell a note from a program, and a statement has its own field.

Made of the standard library alone. The libraries that name types (puremagic, filetype, python-magic) know hundreds of
them and none of what matters here, macros, actions, passwords, packed sizes; and what they say of office files hangs
on the order inside the package. Our fourteen types take fewer lines than asking them would.

This is no search for viruses. What each check cannot see is said where it is made (`packed`, `compound`, `pdf`). So
files stay sealed, are handed out only as attachments with the media type found here, and are never opened by us.
"""

from registry.rules.attachments.accepting import accepted, kind_of
from registry.rules.attachments.kinds import KINDS, REASONS, FileKind, NotAccepted
from registry.rules.attachments.names import safe_name

__all__ = ["KINDS", "REASONS", "FileKind", "NotAccepted", "accepted", "kind_of", "safe_name"]
