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
_ADDRESS = re.compile(r"^[^@\s,<>]+@[^@\s,<>]+$")


class Settings(BaseSettings):
    """What an operator can set, by environment variable or in the file ``.env``. Unset, the default holds."""

    host: str = Field("127.0.0.1", description="Address that the gateway listens on")
    port: int = Field(8000, ge=1, le=65535, description="Port of the gateway")
    data_folder: Path = Field(ROOT / "var", description="Where the database, the secret and Rasa's tracker are kept")
    database_url: str = Field("", description="SQLAlchemy address; empty: SQLite in the data folder")

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
    trusted_proxies: str = Field("127.0.0.1", description="Proxies whose X-Forwarded-For is believed; comma-separated")

    clinic_name: str = Field("Parkview Spine & Pain", description="Named by the source document")
    clinic_phone: str = Field("", description="Shown where a visitor should call; empty: left out")
    clinic_address: str = Field("", description="Shown with the phone; empty: left out")
    staff_email: str = Field("", description="Addresses that are told of alarms, separated by commas; empty: no e-mail")
    smtp_host: str = Field("localhost", description="Mail server")
    smtp_port: int = Field(25, ge=1, le=65535, description="Its port")
    smtp_security: Literal["none", "starttls", "tls"] = Field("none", description="How the connection is encrypted")
    smtp_user: str = Field("", description="Name for the mail server; empty: none")
    smtp_password: str = Field("", description="Password for the mail server")
    smtp_from: str = Field("assistant@localhost", description="Sender of the e-mails")
    staff_webhook_url: str = Field("", description="Address that alarms are posted to; empty: none")
    staff_webhook_secret: str = Field("", description="Signs what is posted (HMAC-SHA256); empty: not signed")
    log_level: Literal["debug", "info", "warning", "error", "critical"] = Field("info", description="What is logged")

    class Config:  # noqa: D106 - pydantic's own place for options
        env_file = ROOT / ".env"
        env_file_encoding = "utf-8"

    @validator("encoder_path", pre=True)
    def _empty_is_unset(cls, value: object) -> object:  # noqa: N805 - pydantic passes the class
        return value or None

    @validator("data_folder", "model_folder", "encoder_path")
    def _below_the_project(cls, value: Path | None) -> Path | None:  # noqa: N805 - pydantic passes the class
        return ROOT / value if value else None

    @validator("staff_email", "smtp_from")
    def _addresses(cls, value: str) -> str:  # noqa: N805 - pydantic passes the class
        wrong = [each for each in value.split(",") if value and not _ADDRESS.match(each.strip())]
        if wrong:
            raise ValueError(f"{wrong[0].strip()!r} is no e-mail address; write it as 'nurse@clinic.example'")
        return value

    @validator("staff_webhook_url")
    def _web_address(cls, value: str) -> str:  # noqa: N805 - pydantic passes the class
        if value and not value.startswith(("https://", "http://")):
            raise ValueError(f"{value!r} is no web address; it begins with https://")
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
