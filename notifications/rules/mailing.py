"""When e-mails go out, and what they may say: that something waits, and nothing about anybody."""

from datetime import timedelta

GATHERING = timedelta(minutes=2)
"""How long notices to a body are waited for, so that those of one decision go in one mail."""
APART = timedelta(minutes=15)
"""At least so long lies between two such mails to one user, however many notices there are."""
