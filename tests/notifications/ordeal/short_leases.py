"""For workers of the short form: what a worker had in hand when it died is due again within seconds, not a minute."""

from datetime import timedelta

from notifications.actions import claiming

claiming.LEASE = timedelta(seconds=6)
