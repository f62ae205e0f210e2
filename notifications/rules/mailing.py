"""When e-mails go out, and what they may say: that something waits, and nothing about anybody."""

from datetime import time, timedelta

GATHERING = timedelta(minutes=2)
"""How long notices to a body are waited for, so that those of one decision go in one mail."""
APART = timedelta(minutes=15)
"""At least so long lies between two such mails to one user, however many notices there are."""
LINKS_APART = timedelta(minutes=5)
"""At least so long lies between two links that the same address is sent."""
LINKS_A_DAY = 5
"""So many links are sent for one user within 24 hours, to whichever addresses: nobody makes us write to strangers."""
DIGEST_DAY = 0
"""The day of the digest for who has not chosen one: Monday, as `date.weekday` counts."""
DIGEST_FROM = time(8)
"""From this hour in Shanghai the digests of the day go out."""
