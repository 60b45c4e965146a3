"""Every string that the client's elements show, translated here: TypeScript has no catalogue of its own.

The keys are those of client/src/texts.ts; a test compares the two lists. Braces are filled by the client.
"""

from __future__ import annotations

from django.utils.translation import gettext as _


def client_texts() -> dict[str, str]:
    """Key -> text in the language in force."""
    return _wall_texts() | _tile_texts() | _player_texts() | _timeline_texts()


def _wall_texts() -> dict[str, str]:
    return {
        "wall": _("Live wall"),
        "layout": _("Layout"),
        "layout_one": _("One camera"),
        "layout_grid": _("{count} cameras"),
        "layout_one_plus_five": _("One large, five small"),
        "layout_all": _("All cameras; more than 36 as key pictures"),
        "previous_page": _("Previous page"),
        "next_page": _("Next page"),
        "page_of": _("Page {page} of {pages}"),
        "tour": _("Tour"),
        "tour_stop": _("Stop the tour"),
        "full_screen": _("Full screen"),
        "full_screen_leave": _("Leave full screen"),
        "enlarge": _("Enlarge"),
        "shrink": _("Back to the wall"),
        "replay": _("Replay 30 s"),
        "no_cameras": _("No cameras may be watched here yet."),
        "moved": _("{camera} moved to place {place}."),
        "grabbed": _("{camera} taken. Arrow keys move it, Enter puts it down."),
        "keys_help": _(
            "Arrow keys choose a camera, Enter enlarges, 1 to 6 choose a layout, 0 shows all, F full screen, T tour, "
            "B replay, M moves."
        ),
        "keys": _("Keys"),
        "key_choose": _("Choose a camera"),
        "key_move": _("Take the camera and move it by arrows"),
        "key_page": _("Turn the page"),
    }


def _tile_texts() -> dict[str, str]:
    return {
        "tile_live": _("{camera}, live"),
        "tile_state": _("{camera}: {state}"),
        "state_connecting": _("Connecting"),
        "state_no_signal": _("No signal"),
        "state_waiting_for_key_picture": _("Waiting for a key picture"),
        "state_refused": _("The camera refuses the sign-in"),
        "state_disk": _("Not recording: disk"),
        "state_off": _("Switched off"),
        "state_lost": _("No connection to the recorder"),
        "state_denied": _("Not permitted"),
        "state_failed": _("The picture cannot be shown"),
        "since": _("since {time}"),
        "key_pictures": _("Key pictures only"),
        "sub_stream": _("This browser cannot decode {codec}; the sub stream is shown."),
        "stills": _("This browser cannot decode {codec}; stills are shown."),
        "error_ticket_unavailable": _(
            "The web service does not answer, so nobody can grant a look. Recording goes on."
        ),
        "error_ticket_too_narrow": _("The ticket does not cover this camera or this period."),
        "error_ticket_missing": _("No ticket was shown; reload the page."),
        "error_ticket_malformed": _("The ticket cannot be read; reload the page."),
        "error_ticket_forged": _("The ticket was altered, or is not from this site; reload the page."),
        "error_ticket_expired": _("The ticket has ended; reload the page."),
        "error_ticket_revoked": _("The ticket was withdrawn."),
        "error_ticket_for_other": _("The ticket is for another recorder; reload the page."),
        "error_too_many_viewers": _("The recorder already shows live pictures to as many pages as it can."),
        "error_footage_unreadable": _("The disk does not give this footage back; tell the IT officer."),
        "error_not_found": _("The recorder does not know this camera or has no footage here."),
        "error_unavailable": _("The recorder does not answer. It is being tried again."),
        "error_unknown": _("It did not work ({code})."),
        "clause": _("by {clause}"),
    }


def _player_texts() -> dict[str, str]:
    return {
        "player": _("Review player"),
        "play": _("Play"),
        "pause": _("Pause"),
        "speed": _("Speed"),
        "step_back": _("Previous picture"),
        "step_forward": _("Next picture"),
        "back_10": _("Back 10 s"),
        "forward_10": _("Forward 10 s"),
        "live_edge": _("Newest"),
        "go_to": _("Go to a time"),
        "go": _("Go"),
        "cancel": _("Cancel"),
        "close": _("Close"),
        "mark_in": _("Mark the beginning"),
        "mark_out": _("Mark the end"),
        "marks_clear": _("Remove the marks"),
        "mark_in_word": _("From here"),
        "mark_out_word": _("To here"),
        "range_group": _("Marked range"),
        "range": _("{from} to {to} ({duration})"),
        "range_from": _("From {from}. Go on and mark the end."),
        "range_to": _("Up to {to}. Go back and mark the beginning."),
        "range_loop": _("Loop"),
        "range_zoom": _("Zoom to it"),
        "range_copy": _("Copy its address"),
        "range_copied": _("The address of this range is copied. Who opens it must be permitted to watch."),
        "range_in_address": _(
            "This browser copies nothing without https. Take the address from the browser's address line."
        ),
        "range_order": _(
            "Footage leaves only by an extraction order of the school board (Đ5). Put the address into your request."
        ),
        "controls": _("Playing"),
        "key_play": _("Play, pause"),
        "key_shuttle": _("Backwards, pause, forwards; again for faster"),
        "key_step": _("Picture by picture"),
        "key_speed": _("Slower, faster"),
        "key_marks": _("Mark the beginning, the end"),
        "key_zoom": _("Zoom the timeline"),
        "key_count": _("So many cameras side by side"),
        "choose_cameras": _("Cameras"),
        "find_camera": _("Find a camera"),
        "cameras_most": _("At most {count} cameras can be played together."),
        "snapshot": _("Save this picture"),
        "snapshot_copy": _("Copy this picture"),
        "copied": _("Copied."),
        "key_pictures_speed": _("Above 4x only key pictures are shown."),
        "no_footage": _("Nothing was recorded here."),
        "gap_skipped": _("Skipped {duration} without footage: {cause}."),
        "at_end": _("The end of what is recorded."),
        "loading": _("Loading"),
    }


def _timeline_texts() -> dict[str, str]:
    return {
        "timeline": _("Timeline"),
        "timeline_help": _("Wheel or plus and minus zoom, drag or arrow keys move, Enter plays from here."),
        "timeline_at": _("At {time}"),
        "timeline_rows": _("Recorded and missing, per camera"),
        "recorded_from_to": _("recorded {from} to {to}"),
        "gap_from_to": _("missing {from} to {to}: {cause}"),
        "hold": _("On hold"),
        "zoom_in": _("Zoom in"),
        "zoom_out": _("Zoom out"),
        "cause_no_signal": _("no signal"),
        "cause_waiting_for_key_picture": _("waiting for a key picture"),
        "cause_refused": _("the camera refused the sign-in"),
        "cause_disk_slow": _("the disk was too slow"),
        "cause_disk_full": _("the disk was full"),
        "cause_disk_failed": _("the disk failed"),
        "cause_clock_step": _("the clock was set"),
        "cause_crash": _("the recorder stopped unexpectedly"),
        "cause_recorder_down": _("the recorder was off"),
        "cause_maintenance": _("maintenance"),
        "cause_loss": _("loss on the network"),
        "cause_unknown": _("cause unknown"),
    }
