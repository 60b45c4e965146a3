"""The only pages of the gateway itself: an upstream does not answer. Plain, in both languages, with no part of web."""

from __future__ import annotations

from aiohttp import web

_DOWN = """<!doctype html>
<html lang="vi">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="refresh" content="3">
<title>nangmai</title>
<style>
  :root { color-scheme: light dark }
  body { font: 16px/1.5 system-ui, sans-serif; margin: 16vh auto; max-width: 36rem; padding: 0 1.5rem }
  h1 { font-size: 1.25rem } p { margin: .5rem 0 } [lang=en] { opacity: .75 }
</style>
</head>
<body>
<h1>Trang web đang khởi động lại</h1>
<p>Camera vẫn được ghi hình; việc ghi hình không phụ thuộc trang này. Trang sẽ tự mở lại sau vài giây.</p>
<div lang="en">
<h2 style="font-size:1rem;margin-top:2rem">The web pages are starting again</h2>
<p>Cameras go on being recorded; recording does not depend on this page. It opens by itself in a few seconds.</p>
</div>
</body>
</html>
"""


def web_down(accepts: str) -> web.Response:
    """Web does not answer: a page for people, an object for programs."""
    headers = {"Retry-After": "3", "Cache-Control": "no-store"}
    if "text/html" in accepts:
        headers["Content-Security-Policy"] = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'"
        return web.Response(status=503, text=_DOWN, content_type="text/html", headers=headers)
    return refusal(503, "unavailable", "unavailable", "The web service does not answer; it is being started again.")


def recorder_down(name: str) -> web.Response:
    """That recorder does not answer."""
    return refusal(503, "unavailable", "unavailable", f"The recorder {name} does not answer.")


def not_found(message: str) -> web.Response:
    """Nothing is shown under this address."""
    return refusal(404, "not_found", "not_found", message)


def refusal(status: int, code: str, kind: str, message: str) -> web.Response:
    """An error in the form all planes use (docs/design/http.md)."""
    answer = {"error": code, "kind": kind, "message": message, "facts": {}}
    return web.json_response(answer, status=status, headers={"Cache-Control": "no-store"})
