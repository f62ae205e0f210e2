"""Where sign-in keeps seals: the secrets of authenticator apps and of recovery codes."""

from allauth.mfa.models import Authenticator

from registry.actions.resealing import Place, key_of_vault
from registry.pages.sign_in.factors import Factors

_SECRETS = {Authenticator.Type.TOTP: "secret", Authenticator.Type.RECOVERY_CODES: "seed"}
_FIRST_BYTES = "decode(left(coalesce(data ->> 'secret', data ->> 'seed'), 12), 'base64')"


def _renew(row: Authenticator) -> None:
    factors, name = Factors(), _SECRETS[row.type]
    renewed = {**row.data, name: factors.encrypt(factors.decrypt(row.data[name]))}
    Authenticator.objects.filter(pk=row.pk).update(data=renewed)


PLACES = (Place("second factors", Authenticator.objects.filter(type__in=_SECRETS), key_of_vault(_FIRST_BYTES), _renew),)
