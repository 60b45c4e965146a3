"""Serves clips by GStreamer's RTSP server; run with a Python that has its bindings, never imported.

Reads a JSON object from its arguments: `mounts` {path: pipeline}, optional `users` {name: password}, `scheme`
(digest or basic). Prints its port on a line and serves until its standard input is closed.
"""

import json
import sys
import threading

import gi

gi.require_version("Gst", "1.0")
gi.require_version("GstRtsp", "1.0")
gi.require_version("GstRtspServer", "1.0")
from gi.repository import GLib, Gst, GstRtsp, GstRtspServer  # noqa: E402


def protect(server, factories, users, scheme):
    auth = GstRtspServer.RTSPAuth()
    token = GstRtspServer.RTSPToken()
    token.set_string("media.factory.role", "user")
    for name, password in users.items():
        if scheme == "digest":
            auth.add_digest(name, password, token)
        else:
            auth.add_basic(GstRtspServer.RTSPAuth.make_basic(name, password), token)
    method = GstRtsp.RTSPAuthMethod.DIGEST if scheme == "digest" else GstRtsp.RTSPAuthMethod.BASIC
    auth.set_supported_methods(method)
    server.set_auth(auth)
    for factory in factories:
        structure = Gst.Structure.new_empty("user")
        structure.set_value("media.factory.access", True)
        structure.set_value("media.factory.construct", True)
        factory.add_role_from_structure(structure)


def main():
    wishes = json.loads(sys.argv[1])
    Gst.init(None)
    server = GstRtspServer.RTSPServer()
    server.set_address("127.0.0.1")
    server.set_service("0")
    factories = []
    for path, pipeline in wishes["mounts"].items():
        factory = GstRtspServer.RTSPMediaFactory()
        factory.set_launch(pipeline)
        server.get_mount_points().add_factory(path, factory)
        factories.append(factory)
    if wishes.get("users"):
        protect(server, factories, wishes["users"], wishes.get("scheme", "digest"))
    server.attach(None)
    loop = GLib.MainLoop()

    def stop_with_parent():
        sys.stdin.read()
        loop.quit()

    threading.Thread(target=stop_with_parent, daemon=True).start()
    print(server.get_bound_port(), flush=True)
    loop.run()


main()
