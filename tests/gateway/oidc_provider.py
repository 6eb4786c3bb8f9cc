"""An OpenID Connect provider on this machine, with Authlib's server side: codes, PKCE, signed tokens.

Whoever comes is ``person``, without being asked. ``tamper`` may change claims and header before they are signed.
"""

from __future__ import annotations

import json
import secrets
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from authlib.common.security import generate_token
from authlib.oauth2.rfc6749 import AuthorizationServer, OAuth2Request
from authlib.oauth2.rfc6749.grants import AuthorizationCodeGrant
from authlib.oauth2.rfc6749.requests import BasicOAuth2Payload
from authlib.oauth2.rfc6750 import BearerTokenGenerator
from authlib.oauth2.rfc7636 import CodeChallenge
from authlib.oidc.core import OpenIDCode
from gateway.local_server import LocalServer
from joserfc import jwt
from joserfc.jwk import KeySet, OctKey, RSAKey
from starlette.applications import Starlette
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

if TYPE_CHECKING:
    from collections.abc import Callable

    from starlette.requests import Request

CLIENT_ID = "patient-assistant"
SECRET = secrets.token_urlsafe(24)
RETURN = "/staff/sso/return"


class Client:
    """The one client that the provider knows; it is sent back to one path alone."""

    client_id = CLIENT_ID

    @staticmethod
    def check_client_secret(secret: str) -> bool:
        return secret == SECRET

    @staticmethod
    def check_redirect_uri(uri: str) -> bool:
        return uri.endswith(RETURN)

    @staticmethod
    def check_response_type(kind: str) -> bool:
        return kind == "code"

    @staticmethod
    def check_grant_type(kind: str) -> bool:
        return kind == "authorization_code"

    @staticmethod
    def check_endpoint_auth_method(method: str, _endpoint: str) -> bool:
        return method in {"client_secret_basic", "client_secret_post"}

    @staticmethod
    def get_allowed_scope(scope: str) -> str:
        return scope

    @staticmethod
    def get_default_redirect_uri() -> None:
        return None


@dataclass
class Code:
    """A code that was given out."""

    code: str
    redirect_uri: str
    scope: str
    nonce: str
    code_challenge: str
    code_challenge_method: str
    auth_time: int = field(default_factory=lambda: int(time.time()))

    def get_redirect_uri(self) -> str:
        return self.redirect_uri

    def get_scope(self) -> str:
        return self.scope

    def get_nonce(self) -> str:
        return self.nonce

    def get_auth_time(self) -> int:
        return self.auth_time

    def get_acr(self) -> None:
        return None

    def get_amr(self) -> None:
        return None


class _Request(OAuth2Request):
    def __init__(self, method: str, url: str, headers: dict[str, str], args: dict[str, str], form: dict[str, str]):
        super().__init__(method, url.replace("http://", "https://"), headers=headers)
        self._args, self._form = args, form
        self.payload = BasicOAuth2Payload({**args, **form})

    @property
    def args(self) -> dict[str, str]:
        return self._args

    @property
    def form(self) -> dict[str, str]:
        return self._form


class Provider(AuthorizationServer):
    """The provider; ``server`` runs it, ``url`` is its issuer."""

    def __init__(self) -> None:
        super().__init__()
        self.codes: dict[str, Code] = {}
        self.key = RSAKey.generate_key(2048, {"kid": "one", "use": "sig", "alg": "RS256"})
        self.person: dict[str, Any] | None = {"sub": "1", "preferred_username": "kim", "roles": ["reviewer"]}
        self.tamper: Callable[[dict[str, Any], dict[str, Any]], Any] = lambda _claims, _header: None
        self.sign_with: RSAKey | OctKey = self.key
        self.register_token_generator("default", BearerTokenGenerator(lambda **_: generate_token(42)))
        self.register_grant(_grant(self), [CodeChallenge(required=True), _tokens(self)])
        self.server = LocalServer(
            Starlette(
                routes=[
                    Route("/.well-known/openid-configuration", self._metadata),
                    Route("/authorize", self._authorize),
                    Route("/token", self._token, methods=["POST"]),
                    Route("/keys", self._keys),
                ]
            )
        )
        self.url = self.server.url

    def query_client(self, client_id: str) -> Client | None:
        return Client() if client_id == CLIENT_ID else None

    def save_token(self, token: Any, request: Any) -> None: ...

    def send_signal(self, name: str, *args: Any, **kwargs: Any) -> None: ...

    def create_oauth2_request(self, request: _Request) -> _Request:
        return request

    def handle_response(self, status: int, body: Any, headers: Any) -> Response:
        text = json.dumps(body) if isinstance(body, dict) else body
        return Response(text, status, dict(headers))

    async def _metadata(self, _request: Request) -> Response:
        return JSONResponse(
            {
                "issuer": self.url,
                "authorization_endpoint": f"{self.url}/authorize",
                "token_endpoint": f"{self.url}/token",
                "jwks_uri": f"{self.url}/keys",
                "code_challenge_methods_supported": ["S256"],
            }
        )

    async def _keys(self, _request: Request) -> Response:
        return JSONResponse(KeySet([self.key]).as_dict(private=False))

    async def _authorize(self, request: Request) -> Response:
        asked = _Request("GET", str(request.url), dict(request.headers), dict(request.query_params), {})
        grant = self.get_consent_grant(asked, self.person)
        return self.create_authorization_response(asked, grant_user=self.person, grant=grant)

    async def _token(self, request: Request) -> Response:
        form = {name: str(value) for name, value in (await request.form()).items()}
        headers = {name.title(): value for name, value in request.headers.items()}
        return self.create_token_response(_Request("POST", str(request.url), headers, {}, form))


def _grant(provider: Provider) -> type[AuthorizationCodeGrant]:
    class Grant(AuthorizationCodeGrant):
        def save_authorization_code(self, code: str, request: _Request) -> None:
            asked = request.payload.data
            names = ("redirect_uri", "scope", "nonce", "code_challenge", "code_challenge_method")
            provider.codes[code] = Code(code, *(asked.get(name, "") for name in names))

        def query_authorization_code(self, code: str, _client: Client) -> Code | None:
            return provider.codes.get(code)

        def delete_authorization_code(self, authorization_code: Code) -> None:
            del provider.codes[authorization_code.code]

        def authenticate_user(self, _authorization_code: Code) -> Any:
            return provider.person

    return Grant


def _tokens(provider: Provider) -> OpenIDCode:
    class Tokens(OpenIDCode):
        def exists_nonce(self, nonce: str, _request: Any) -> bool:
            return any(code.nonce == nonce for code in provider.codes.values())

        def encode_id_token(self, _token: Any, request: Any) -> str:
            code = request.authorization_code
            now = int(time.time())
            claims = {"iss": provider.url, "aud": CLIENT_ID, "iat": now, "exp": now + 300, "nonce": code.nonce}
            claims |= provider.person or {}
            header = {"alg": "RS256", "kid": "one"}
            replaced = provider.tamper(claims, header)
            if isinstance(replaced, str):
                return replaced
            return jwt.encode(header, claims, provider.sign_with, [header["alg"]])

    return Tokens()
