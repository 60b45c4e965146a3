"""How a norm is bound to the system: what refuses (guards) and what proves (checks), by name.

The names are the contract with the planes: a norm bound to a name outside these tables is a fault, and web's tests
assert that every name here is implemented. Whoever implements one adds its line here.
"""

from __future__ import annotations

from collections.abc import Mapping

#: what makes a norm impossible to break, and where
GUARDS: Mapping[str, str] = {
    "decision": "every page, button and service asks decide() first",
    "ticket": "footage needs a ticket, and tickets come from decide()",
    "retention": "the recorder deletes nothing below the floor and keeps nothing above the ceiling that is not held",
    "no_deletion": "no act, page or interface deletes footage or records",
    "ledger": "the act and its entry are one transaction, and the log is a Merkle tree",
    "assignment": "a role without an assignment in force grants nothing",
    "acknowledgement": "no footage before the version in force is acknowledged",
    "step_up": "a signature needs a second proof of identity",
    "responsible_unit": "each camera has one responsible unit, security where none is named",
    "purpose": "a purpose that the camera does not carry is refused",
    "versions": "versions cannot overlap, and an act is judged by the one in force at its moment",
    "law_pack": "a version that goes below the law pack cannot be signed",
    "audio_off": "sound is not recorded unless the version says so",
    "recusal": "a person recused from a case is refused its material",
    "delegation": "a delegation out of its period or scope grants nothing",
    "matter": "a refused act can be filed as a matter with one press",
}

#: the acts a guard can refuse or sees to; a guard that is not listed stands before every act
GUARDED: Mapping[str, frozenset[str]] = {
    "ticket": frozenset({"live.view", "replay.view", "playback.view", "still.view", "extraction.execute"}),
    "retention": frozenset({"footage.keep", "footage.dispose", "footage.delete"}),
    "no_deletion": frozenset({"footage.delete", "record.delete"}),
    "ledger": frozenset({"record.keep", "record.delete", "record.witness"}),
    "acknowledgement": frozenset(
        {"live.view", "replay.view", "playback.view", "still.view", "extraction.execute", "regulation.acknowledge"}
    ),
    "responsible_unit": frozenset({"camera.care"}),
    "purpose": frozenset(
        {"live.view", "replay.view", "playback.view", "extraction.request", "extraction.order", "request.decide"}
    ),
    "versions": frozenset({"amendment.sign"}),
    "law_pack": frozenset({"law.keep", "amendment.sign"}),
    "audio_off": frozenset({"audio.record"}),
    "delegation": frozenset({"delegation.sign"}),
    "matter": frozenset({"matter.file"}),
}

#: the events a duty may wait for
TRIGGERS: Mapping[str, str] = {
    "authority.asked": "a competent authority has asked for footage",
    "camera.failed": "a camera has stopped, or its picture is no longer good",
    "camera.installed": "a camera is installed and waits for its acceptance",
    "complaint.accepted": "a complaint is accepted",
    "complaint.lodged": "a complaint has come",
    "data.breached": "personal data got where it must not be",
    "emergency.used": "footage was seen in an emergency",
    "evidence.submitted": "somebody has brought evidence",
    "extraction.ordered": "the board has ordered an extraction",
    "extraction.sealed": "an extraction is sealed",
    "incident.directed": "the board has directed what is done",
    "incident.minuted": "the minutes of an incident are written",
    "incident.observed_p1": "an incident of the first degree is observed",
    "incident.observed_p2": "an incident of the second degree is observed",
    "incident.observed_p3": "an incident of the third degree is observed",
    "incident.reported": "an incident is reported to the board",
    "legal_basis.repealed": "a legal basis is repealed",
    "matter.filed": "a matter outside the regulation is filed",
    "matters.reported": "the matters are reported to the principal",
    "regulation.in_force": "a version has come into force",
    "request.lodged": "somebody has asked for permission",
    "term.ending": "the term ends in 30 days",
    "visitor.arrived": "a visitor has come",
    "watch.unmanned": "nobody is on watch",
}

#: what shows, from data, whether a norm is kept
CHECKS: Mapping[str, str] = {
    "retention_floor": "cameras whose oldest footage reaches the floor, and the forecast",
    "retention_ceiling": "footage older than the ceiling that no hold explains",
    "camera_count": "cameras in service against the number required",
    "recorder_count": "recorders enrolled and reporting",
    "completeness": "seconds recorded against seconds due, by camera and day",
    "obstruction": "gaps whose cause nobody has ordered",
    "clock_offset": "cameras whose clock is off by more than allowed",
    "watch_coverage": "minutes of the week without anybody on watch",
    "duties_on_time": "duties of this clause done, open and overdue",
    "acknowledgements": "people who have acknowledged the version in force",
    "assignments_signed": "assignments with the board's signature",
    "legal_bases": "legal bases that are in force",
    "term": "days until the term of the regulation ends",
    "ledger_whole": "the last time the ledger was verified, and what was found",
    "checkpoints": "hours for which each recorder's checkpoint has come",
    "matters_open": "matters collected, reported and open",
    "extraction_register": "extractions with number, custodian and next review",
    "notices": "areas with cameras that have a notice",
    "unauthorised_views": "uses of tickets that recorders refused",
    "published_text": "the text in force is public, with its hash in the ledger",
}
