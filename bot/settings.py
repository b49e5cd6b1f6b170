"""The settings that a process runs with, each checked by itself. `read_settings` fills them in."""

from __future__ import annotations

import re
from email.headerregistry import Address
from pathlib import Path
from typing import Annotated
from urllib.parse import unquote, urlsplit

from pydantic import Field, SecretStr, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from core.email_address import NotAnAddress, address_of
from core.tokens import Tokens
from web.client_address import NO_PROXIES, TrustedProxies, read_trusted_proxies

_SHORTEST_KEY = 16
_SHORTEST_SECRET = 32
_KEY_NAME = re.compile(r"[A-Za-z0-9][\w.-]{0,39}")


class Settings(BaseSettings):
    """Environment variables, or lines of `.env`. A group left out switches that integration off."""

    model_config = SettingsConfigDict(
        env_file=".env",
        extra="ignore",
        frozen=True,
        hide_input_in_errors=True,
        env_ignore_empty=True,
        str_strip_whitespace=True,
    )

    database_url: str = "sqlite:///var/ombud.db"
    base_url: str = "http://127.0.0.1:8080"
    host: str = "127.0.0.1"
    port: int = Field(8080, ge=0, le=65535)
    policy_file: Path = Path("policy.yaml")
    clock_file: Path | None = None
    """Demo and tests: a file with seconds to add to the real time."""
    alarm_after_minutes: int = Field(5, ge=1, le=1440)
    """How long a channel may stand still, or a platform take nothing, before managers are told."""
    metrics_key: SecretStr | None = None
    """Who sends it as a bearer token may read `/metrics`; left out: callers on this machine alone."""
    log_format: str = Field("text", pattern="^(text|json)$")

    slack_bot_token: SecretStr | None = None
    slack_signing_secret: SecretStr | None = None
    slack_app_token: SecretStr | None = None
    slack_api_url: str = "https://slack.com/api/"

    teams_app_id: str | None = None
    """The bot's Microsoft app id (client id), a GUID."""
    teams_app_password: SecretStr | None = None
    teams_tenant_id: str | None = None
    """The company's tenant, a GUID: activities of any other tenant are refused."""
    teams_openid_url: str = "https://login.botframework.com/v1/.well-known/openidconfiguration"
    """The OpenID document that names the keys which sign what Teams sends."""
    teams_login_url: str = "https://login.microsoftonline.com"
    """Where the bot gets its own tokens."""
    teams_service_url: str = "https://smba.trafficmanager.net/teams/"
    """Where messages go to conversations that Teams hasn't told us of yet."""

    api_keys: Annotated[dict[str, SecretStr], NoDecode] = Field(default_factory=dict)
    """`name:key` pairs with commas between; the name is written to the timeline."""
    stripe_webhook_secret: SecretStr | None = None

    trusted_proxies: Annotated[TrustedProxies, NoDecode] = NO_PROXIES
    """How many proxies stand before Ombud, or their networks: whose `X-Forwarded-For` is believed."""
    secret_key: Annotated[tuple[SecretStr, ...], NoDecode] = ()
    """Signs links, forms and reply addresses; several with commas between, the newest first."""
    evidence_url: str | None = None
    """`file:///var/lib/ombud/evidence` or `s3://bucket/prefix`; left out: a folder beside the database."""
    clamd_url: str | None = None
    """`tcp://host:3310` or `unix:///run/clamav/clamd.ctl`."""

    smtp_url: SecretStr | None = None
    """`smtp://user:password@host:587` (STARTTLS demanded, except on loopback), `smtps://…:465` or `smtp+plain://…`."""
    mail_domain: str | None = None
    """Replies come to addresses of this domain."""
    mail_from: str | None = None
    """The sender's address of mails; left out: `disputes@` the mail domain."""
    mail_listen: str | None = None
    """`lmtp://127.0.0.1:8024` or `smtp://…`: where the company's mail server relays the domain to."""
    mail_webhook_secret: SecretStr | None = None
    mail_trusted_server: str | None = None
    """The name by which the company's mail server signs its Authentication-Results."""
    mail_templates: Path | None = None
    """A folder whose templates replace ours."""

    @field_validator("api_keys", mode="before")
    @classmethod
    def _split_keys(cls, value: object) -> object:
        if not isinstance(value, str):
            return value
        keys: dict[str, str] = {}
        for pair in filter(None, (pair.strip() for pair in value.split(","))):
            name, _, key = (part.strip() for part in pair.partition(":"))
            if not _KEY_NAME.fullmatch(name) or len(key) < _SHORTEST_KEY:
                raise ValueError(
                    "write it as name:key, the key at least 16 characters, with commas between pairs. "
                    "A name has letters, digits, “_”, “.” and “-”."
                )
            if name in keys or key in keys.values():
                raise ValueError("a name or a key stands there twice. Give each caller its own.")
            keys[name] = key
        return keys

    @field_validator("trusted_proxies", mode="before")
    @classmethod
    def _read_proxies(cls, value: object) -> object:
        return read_trusted_proxies(value) if isinstance(value, str) else value

    @field_validator("metrics_key")
    @classmethod
    def _long_enough(cls, value: SecretStr | None) -> SecretStr | None:
        if value is not None and len(value.get_secret_value()) < _SHORTEST_KEY:
            raise ValueError("write at least 16 characters. Make one with: openssl rand -hex 32")
        return value

    @field_validator("secret_key", mode="before")
    @classmethod
    def _split_secrets(cls, value: object) -> object:
        if not isinstance(value, str):
            return value
        keys = tuple(filter(None, (key.strip() for key in value.split(","))))
        if any(len(key) < _SHORTEST_SECRET for key in keys):
            raise ValueError("each key needs at least 32 characters. Make one with: openssl rand -hex 32")
        return keys

    @field_validator("mail_from")
    @classmethod
    def _one_address(cls, value: str | None) -> str | None:
        """An address without a name: the company's name is put before it in each mail."""
        try:
            return Address(addr_spec=address_of(value.strip())).addr_spec if value else None
        except ValueError:
            raise ValueError("write one address without a name, like disputes@example.com.") from None

    @field_validator("mail_domain")
    @classmethod
    def _one_domain(cls, value: str | None) -> str | None:
        try:
            return address_of(f"case@{value}").partition("@")[2].lower() if value else None
        except NotAnAddress:
            raise ValueError("write a domain, like mail.example.com.") from None

    @field_validator("slack_api_url", "base_url")
    @classmethod
    def _normalise_slash(cls, value: str, info: object) -> str:
        name = getattr(info, "field_name", "")
        return value.rstrip("/") + ("/" if name == "slack_api_url" else "")

    @property
    def has_slack(self) -> bool:
        return self.slack_bot_token is not None

    @property
    def has_pages(self) -> bool:
        """Whether customers have links, pages and a way to hand in evidence."""
        return bool(self.secret_key)

    @property
    def has_mail(self) -> bool:
        return self.smtp_url is not None

    @property
    def has_teams(self) -> bool:
        return self.teams_app_id is not None

    @property
    def evidence_location(self) -> str:
        """The URL of the evidence store: as set, or a folder beside the database."""
        if self.evidence_url:
            return self.evidence_url
        file = self.database_url.removeprefix("sqlite:///")
        folder = Path(file).parent if file != self.database_url else Path("var")
        return (folder / "evidence").absolute().as_uri()

    def secrets(self) -> tuple[str, ...]:
        """Every value that no log, page or response may ever show."""
        given = [value for _, value in self if isinstance(value, SecretStr)] + list(self.api_keys.values())
        given += self.secret_key
        urls = [self.database_url, self.smtp_url.get_secret_value() if self.smtp_url else ""]
        passwords = tuple(filter(None, map(_password_in, urls)))
        return tuple(secret.get_secret_value() for secret in given) + passwords


def tokens_of(settings: Settings) -> Tokens | None:
    """What signs links, forms and reply addresses. None without a SECRET_KEY: customers have no pages."""
    keys = tuple(key.get_secret_value() for key in settings.secret_key)
    return Tokens(keys) if keys else None


def sender_of(settings: Settings) -> str:
    """The address that mails come from."""
    return settings.mail_from or f"disputes@{settings.mail_domain}"


def _password_in(url: str) -> str:
    try:
        return unquote(urlsplit(url).password or "")
    except ValueError:
        return ""
