"""The one place that reads the environment. Every setting is named, typed and explained here and in .env.example."""

from __future__ import annotations

import functools
import os
import re
import secrets
from pathlib import Path
from typing import Literal

from pydantic import BaseSettings, Field, ValidationError, validator

from bot.errors import ConfigurationError

ROOT = Path(__file__).resolve().parent.parent
_ORIGIN = re.compile(r"^https?://[^/\s,?#@]+$", re.IGNORECASE)
_KEY = re.compile(r"^[A-Za-z0-9+/_-]{43}=?$")
_PROVIDER = re.compile(r"^(https://[^\s?#]+|http://(localhost|127\.0\.0\.1)(:\d+)?(/[^\s?#]*)?)$")
_ROLE = re.compile(r"^[^\s=,]+=(viewer|reviewer|admin)$")
_YEAR = 365  # days
_ADDRESS = re.compile(r"^[^@\s,<>]+@[^@\s,<>]+$")


class Settings(BaseSettings):
    """What an operator can set, by environment variable or in the file ``.env``. Unset, the default holds."""

    host: str = Field("127.0.0.1", description="Address that the gateway listens on")
    port: int = Field(8000, ge=1, le=65535, description="Port of the gateway")
    data_folder: Path = Field(ROOT / "var", description="Where the database, the secret and Rasa's tracker are kept")
    database_url: str = Field("", description="SQLAlchemy address; empty: SQLite in the data folder")
    contact_keys: str = Field(
        "", description="Keys of contact data, the first encrypts; empty: made in the data folder"
    )

    assistant_url: str = Field("http://127.0.0.1:5005", description="Where the gateway finds the assistant")
    assistant_secret: str = Field("", description="Shared by gateway and assistant; empty: made on the first start")
    assistant_timeout: float = Field(20.0, gt=0, description="Seconds that one turn of the assistant may take")
    actions_url: str = Field("http://127.0.0.1:5055", description="Where the assistant finds the action server")
    model_folder: Path = Field(ROOT / "models", description="Where trained models are kept")
    encoder_path: Path | None = Field(None, description="A folder with another copy of the encoder's weights")

    reply_wait: float = Field(25.0, gt=0, description="Seconds that a request waits for the reply before 'one moment'")
    rate_limit: Literal["on", "off"] = Field("on", description="off lifts the limits, for measuring")
    rate_limit_store: str = Field("memory://", description="memory:// or redis://...; shared by several gateways")
    rate_limit_conversation: str = Field("20/minute", description="Messages of one conversation")
    rate_limit_client: str = Field("120/minute", description="Calls of one client address")
    max_body_bytes: int = Field(131_072, ge=1024, description="Largest request body in bytes")
    max_text_characters: int = Field(10_000, ge=1, description="Longest message in characters")
    widget_origins: str = Field("", description="Origins of pages that may carry the widget; comma-separated")
    trusted_proxies: str = Field("127.0.0.1", description="Proxies whose X-Forwarded-For is believed; comma-separated")

    clinic_name: str = Field("Parkview Spine & Pain", description="Named by the source document")
    clinic_phone: str = Field("", description="Shown where a visitor should call; empty: left out")
    clinic_address: str = Field("", description="Shown with the phone; empty: left out")
    booking_file: Path | None = Field(None, description="The clinic's hours; empty: requests for a call back only")
    staff_calendar_secret: str = Field(
        "", description="Secret part of the address of the staff's calendar, 24 letters or more; empty: none"
    )
    staff_second_factor: Literal["admin", "all"] = Field("admin", description="Whose sign-in asks for a second factor")
    oidc_issuer: str = Field("", description="Identity provider of staff's single sign-on; empty: passwords alone")
    oidc_client_id: str = Field("", description="Our name at the provider")
    oidc_client_secret: str = Field("", description="Our password there")
    oidc_role_claim: str = Field("roles", description="Claim that tells a role; may be a path, as realm_access.roles")
    oidc_roles: str = Field(
        "", description="Which value of it is which role, as nurses=reviewer,it=admin; comma-separated"
    )
    retention_days: int = Field(0, ge=0, description="Days until a silent conversation is erased; 0: never")
    booking_retention_days: int = Field(
        0, ge=0, description="Days until an appointment that is over is erased; 0: never"
    )
    audit_retention_days: int = Field(0, ge=0, description="Days that the audit log is kept, 365 or more; 0: for ever")
    staff_email: str = Field("", description="Addresses that are told of alarms, separated by commas; empty: no e-mail")
    smtp_host: str = Field("localhost", description="Mail server")
    smtp_port: int = Field(25, ge=1, le=65535, description="Its port")
    smtp_security: Literal["none", "starttls", "tls"] = Field("none", description="How the connection is encrypted")
    smtp_user: str = Field("", description="Name for the mail server; empty: none")
    smtp_password: str = Field("", description="Password for the mail server")
    smtp_from: str = Field("assistant@localhost", description="Sender of the e-mails")
    staff_webhook_url: str = Field("", description="Address that alarms are posted to; empty: none")
    staff_webhook_secret: str = Field("", description="Signs what is posted (HMAC-SHA256); empty: not signed")
    twilio_account_sid: str = Field("", description="Twilio's account for text messages; empty: no SMS")
    twilio_auth_token: str = Field("", description="Its token, which signs what Twilio sends")
    sms_number: str = Field("", description="The clinic's number for text messages, as +15551234567")
    sms_messaging_service: str = Field("", description="Twilio's messaging service; empty: the number itself sends")
    sms_wait: float = Field(8.0, gt=0, le=12, description="Seconds that Twilio waits for a reply at most")
    twilio_api_url: str = Field("https://api.twilio.com", description="Where texts are handed over")
    public_url: str = Field("", description="Address of the gateway as others see it, as https://chat.clinic.example")
    log_level: Literal["debug", "info", "warning", "error", "critical"] = Field("info", description="What is logged")

    class Config:  # noqa: D106 - pydantic's own place for options
        env_file = ROOT / ".env"
        env_file_encoding = "utf-8"

    @validator("encoder_path", "booking_file", pre=True)
    def _empty_is_unset(cls, value: object) -> object:  # noqa: N805 - pydantic passes the class
        return value or None

    @validator("data_folder", "model_folder", "encoder_path", "booking_file")
    def _below_the_project(cls, value: Path | None) -> Path | None:  # noqa: N805 - pydantic passes the class
        return ROOT / value if value else None

    @validator("widget_origins")
    def _origins(cls, value: str) -> str:  # noqa: N805 - pydantic passes the class
        wrong = [each for each in value.split(",") if value and not _ORIGIN.match(each.strip())]
        if wrong:
            raise ValueError(
                f"{wrong[0].strip()!r} is no origin; write it as 'https://www.clinic.example', without a path"
            )
        return value

    @validator("staff_email", "smtp_from")
    def _addresses(cls, value: str) -> str:  # noqa: N805 - pydantic passes the class
        wrong = [each for each in value.split(",") if value and not _ADDRESS.match(each.strip())]
        if wrong:
            raise ValueError(f"{wrong[0].strip()!r} is no e-mail address; write it as 'nurse@clinic.example'")
        return value

    @validator("staff_calendar_secret")
    def _long_enough(cls, value: str) -> str:  # noqa: N805 - pydantic passes the class
        if value and not re.fullmatch(r"[A-Za-z0-9_-]{24,}", value):
            raise ValueError("it needs 24 or more letters, digits, '-' or '_', as 'openssl rand -hex 24' makes them")
        return value

    @validator("contact_keys")
    def _keys(cls, value: str) -> str:  # noqa: N805 - pydantic passes the class
        if value and not all(_KEY.match(each.strip()) for each in value.split(",")):
            raise ValueError("each key must be 32 bytes in base64, as 'openssl rand -base64 32' makes them")
        return value

    @validator("oidc_issuer")
    def _provider(cls, value: str) -> str:  # noqa: N805 - pydantic passes the class
        if value and not _PROVIDER.match(value):
            raise ValueError("it begins with https:// (or http:// on this machine), and has neither '?' nor '#'")
        return value

    @validator("oidc_roles")
    def _roles(cls, value: str) -> str:  # noqa: N805 - pydantic passes the class
        wrong = [each for each in value.split(",") if value and not _ROLE.match(each.strip())]
        if wrong:
            raise ValueError(f"{wrong[0].strip()!r} is not VALUE=ROLE with one of the roles viewer, reviewer, admin")
        return value

    @validator("audit_retention_days")
    def _a_year(cls, value: int) -> int:  # noqa: N805 - pydantic passes the class
        if 0 < value < _YEAR:
            raise ValueError(f"the audit log is kept for {_YEAR} days at least, or with 0 for ever")
        return value

    @validator("staff_webhook_url")
    def _web_address(cls, value: str) -> str:  # noqa: N805 - pydantic passes the class
        if value and not value.startswith(("https://", "http://")):
            raise ValueError(f"{value!r} is no web address; it begins with https://")
        return value

    @validator("sms_number")
    def _a_number(cls, value: str) -> str:  # noqa: N805 - pydantic passes the class
        if value and not re.fullmatch(r"\+[1-9]\d{6,14}", value):
            raise ValueError(f"{value!r} is no number; write it with its country, without blanks, as '+15551234567'")
        return value

    @validator("public_url", "twilio_api_url")
    def _an_address(cls, value: str) -> str:  # noqa: N805 - pydantic passes the class
        if value and not re.fullmatch(r"https?://[^\s?#@]+", value):
            raise ValueError(f"{value!r} is no web address; write it as 'https://chat.clinic.example'")
        return value.rstrip("/")

    @validator("public_url", always=True)
    def _all_for_sms(cls, value: str, values: dict[str, object]) -> str:  # noqa: N805 - pydantic passes the class
        needed = {name: values.get(name) for name in ("twilio_account_sid", "twilio_auth_token", "sms_number")}
        missing = [name.upper() for name, given in {**needed, "public_url": value}.items() if not given]
        if any(needed.values()) and missing:
            raise ValueError(f"text messages need {', '.join(missing)} as well")
        return value

    @validator("log_level", pre=True)
    def _any_case(cls, value: str) -> str:  # noqa: N805 - pydantic passes the class; Rasa's command line sets INFO
        return value.lower()

    @validator("rate_limit_conversation", "rate_limit_client")
    def _a_rate(cls, value: str) -> str:  # noqa: N805 - pydantic passes the class
        from limits import parse  # noqa: PLC0415 - only a changed rate needs the library here

        try:
            parse(value)
        except ValueError:
            raise ValueError(f"{value!r} is no rate; write it as '20/minute'") from None
        return value

    @property
    def database(self) -> str:
        """The database's address: the one that is set, else SQLite in the data folder."""
        return self.database_url or f"sqlite:///{self.data_folder / 'assistant.sqlite3'}"

    @property
    def widget_pages(self) -> tuple[str, ...]:
        """The origins of pages that may carry the widget, as a browser writes them."""
        return tuple(each.strip().lower() for each in self.widget_origins.split(",") if each.strip())

    @property
    def has_sms(self) -> bool:
        """Whether text messages are set up."""
        return bool(self.twilio_account_sid)

    @property
    def cache_folder(self) -> Path:
        """Where training keeps what it can use again."""
        return self.model_folder / ".cache"

    @property
    def triage_folder(self) -> Path:
        """Where the trained second line of triage is kept."""
        return self.model_folder / "triage"

    @property
    def spool_folder(self) -> Path:
        """Where messages are kept while the database cannot be reached."""
        return self.data_folder / "spool"

    @property
    def how_to_reach_us(self) -> str:
        """How to reach the clinic, as the end of "please ...", naming only what is set."""
        where = f" at {self.clinic_address}" if self.clinic_address else ""
        if self.clinic_phone:
            return f"call {self.clinic_name} at {self.clinic_phone}" + (f", or visit us{where}" if where else "")
        return f"contact the office of {self.clinic_name}{where}"

    @property
    def how_to_reach_us_in_spanish(self) -> str:
        """The same in Spanish, as a sentence without its full stop."""
        where = f" en {self.clinic_address}" if self.clinic_address else ""
        if self.clinic_phone:
            return f"Llame a {self.clinic_name} al {self.clinic_phone}" + (f" o visítenos{where}" if where else "")
        return f"Comuníquese con la oficina de {self.clinic_name}{where}"

    def prepare_data_folder(self) -> None:
        """Create the data folder and, if no secret is set, the secret in it.

        Raises ConfigurationError where the folder cannot be written.
        """
        secret = self._secret_file
        try:
            self.data_folder.mkdir(parents=True, exist_ok=True)
            probe = self.data_folder / f".writable-{os.getpid()}"
            probe.touch()
            probe.unlink()
            if not self.assistant_secret and not secret.exists():
                descriptor = os.open(secret, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
                with os.fdopen(descriptor, "w") as file:
                    file.write(secrets.token_urlsafe(32))
        except FileExistsError:
            pass  # another process made the secret in the same moment
        except OSError as error:
            raise ConfigurationError(
                f"The data folder {self.data_folder} cannot be written ({error.strerror}); "
                "give this user write access or set DATA_FOLDER to another folder."
            ) from error

    @property
    def shared_secret(self) -> str:
        """The secret that gateway and assistant share. Raises ConfigurationError if there is none yet."""
        if self.assistant_secret:
            return self.assistant_secret
        try:
            return self._secret_file.read_text().strip()
        except OSError as error:
            raise ConfigurationError(
                f"No shared secret: set ASSISTANT_SECRET, or start with 'python -m bot serve', which writes "
                f"{self._secret_file}."
            ) from error

    @property
    def _secret_file(self) -> Path:
        return self.data_folder / "assistant-secret"


@functools.cache
def load_settings() -> Settings:
    """Return the settings. Raises ConfigurationError naming each wrong setting."""
    try:
        return Settings()  # type: ignore[call-arg]  # all fields have defaults; pydantic 1 cannot tell mypy
    except ValidationError as error:
        wrong = "; ".join(f"{str(item['loc'][0]).upper()}: {item['msg']}" for item in error.errors())
        raise ConfigurationError(f"Wrong setting (environment or .env): {wrong}.") from error
