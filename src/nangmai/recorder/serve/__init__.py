"""The recorder's HTTP interface (docs/design/http.md): routes, and nothing that a route could do without a ticket.

Reads the archive and the live hub; never writes footage and never makes ingest wait: whatever touches a disk runs in
threads of its own.
"""

from nangmai.recorder.serve.app import make_app

__all__ = ["make_app"]
