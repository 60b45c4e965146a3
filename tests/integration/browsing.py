"""A person with a browser that has no screen: signs in, asks for tickets, reads footage, all through the gateway."""

from __future__ import annotations

import json
import re
from typing import Any

import aiohttp


class Person:
    """One signed-in session."""

    def __init__(self, session: aiohttp.ClientSession, url: str) -> None:
        self._session = session
        self.url = url
        self._token = ""

    async def sign_in(self, username: str, password: str) -> None:
        """Through the page, with its protection against forged forms."""
        async with self._session.get(f"{self.url}/account/sign-in") as page:
            text = await page.text()
        match = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', text)
        assert match, text
        form = {"username": username, "password": password, "csrfmiddlewaretoken": match[1]}
        headers = {"Referer": f"{self.url}/account/sign-in", "Origin": self.url}
        async with self._session.post(
            f"{self.url}/account/sign-in", data=form, headers=headers, allow_redirects=False
        ) as answer:
            assert answer.status == 302, await answer.text()
        page_text = await self.page("/cameras/")
        token = re.search(r'name="csrf-token" content="([^"]+)"', page_text)
        assert token
        self._token = token[1]
        await self.state_purpose("P1")

    async def state_purpose(self, purpose: str) -> None:
        """What the pictures are looked at for; those who may see none are not asked."""
        form = {"purpose": purpose, "next": "/cameras/", "csrfmiddlewaretoken": self._token}
        headers = {"Referer": self.url, "Origin": self.url}
        async with self._session.post(
            f"{self.url}/regulation/purpose", data=form, headers=headers, allow_redirects=False
        ) as answer:
            assert answer.status in (200, 302), await answer.text()

    async def page(self, path: str) -> str:
        """A page of web."""
        async with self._session.get(self.url + path) as answer:
            assert answer.status == 200, path
            return await answer.text()

    async def ticket(self, right: str, **fields: Any) -> dict[str, Any]:
        """Ask web as the elements do."""
        body = {"right": right, "recorder": "nvr-1", "cameras": ["cam-01"]} | fields
        headers = {"X-CSRFToken": self._token, "Origin": self.url, "Content-Type": "application/json"}
        async with self._session.post(f"{self.url}/footage/ticket", data=json.dumps(body), headers=headers) as answer:
            told: dict[str, Any] = await answer.json()
            return told

    async def sign_out(self) -> None:
        """End the session."""
        headers = {"X-CSRFToken": self._token, "Origin": self.url}
        async with self._session.post(f"{self.url}/account/sign-out", headers=headers, allow_redirects=False) as answer:
            assert answer.status == 302
