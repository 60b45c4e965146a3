"""Everything that checks look at, asked for once: a page looks at 126 norms with a handful of queries."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime
from functools import cached_property
from typing import ClassVar

from django.db.models import Max
from django.utils import timezone

from nangmai.base.clock import utc_now
from nangmai.base.errors import Error, Kind
from nangmai.base.units import us_from_datetime, utc_from_us
from nangmai.regulation.durations import add, fill, parse
from nangmai.regulation.model import Regulation
from nangmai.web.compliance.models import Attestation
from nangmai.web.duties.queries import open_duties
from nangmai.web.people.models import Assignment
from nangmai.web.people.queries import in_force
from nangmai.web.regulation import versions
from nangmai.web.regulation.models import Acknowledgement, Version
from nangmai.web.sites import queries as sites
from nangmai.web.sites.models import Camera, Recorder


class NothingToJudge(Error):
    """No regulation is in force, so there is nothing to be kept. Put one in force first."""

    kind: ClassVar[Kind] = Kind.NOT_FOUND


class Survey:
    """How things stand at a moment, by the version in force then."""

    def __init__(self, now: datetime | None = None) -> None:
        self.now = now or utc_now()
        self.now_us = us_from_datetime(self.now)
        version = versions.in_force(self.now_us)
        if version is None:
            raise NothingToJudge
        self.version: Version = version
        self.regulation: Regulation = versions.text_of(version)

    def number(self, parameter: str) -> int:
        """A whole number that the version states."""
        return int(self.regulation.parameter(parameter))

    @property
    def begun(self) -> datetime:
        """Since when anybody here could have kept the version: in force, and taken over into this system."""
        return max(self.version.signed_at, self.regulation.in_force_from)

    @cached_property
    def cameras(self) -> list[Camera]:
        """All cameras in their recorder's file."""
        return list(sites.cameras())

    @cached_property
    def present(self) -> list[Camera]:
        """Those of them that are there: of a camera that is only named nothing is expected."""
        return [camera for camera in self.cameras if not camera.is_absent]

    @cached_property
    def recorders(self) -> list[Recorder]:
        """All recorders."""
        return list(sites.recorders())

    @cached_property
    def assignments(self) -> list[Assignment]:
        """The assignments in force."""
        return list(Assignment.objects.filter(in_force(self.now)).select_related("person"))

    @cached_property
    def acknowledged(self) -> frozenset[int]:
        """Who has acknowledged the version."""
        rows = Acknowledgement.objects.filter(version=self.version)
        return frozenset(rows.values_list("person_id", flat=True))

    @cached_property
    def attested(self) -> dict[str, datetime]:
        """The latest attestation of each norm."""
        return dict(Attestation.objects.values_list("norm").annotate(latest=Max("at")))

    @cached_property
    def duties(self) -> dict[str, list[datetime | None]]:
        """When the open duties of each norm fall due."""
        due: dict[str, list[datetime | None]] = defaultdict(list)
        for norm, at in open_duties().values_list("norm", "due_at"):
            due[norm].append(at)
        return due


def period_end(since: datetime, length: str, survey: Survey) -> datetime:
    """When a period that began then ends, on the calendar the text is written in."""
    zone = survey.regulation.in_force_from.tzinfo or timezone.get_default_timezone()
    return utc_from_us(add(us_from_datetime(since), parse(fill(length, survey.regulation)), zone))
