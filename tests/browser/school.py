"""People of the scene at their browsers: each signed in once, with an authenticator that says yes to everything."""

from __future__ import annotations

from typing import Any

from browser.scene import PASSWORD

AUTHENTICATOR = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}
PATIENCE_MS = 120_000  # a busy machine is slow, not wrong
DESKTOP, PHONE = {"width": 1440, "height": 900}, {"width": 390, "height": 844}


class School:
    """The site, and who is signed in."""

    def __init__(self, browser: Any, address: str) -> None:
        self._browser = browser
        self.address = address
        self._pages: dict[str, Any] = {}

    def context(self) -> Any:
        """A browser of its own, in Vietnamese and by day."""
        context = self._browser.new_context(base_url=self.address, viewport=DESKTOP)
        context.set_default_timeout(PATIENCE_MS)
        values = {"nangmai_language": "vi", "nangmai_theme": "light"}
        context.add_cookies([{"name": name, "value": value, "url": self.address} for name, value in values.items()])
        return context

    def at(self, username: str, path: str = "") -> Any:
        """The page of a person, who signs in the first time."""
        if username not in self._pages:
            page = self.context().new_page()
            devtools = page.context.new_cdp_session(page)
            devtools.send("WebAuthn.enable")
            devtools.send("WebAuthn.addVirtualAuthenticator", {"options": AUTHENTICATOR})
            page.goto("/account/sign-in")
            page.fill("input[name=username]", username)
            page.fill("input[name=password]", PASSWORD)
            page.click("form.card button")
            page.wait_for_url(lambda url: "sign-in" not in url)
            self._pages[username] = page
        page = self._pages[username]
        if path:
            page.goto(path)
        return page

    def prove(self, page: Any) -> None:
        """The second proof where it is asked for; the first time a passkey is made for it."""
        if "/account/step-up" not in page.url:
            return
        passkey = page.locator("text=Dùng khóa truy cập")
        if passkey.count():
            passkey.click()
        else:
            page.fill("input[name=password]", PASSWORD)
            page.click("form.card button")
            page.wait_for_url("**/account/factors?next=*")
            page.click("text=Thêm khóa truy cập")
            page.fill("input[name=label]", "Máy tính")
            page.click("form.card button")
            page.wait_for_url("**/account/recovery-codes")
            page.click("main a.button-main, main form button.button-main")
        page.wait_for_url(lambda url: "/account/" not in url)

    def close(self) -> None:
        """Everybody goes home."""
        for page in self._pages.values():
            page.context.close()
