"""All addresses of the web plane."""

from __future__ import annotations

from django.urls import include, path

from nangmai.web.footage import views as footage_views
from nangmai.web.regulation import public_views

urlpatterns = [
    path("", footage_views.home, name="home"),
    path("account/", include("nangmai.web.accounts.urls")),
    path("cameras/", include("nangmai.web.sites.urls")),
    path("regulation/", include("nangmai.web.compliance.urls")),
    path("regulation/", include("nangmai.web.regulation.urls")),
    path("duties/", include("nangmai.web.duties.urls")),
    path("amendments/", include("nangmai.web.amendments.urls")),
    path("directions/", include("nangmai.web.directions.urls")),
    path("incidents/", include("nangmai.web.incidents.urls")),
    path("emergencies/", include("nangmai.web.emergencies.urls")),
    path("letters/", include("nangmai.web.letters.urls")),
    path("matters/", include("nangmai.web.matters.urls")),
    path("public/regulation", public_views.public_text, name="public_regulation"),
    path("public/regulation.pdf", public_views.public_pdf, name="public_regulation_pdf"),
    path("control/", include("nangmai.web.control.urls")),
    path("", include("nangmai.web.documents.urls")),
    path("people/", include("nangmai.web.people.urls")),
    path("ledger/", include("nangmai.web.ledger.urls")),
    path("ui/", include("nangmai.web.ui.urls")),
    path("watch/", include("nangmai.web.watch.urls")),
    path("", include("nangmai.web.footage.urls")),
]

handler400 = "nangmai.web.errors.bad_request"
handler404 = "nangmai.web.errors.not_found"
handler500 = "nangmai.web.errors.server_error"
