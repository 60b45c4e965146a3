-- The index of one recorder. This file is the authority; migrations/ leads older files to it (a test proves them equal).
-- Times are integer microseconds UTC (_us). Everything here can be rebuilt from the files and state/journal.jsonl,
-- except ticket_use, which is an outbox.

CREATE TABLE meta (
    key   TEXT PRIMARY KEY,
    value TEXT NOT NULL
) WITHOUT ROWID;

CREATE TABLE volume (
    id         INTEGER PRIMARY KEY,
    uuid       TEXT NOT NULL UNIQUE,
    generation INTEGER NOT NULL,
    path       TEXT NOT NULL                       -- where it was last seen
);

CREATE TABLE stream (
    id       INTEGER PRIMARY KEY,
    name     TEXT NOT NULL UNIQUE,                 -- 'cam-01.main'
    camera   TEXT NOT NULL,
    kind     TEXT NOT NULL CHECK (kind IN ('main', 'sub')),
    since_us INTEGER NOT NULL                      -- first configured: recorded + gaps tile [since_us, now)
);

CREATE TABLE init (
    id          TEXT PRIMARY KEY,                  -- first 16 hex digits of sha256(bytes + description)
    sha256      BLOB NOT NULL,
    bytes       BLOB NOT NULL,                     -- ftyp + moov
    description TEXT NOT NULL                      -- canonical JSON {video: {codec, codecs, width, height, fps}, audio}
) WITHOUT ROWID;

CREATE TABLE segment (
    id             INTEGER PRIMARY KEY,            -- stream_id << 32 | seq, so a stream's rows lie together
    stream_id      INTEGER NOT NULL REFERENCES stream (id),
    seq            INTEGER NOT NULL,
    volume_id      INTEGER NOT NULL REFERENCES volume (id),
    start_us       INTEGER NOT NULL,
    end_us         INTEGER,                        -- null while open
    start_mono_us  INTEGER NOT NULL,
    boot_id        TEXT NOT NULL,
    init_id        TEXT NOT NULL REFERENCES init (id),
    size_bytes     INTEGER NOT NULL,
    pictures       INTEGER NOT NULL,
    duration_90k   INTEGER NOT NULL,
    activity       INTEGER NOT NULL,               -- the highest of its fragments
    damaged_us     INTEGER NOT NULL,               -- time of the fragments that lost packets
    end_reason     TEXT,
    state          TEXT NOT NULL CHECK (state IN ('open', 'closed', 'deleting')),
    chain_head     BLOB,
    previous_chain BLOB NOT NULL,
    fragments      BLOB NOT NULL,                  -- 40 bytes each, archive/records.py
    CHECK (id = (stream_id << 32) + seq),
    CHECK (state = 'open' OR (end_us > start_us AND chain_head IS NOT NULL AND end_reason IS NOT NULL))
);
-- Covers every query over time, so that none of them reads the wide rows.
CREATE INDEX segment_by_time
    ON segment (stream_id, start_us, end_us, state, size_bytes, activity, damaged_us, volume_id);
CREATE INDEX segment_unfinished ON segment (state) WHERE state <> 'closed';

CREATE TABLE gap (
    stream_id INTEGER NOT NULL REFERENCES stream (id),
    start_us  INTEGER NOT NULL,
    end_us    INTEGER,                             -- null: still running
    cause     TEXT NOT NULL,
    detail    TEXT NOT NULL,
    PRIMARY KEY (stream_id, start_us),
    CHECK (end_us IS NULL OR end_us > start_us)
) WITHOUT ROWID;

CREATE TABLE deletion (                            -- one row a run of neighbours and day
    stream_id      INTEGER NOT NULL REFERENCES stream (id),
    first_seq      INTEGER NOT NULL,
    last_seq       INTEGER NOT NULL,
    day            TEXT NOT NULL,                  -- UTC day on which it was deleted
    segments       INTEGER NOT NULL,
    bytes          INTEGER NOT NULL,
    first_us       INTEGER NOT NULL,
    last_us        INTEGER NOT NULL,
    previous_chain BLOB NOT NULL,                  -- of first_seq
    chain_head     BLOB NOT NULL,                  -- of last_seq: the next file links to it
    reason         TEXT NOT NULL,
    PRIMARY KEY (stream_id, first_seq)
) WITHOUT ROWID;

CREATE TABLE chain_break (                         -- a segment whose previous_chain could not be known, and why
    stream_id INTEGER NOT NULL REFERENCES stream (id),
    seq       INTEGER NOT NULL,
    reason    TEXT NOT NULL,
    PRIMARY KEY (stream_id, seq)
) WITHOUT ROWID;

CREATE TABLE hold (
    id      TEXT PRIMARY KEY,
    camera  TEXT NOT NULL,
    from_us INTEGER NOT NULL,
    to_us   INTEGER NOT NULL,
    reason  TEXT NOT NULL
) WITHOUT ROWID;

CREATE TABLE event (
    id      INTEGER PRIMARY KEY AUTOINCREMENT,
    at_us   INTEGER NOT NULL,
    name    TEXT NOT NULL,                         -- source:subject:action
    alarm   INTEGER NOT NULL CHECK (alarm IN (0, 1)),
    facts   TEXT NOT NULL                          -- JSON
);

CREATE TABLE ticket_use (                          -- outbox: rows leave when web has acknowledged them
    id   INTEGER PRIMARY KEY AUTOINCREMENT,
    body TEXT NOT NULL                             -- JSON of protocol.TicketUse without its id
);

CREATE TABLE checkpoint (
    number  INTEGER PRIMARY KEY,
    time_us INTEGER NOT NULL,
    sha256  BLOB NOT NULL,
    note    TEXT NOT NULL                          -- the signed text
);
