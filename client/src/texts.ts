/**
 * Every word the elements say, in English. The page hands over translations by the same keys (`texts` in its
 * `data-config`); there is no second catalogue. Braces are filled in.
 */
export const TEXTS = {
  // wall
  wall: "Live wall",
  layout: "Layout",
  layout_one: "One camera",
  layout_grid: "{count} cameras",
  layout_one_plus_five: "One large, five small",
  layout_all: "All cameras; more than 36 as key pictures",
  previous_page: "Previous page",
  next_page: "Next page",
  page_of: "Page {page} of {pages}",
  tour: "Tour",
  tour_stop: "Stop the tour",
  full_screen: "Full screen",
  full_screen_leave: "Leave full screen",
  enlarge: "Enlarge",
  shrink: "Back to the wall",
  replay: "Replay 30 s",
  no_cameras: "No cameras may be watched here yet.",
  moved: "{camera} moved to place {place}.",
  grabbed: "{camera} taken. Arrow keys move it, Enter puts it down.",
  keys_help:
    "Arrow keys choose a camera, Enter enlarges, 1 to 6 choose a layout, 0 shows all, F full screen, T tour, B replay, M moves.",
  keys: "Keys",
  key_choose: "Choose a camera",
  key_move: "Take the camera and move it by arrows",
  key_page: "Turn the page",
  // tile
  tile_live: "{camera}, live",
  tile_state: "{camera}: {state}",
  state_connecting: "Connecting",
  state_no_signal: "No signal",
  state_waiting_for_key_picture: "Waiting for a key picture",
  state_refused: "The camera refuses the sign-in",
  state_disk: "Not recording: disk",
  state_off: "Switched off",
  state_lost: "No connection to the recorder",
  state_denied: "Not permitted",
  state_failed: "The picture cannot be shown",
  since: "since {time}",
  key_pictures: "Key pictures only",
  sub_stream: "This browser cannot decode {codec}; the sub stream is shown.",
  stills: "This browser cannot decode {codec}; stills are shown.",
  error_ticket_unavailable: "The web service does not answer, so nobody can grant a look. Recording goes on.",
  error_ticket_too_narrow: "The ticket does not cover this camera or this period.",
  error_ticket_missing: "No ticket was shown; reload the page.",
  error_ticket_malformed: "The ticket cannot be read; reload the page.",
  error_ticket_forged: "The ticket was altered, or is not from this site; reload the page.",
  error_ticket_expired: "The ticket has ended; reload the page.",
  error_ticket_revoked: "The ticket was withdrawn.",
  error_ticket_for_other: "The ticket is for another recorder; reload the page.",
  error_too_many_viewers: "The recorder already shows live pictures to as many pages as it can.",
  error_footage_unreadable: "The disk does not give this footage back; tell the IT officer.",
  error_not_found: "The recorder does not know this camera or has no footage here.",
  error_unavailable: "The recorder does not answer. It is being tried again.",
  error_unknown: "It did not work ({code}).",
  clause: "by {clause}",
  // player
  player: "Review player",
  play: "Play",
  pause: "Pause",
  speed: "Speed",
  step_back: "Previous picture",
  step_forward: "Next picture",
  back_10: "Back 10 s",
  forward_10: "Forward 10 s",
  live_edge: "Newest",
  go_to: "Go to a time",
  go: "Go",
  cancel: "Cancel",
  close: "Close",
  mark_in: "Mark the beginning",
  mark_out: "Mark the end",
  marks_clear: "Remove the marks",
  mark_in_word: "From here",
  mark_out_word: "To here",
  range_group: "Marked range",
  range: "{from} to {to} ({duration})",
  range_from: "From {from}. Go on and mark the end.",
  range_to: "Up to {to}. Go back and mark the beginning.",
  range_loop: "Loop",
  range_zoom: "Zoom to it",
  range_copy: "Copy its address",
  range_copied: "The address of this range is copied. Who opens it must be permitted to watch.",
  range_in_address: "This browser copies nothing without https. Take the address from the browser's address line.",
  range_order:
    "Footage leaves only by an extraction order of the school board (Đ5). Put the address into your request.",
  controls: "Playing",
  key_play: "Play, pause",
  key_shuttle: "Backwards, pause, forwards; again for faster",
  key_step: "Picture by picture",
  key_speed: "Slower, faster",
  key_marks: "Mark the beginning, the end",
  key_zoom: "Zoom the timeline",
  key_count: "So many cameras side by side",
  choose_cameras: "Cameras",
  find_camera: "Find a camera",
  cameras_most: "At most {count} cameras can be played together.",
  snapshot: "Save this picture",
  snapshot_copy: "Copy this picture",
  copied: "Copied.",
  key_pictures_speed: "Above 4x only key pictures are shown.",
  no_footage: "Nothing was recorded here.",
  gap_skipped: "Skipped {duration} without footage: {cause}.",
  at_end: "The end of what is recorded.",
  loading: "Loading",
  // timeline
  timeline: "Timeline",
  timeline_help: "Wheel or plus and minus zoom, drag or arrow keys move, Enter plays from here.",
  timeline_at: "At {time}",
  timeline_rows: "Recorded and missing, per camera",
  recorded_from_to: "recorded {from} to {to}",
  gap_from_to: "missing {from} to {to}: {cause}",
  hold: "On hold",
  zoom_in: "Zoom in",
  zoom_out: "Zoom out",
  cause_no_signal: "no signal",
  cause_waiting_for_key_picture: "waiting for a key picture",
  cause_refused: "the camera refused the sign-in",
  cause_disk_slow: "the disk was too slow",
  cause_disk_full: "the disk was full",
  cause_disk_failed: "the disk failed",
  cause_clock_step: "the clock was set",
  cause_crash: "the recorder stopped unexpectedly",
  cause_recorder_down: "the recorder was off",
  cause_maintenance: "maintenance",
  cause_loss: "loss on the network",
  cause_unknown: "cause unknown",
} as const;

export type TextKey = keyof typeof TEXTS;

export type Say = (key: TextKey, facts?: Record<string, string | number>) => string;

/** Says a text in the page's language, in English where it has none. */
export function speaker(translated: Partial<Record<string, string>> = {}): Say {
  return (key, facts = {}) =>
    (translated[key] ?? TEXTS[key]).replace(/\{(\w+)\}/g, (whole, name: string) => String(facts[name] ?? whole));
}

/** Why something did not work: in the page's language where the code has a text, else in the words of whoever said so. */
export function sayError(say: Say, code: string, message: string): string {
  return message !== "" && !(`error_${code}` in TEXTS) ? message : sayCode(say, "error", code, "error_unknown");
}

/** A text whose key is made of a prefix and a code from the server; the fallback where the code is new. */
export function sayCode(say: Say, prefix: string, code: string, fallback: TextKey): string {
  const key = `${prefix}_${code}`;
  return key in TEXTS ? say(key as TextKey) : say(fallback, { code });
}
