"""Teams connection of the process: the SDK signs in and verifies, our own client sends messages."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.check.teams import NO_TEAMS_PROBES, TeamsProbes
from bot.errors import CannotStart
from bot.settings import Settings
from connectors.teams.api import TeamsApi
from connectors.teams.endpoint import probe_endpoint
from connectors.teams.people import TeamsPeople
from connectors.teams.posts import TeamsPosts
from scheduler.services import TeamsServices
from store.engine import Store
from store.transaction import Transaction

if TYPE_CHECKING:  # loaded where Teams is set up
    from connectors.teams.sdk import TeamsSdk


@dataclass(frozen=True, slots=True)
class TeamsConnection:
    """Created inside the running event loop, closed with `close`."""

    sdk: TeamsSdk
    api: TeamsApi
    services: TeamsServices

    async def close(self) -> None:
        await self.api.close()
        await self.sdk.close()


def connect_teams(settings: Settings, store: Store) -> TeamsConnection | None:
    """The connection, or None where Teams isn't set up. `read_settings` refuses a half of its settings.

    Raises:
        CannotStart: an address makes no sense.
    """
    if not (settings.teams_app_id and settings.teams_app_password and settings.teams_tenant_id):
        return None

    async def service_url(conversation_ref: str) -> str:
        return await store.read(_service_url, conversation_ref) or settings.teams_service_url

    app_id, tenant_id = settings.teams_app_id, settings.teams_tenant_id
    try:
        sdk = _teams_sdk(settings)
    except ValueError as mistake:
        raise CannotStart(f"Teams: {mistake}") from None
    api = TeamsApi(
        sdk.token, service_url, invalidate_token=sdk.invalidate_token, app_id=app_id, tenant_id=tenant_id
    )
    return TeamsConnection(sdk, api, TeamsServices(posts=TeamsPosts(api), people=TeamsPeople(api)))


def teams_probes_of(settings: Settings) -> TeamsProbes:
    """The connections to Microsoft that `ombud check` tries."""
    if not settings.has_teams:
        return NO_TEAMS_PROBES

    async def token() -> str:
        sdk = _teams_sdk(settings)
        try:
            return await sdk.probe()
        finally:
            await sdk.close()

    return TeamsProbes(token, probe_endpoint)


def _teams_sdk(settings: Settings) -> TeamsSdk:
    from connectors.teams.sdk import TeamsSdk  # noqa: PLC0415 - slow to load

    password = settings.teams_app_password
    return TeamsSdk(
        app_id=settings.teams_app_id or "",
        app_password=password.get_secret_value() if password else "",
        tenant_id=settings.teams_tenant_id or "",
        openid_url=settings.teams_openid_url,
        login_url=settings.teams_login_url,
    )


def _service_url(tx: Transaction, conversation_ref: str) -> str | None:
    return tx.conversations.find_service_url(conversation_ref)
