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
