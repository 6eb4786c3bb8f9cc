"""The identity provider of staff's single sign-on: OpenID Connect, the authorization code flow with PKCE."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import httpx
from authlib.common.errors import AuthlibBaseError
from authlib.integrations.httpx_client import AsyncOAuth2Client
from authlib.oidc.core.claims import CodeIDToken
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from bot.errors import AssistantError
from bot.staff.single_sign_on import Identity, has_second_factor, role_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.settings import Settings
    from bot.staff.records import Role
    from bot.staff.single_sign_on import SignOn

_SECONDS: Final = 10.0
_LEEWAY: Final = 60  # seconds that the provider's clock may be off
# Signatures by a key that only the provider has; "none" and those with a shared secret are not among them.
_ALGORITHMS: Final = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"]
_SCOPE: Final = "openid profile email"


class NotLetIn(AssistantError):  # noqa: N818 - reads as what it says
    """The provider says something that lets nobody in. ``why`` is for the audit log, without names."""

    def __init__(self, sentence: str, why: str) -> None:
        super().__init__(sentence)
        self.why = why


class IdentityProvider:
    """Asks the provider of the settings. What it says of itself is asked for at the first sign-in, and kept."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._issuer = settings.oidc_issuer.rstrip("/")
        self._roles: dict[str, Role] = roles_of(settings.oidc_roles)
        self._known: Mapping[str, Any] | None = None

    @property
    def is_set_up(self) -> bool:
        """Tell whether there is a provider."""
        return bool(self._issuer and self._settings.oidc_client_id)

    async def address(self, sign_on: SignOn, redirect_uri: str) -> str:
        """Return the address at the provider to which the browser is sent. Raises NotLetIn."""
        async with await self._client(redirect_uri) as client:
            address, _ = client.create_authorization_url(
                (await self._metadata())["authorization_endpoint"],
                state=sign_on.state,
                nonce=sign_on.nonce,
                code_verifier=sign_on.verifier,
            )
        return str(address)

    async def identity(self, sign_on: SignOn, code: str, redirect_uri: str) -> Identity:
        """Return who it is that came back with this code, which is empty where the provider refused.

        Raises NotLetIn where the provider's word is not enough.
        """
        if not code:
            raise NotLetIn("The identity provider did not let you in.", "refused by the provider")
        try:
            async with await self._client(redirect_uri) as client:
                token = await client.fetch_token(
                    (await self._metadata())["token_endpoint"],
                    code=code,
                    grant_type="authorization_code",
                    code_verifier=sign_on.verifier,
                )
            claims = await self._claims(token, sign_on.nonce)
        except (AuthlibBaseError, JoseError, httpx.HTTPError, ValueError, KeyError, TypeError) as error:
            raise NotLetIn(
                "The identity provider's answer cannot be accepted. Try again; if it stays so, tell an administrator.",
                type(error).__name__,
            ) from error
        role = role_of(claims, self._settings.oidc_role_claim, self._roles)
        if role is None:
            raise NotLetIn("Your account at the identity provider has no role here. Ask an administrator.", "no role")
        name = claims.get("preferred_username") or claims.get("email") or claims["sub"]
        return Identity(self._issuer, str(claims["sub"]), str(name), role, has_second_factor(claims))

    async def _client(self, redirect_uri: str) -> AsyncOAuth2Client:
        settings, secret = self._settings, self._settings.oidc_client_secret
        offered = (await self._metadata()).get("token_endpoint_auth_methods_supported", ["client_secret_basic"])
        method = "client_secret_basic" if "client_secret_basic" in offered else "client_secret_post"
        return AsyncOAuth2Client(
            settings.oidc_client_id,
            secret or None,
            scope=_SCOPE,
            redirect_uri=redirect_uri,
            token_endpoint_auth_method=method if secret else "none",
            code_challenge_method="S256",
            timeout=_SECONDS,
            trust_env=False,
        )

    async def _claims(self, token: Mapping[str, Any], nonce: str) -> Mapping[str, Any]:
        published: Any = await self._get((await self._metadata())["jwks_uri"])
        keys = KeySet.import_key_set(published)
        read = jwt.decode(token["id_token"], keys, algorithms=_ALGORITHMS)
        our_name = self._settings.oidc_client_id
        claims = CodeIDToken(
            read.claims,
            read.header,
            options={
                "iss": {"essential": True, "values": [self._issuer, f"{self._issuer}/"]},
                "aud": {"essential": True, "value": our_name},
                "sub": {"essential": True},
            },
            params={"nonce": nonce, "client_id": our_name, "access_token": token.get("access_token")},
        )
        claims.validate(leeway=_LEEWAY)
        return dict(claims)

    async def _metadata(self) -> Mapping[str, Any]:
        if self._known is None:
            found = await self._get(f"{self._issuer}/.well-known/openid-configuration")
            if str(found.get("issuer", "")).rstrip("/") != self._issuer:
                raise NotLetIn("OIDC_ISSUER is not what the identity provider calls itself.", "wrong issuer")
            self._known = found
        return self._known

    async def _get(self, address: str) -> Mapping[str, Any]:
        try:
            async with httpx.AsyncClient(timeout=_SECONDS, trust_env=False) as client:
                response = await client.get(address)
                response.raise_for_status()
                found: Mapping[str, Any] = response.json()
        except (httpx.HTTPError, ValueError) as error:
            raise NotLetIn(
                "The identity provider cannot be reached. Try again in a moment.", type(error).__name__
            ) from error
        return found


def roles_of(setting: str) -> dict[str, Role]:
    """Return which value of the claim is which role: those of OIDC_ROLES, else each role's own name."""
    if not setting:
        return {"viewer": "viewer", "reviewer": "reviewer", "admin": "admin"}
    pairs = (each.strip().rpartition("=") for each in setting.split(","))
    return {value: role for value, _, role in pairs}  # type: ignore[misc]  # the settings let only roles in
