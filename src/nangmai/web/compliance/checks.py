"""The checks by the names that norms are bound to (`nangmai.regulation.bindings.CHECKS`)."""

from __future__ import annotations

from collections.abc import Mapping

from nangmai.web.compliance import checks_of_cameras, checks_of_people, checks_of_records
from nangmai.web.compliance.checks_of_records import Check

CHECKS: Mapping[str, Check] = {
    "retention_floor": checks_of_cameras.retention_floor,
    "retention_ceiling": checks_of_cameras.retention_ceiling,
    "camera_count": checks_of_cameras.camera_count,
    "recorder_count": checks_of_cameras.recorder_count,
    "completeness": checks_of_cameras.completeness,
    "obstruction": checks_of_cameras.obstruction,
    "clock_offset": checks_of_cameras.clock_offset,
    "watch_coverage": checks_of_people.watch_coverage,
    "duties_on_time": checks_of_records.duties_on_time,
    "acknowledgements": checks_of_people.acknowledgements,
    "assignments_signed": checks_of_people.assignments_signed,
    "legal_bases": checks_of_people.legal_bases,
    "term": checks_of_people.term,
    "ledger_whole": checks_of_records.ledger_whole,
    "checkpoints": checks_of_records.checkpoints,
    "matters_open": checks_of_records.matters_open,
    "extraction_register": checks_of_records.extraction_register,
    "notices": checks_of_records.notices,
    "unauthorised_views": checks_of_records.unauthorised_views,
    "published_text": checks_of_people.published_text,
}
