"""Cameras, areas with their plans, recorders. Figures only; pictures are the footage app's.

Who arranges places and who charts them is said by two acts of the regulation, asked here and in arrangement.py.
"""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from nangmai.web.access import signed_in
from nangmai.web.accounts.views import person
from nangmai.web.authority import authority, requires_act
from nangmai.web.errors import translated
from nangmai.web.sites import arrangement, lists, plans, queries, units
from nangmai.web.sites.forms import AreaForm, CameraForm, ChannelsForm, PlanForm, SiteForm, SpotForm
from nangmai.web.sites.models import Recorder

arranging = requires_act(arrangement.ARRANGE)
charting = requires_act(arrangement.CHART)


@signed_in
def cameras(request: HttpRequest) -> HttpResponse:
    """All cameras by recorder, area or unit, those in trouble first in the headline."""
    chosen = lists.Chosen.from_query(request.GET)
    places = queries.places()
    everything = [lists.Row.of(camera, places) for camera in queries.cameras()]
    counts = queries.state_counts([row.camera for row in everything])
    shown = chosen.of(everything, places)
    context = {
        "groups": chosen.grouped(shown),
        "trouble": [row.camera for state in queries.TROUBLE for row in everything if row.camera.state == state],
        "recording": counts["recording"],
        "absent": counts["absent"],
        "total": sum(counts.values()),
        "shown": len(shown),
        "chosen": chosen,
        "areas": places.rows(),
        "not_placed": places.not_placed(),
        "units": lists.units_in_use(everything),
    }
    template = "sites/_camera_rows.html" if request.headers.get("X-Partial") else "sites/cameras.html"
    return render(request, template, context)


@signed_in
def camera(request: HttpRequest, recorder: str, camera_id: str) -> HttpResponse:
    """One camera: its picture for those who may, its health for everyone who answers for it."""
    found, places = queries.camera(recorder, camera_id), queries.places()
    row = lists.Row.of(found, places)
    context = {"camera": found, "row": row, "path": places.path(found.area_id), "may_arrange": _may_arrange(request)}
    return render(request, "sites/camera.html", context)


@arranging
@require_http_methods(["GET", "POST"])
def assign_camera(request: HttpRequest, recorder: str, camera_id: str) -> HttpResponse:
    """Where the camera belongs, who answers for it, what for."""
    found = queries.camera(recorder, camera_id)
    form = CameraForm(queries.places(), found, request.POST or None)
    if request.method == "POST" and form.is_valid():
        arrangement.assign_camera(by=person(request), camera=found, **form.cleaned_data)
        messages.success(request, _("Kept. It holds from now on."))
        return redirect("sites:camera", recorder, camera_id)
    return render(request, "sites/assign_camera.html", {"form": form, "camera": found}, status=_status(form))


@signed_in
def mine(request: HttpRequest) -> HttpResponse:
    """The cameras that one's own units answer for, and their state; no pictures."""
    places, own = queries.places(), units.of(person(request))
    rows = [lists.Row.of(camera, places) for camera in queries.cameras_of(own)]
    trouble = [row for state in queries.TROUBLE for row in rows if row.camera.state == state]
    fine = [row for row in rows if row not in trouble]
    names = [units.name(unit) for unit in sorted(own)]
    return render(request, "sites/mine.html", {"rows": [*trouble, *fine], "trouble": trouble, "unit_names": names})


@signed_in
@require_http_methods(["GET", "POST"])
def areas(request: HttpRequest) -> HttpResponse:
    """The tree of areas; adding to it."""
    if request.method != "POST":
        return _areas_page(request, AreaForm(queries.places(), None, initial={"parent": request.GET.get("in", "")}))
    answer = arranging(_add_area)(request)
    assert isinstance(answer, HttpResponse)
    return answer


def _add_area(request: HttpRequest) -> HttpResponse:
    """The form under the tree."""
    form = AreaForm(queries.places(), None, request.POST)
    if form.is_valid() and _save_area(request, form, None):
        return redirect("sites:areas")
    return _areas_page(request, form)


def _areas_page(request: HttpRequest, form: AreaForm) -> HttpResponse:
    places = queries.places()
    rows = [lists.Row.of(camera, places) for camera in queries.cameras()]
    context = {
        "tree": lists.tree(places, rows),
        "not_placed": [lists.Branch.of(area, 0, places, rows) for area in places.not_placed()],
        "form": form,
        "may_arrange": _may_arrange(request),
    }
    return render(request, "sites/areas.html", context, status=_status(form))


@signed_in
def area(request: HttpRequest, area: int) -> HttpResponse:
    """One area: its plan with its cameras, and what lies in it."""
    return _area_page(request, area, None)


def _area_page(request: HttpRequest, area: int, form: SpotForm | None) -> HttpResponse:
    found, places = queries.area(area), queries.places()
    within = places.within(found.pk)
    rows = [lists.Row.of(camera, places) for camera in queries.cameras() if camera.area_id in within]
    plan = places.plan_area(found.pk)
    may_chart = _may_chart(request)
    standing = [row for row in rows if plan is not None and places.plan_area(row.camera.area_id) == plan]
    if form is None and standing and may_chart:
        form = SpotForm([row.camera for row in standing], initial={"camera": request.GET.get("camera", "")})
    context = {
        "area": found,
        "path": places.path(found.pk)[:-1],
        "unit": places.unit_name(places.unit_of(found.pk)),
        "purposes": places.purposes_of(found.pk),
        "rows": rows,
        "plan": plan,
        "spots": lists.spots(plan, standing),
        "branches": [branch for branch in lists.tree(places, rows) if branch.area.parent_id == found.pk],
        "form": form,
        "may_arrange": _may_arrange(request),
        "may_chart": may_chart,
    }
    return render(request, "sites/area.html", context, status=_status(form))


@arranging
@require_http_methods(["GET", "POST"])
def edit_area(request: HttpRequest, area: int) -> HttpResponse:
    """Rename, move, give to a unit; its plan."""
    found = queries.area(area)
    form = AreaForm(queries.places(), found, request.POST or None)
    if request.method == "POST" and form.is_valid() and _save_area(request, form, found.pk):
        return redirect("sites:area", area)
    return render(request, "sites/edit_area.html", {"area": queries.area(area), "form": form}, status=_status(form))


def _save_area(request: HttpRequest, form: AreaForm, area: int | None) -> bool:
    try:
        arrangement.save_area(
            by=person(request), area=None if area is None else queries.area(area), **form.cleaned_data
        )
    except (arrangement.AreaNameTaken, arrangement.AreaWithinItself) as error:
        form.add_error("name" if isinstance(error, arrangement.AreaNameTaken) else "parent", translated(error))
        return False
    messages.success(request, _("Kept. It holds from now on."))
    return True


@arranging
@require_POST
def remove_area(request: HttpRequest, area: int) -> HttpResponse:
    """An area that holds nothing."""
    try:
        arrangement.remove_area(by=person(request), area=queries.area(area))
    except arrangement.AreaInUse as error:
        messages.info(request, translated(error))
        return redirect("sites:edit_area", area)
    messages.success(request, _("The area is removed."))
    return redirect("sites:areas")


@signed_in
def plan(request: HttpRequest, area: int) -> HttpResponse:
    """The picture of the floor."""
    path = plans.path(queries.area(area).plan_sha256)
    try:
        return HttpResponse(path.read_bytes(), content_type="image/png")
    except OSError as error:
        raise Http404 from error


@charting
@require_http_methods(["GET", "POST"])
def change_plan(request: HttpRequest, area: int) -> HttpResponse:
    """Upload a plan, or take it away."""
    found = queries.area(area)
    form = PlanForm(request.POST, request.FILES) if request.method == "POST" else PlanForm()
    if "remove" in request.POST:
        arrangement.set_plan(by=person(request), area=found, file=None)
        return redirect("sites:area", area)
    if request.method == "POST" and form.is_valid():
        try:
            arrangement.set_plan(by=person(request), area=found, file=form.cleaned_data["plan"])
            return redirect("sites:area", area)
        except (plans.PlanTooLarge, plans.PlanUnreadable) as error:
            form.add_error("plan", translated(error))
    return render(request, "sites/plan.html", {"area": found, "form": form}, status=_status(form))


@charting
@require_POST
def spot(request: HttpRequest, area: int) -> HttpResponse:
    """Put a camera on the plan, by click or by figures."""
    within = queries.places().within(queries.area(area).pk)
    form = SpotForm([camera for camera in queries.cameras() if camera.area_id in within], request.POST)
    if not form.is_valid():
        return _area_page(request, area, form)
    given = form.cleaned_data
    x, y = (None if given[axis] is None else given[axis] / 100 for axis in ("x", "y"))
    arrangement.place_camera(by=person(request), camera=given["camera"], x=x, y=y)
    return redirect("sites:area", area)


@signed_in
def recorders(request: HttpRequest) -> HttpResponse:
    """The register of recorders: channels, what is spare, disks."""
    context = {"rows": lists.recorder_rows(), "may_chart": _may_chart(request)}
    return render(request, "sites/recorders.html", context)


@charting
@require_http_methods(["GET", "POST"])
def channels(request: HttpRequest, recorder: str) -> HttpResponse:
    """How many cameras a recorder can take."""
    found = get_object_or_404(Recorder, name=recorder)
    form = ChannelsForm(request.POST or None, initial={"channels": found.channels})
    if request.method == "POST" and form.is_valid():
        arrangement.set_channels(by=person(request), recorder=found, channels=form.cleaned_data["channels"])
        return redirect("sites:recorders")
    return render(
        request, "sites/form.html", {"form": form, "title": recorder, "back": "sites:recorders"}, status=_status(form)
    )


@arranging
@require_http_methods(["GET", "POST"])
def site(request: HttpRequest) -> HttpResponse:
    """The names that papers carry."""
    form = SiteForm(queries.site(), request.POST or None)
    if request.method == "POST" and form.is_valid():
        arrangement.save_site(by=person(request), **form.cleaned_data)
        messages.success(request, _("Kept. It holds from now on."))
        return redirect("sites:areas")
    return render(
        request,
        "sites/form.html",
        {"form": form, "title": _("Names on papers"), "back": "sites:areas"},
        status=_status(form),
    )


def _may_arrange(request: HttpRequest) -> bool:
    return authority().may_do(person(request), arrangement.ARRANGE)


def _may_chart(request: HttpRequest) -> bool:
    return authority().may_do(person(request), arrangement.CHART)


def _status(*forms: object) -> int:
    return 400 if any(getattr(form, "errors", None) for form in forms) else 200
