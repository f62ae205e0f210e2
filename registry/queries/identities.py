"""Which account is opened from the provider of identities."""

from registry.models import User


def account_of_identity(server: str, identifier: str) -> User | None:
    """The active account whose holder the issuer `server` calls `identifier`; None for anybody else."""
    if not identifier:
        return None
    return User.objects.filter(
        outside_identity__server=server, outside_identity__identifier=identifier, is_active=True
    ).first()
