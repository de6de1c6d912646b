-- Counters of the whole store: 'epoch', 'named', 'next execution', 'version'.
CREATE TABLE counters (
    name  TEXT PRIMARY KEY,
    value INTEGER NOT NULL
) WITHOUT ROWID;

-- What changes of an execution with each commit.
CREATE TABLE executions (
    id       INTEGER PRIMARY KEY,
    version  INTEGER NOT NULL,
    events   INTEGER NOT NULL,
    redrives INTEGER NOT NULL,
    status   INTEGER NOT NULL,
    due      INTEGER,
    ended    INTEGER
);
CREATE INDEX executions_due ON executions (due) WHERE due IS NOT NULL;
CREATE INDEX executions_ended ON executions (ended) WHERE ended IS NOT NULL;

-- What never changes of it.
CREATE TABLE starts (
    id      INTEGER PRIMARY KEY,
    started INTEGER NOT NULL,
    arn     TEXT NOT NULL,
    groups  BLOB NOT NULL,
    head    BLOB NOT NULL
);

-- Which executions have an ARN with this hash. Hashes lie in no order, so that
-- each insertion costs a page; those of the latest executions, above the counter
-- 'named', are kept in memory until there are many of them.
CREATE TABLE names (
    hash      INTEGER NOT NULL,
    execution INTEGER NOT NULL,
    PRIMARY KEY (hash, execution)
) WITHOUT ROWID;

-- How it ended.
CREATE TABLE results (
    id     INTEGER PRIMARY KEY,
    result BLOB NOT NULL
);

-- The records, one row for each commit, in the order of commits.
CREATE TABLE batches (
    id        INTEGER PRIMARY KEY,
    execution INTEGER NOT NULL,
    first     INTEGER NOT NULL, -- the number of its first event, or of the next one
    checksum  INTEGER NOT NULL,
    records   BLOB NOT NULL
);
CREATE INDEX batches_execution ON batches (execution, first);

CREATE TABLE groups (
    id   INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE
);
CREATE TABLE listings (
    grp       INTEGER NOT NULL,
    status    INTEGER NOT NULL,
    execution INTEGER NOT NULL,
    PRIMARY KEY (grp, status, execution)
) WITHOUT ROWID;

CREATE TABLE waiting (
    queue     TEXT NOT NULL,
    since     INTEGER NOT NULL,
    execution INTEGER NOT NULL,
    event     INTEGER NOT NULL,
    PRIMARY KEY (queue, since, execution, event)
) WITHOUT ROWID;
CREATE INDEX waiting_execution ON waiting (execution);

-- The bytes lie apart, so that counting uses does not rewrite them.
CREATE TABLE blobs (
    id     INTEGER PRIMARY KEY,
    digest BLOB NOT NULL UNIQUE,
    uses   INTEGER NOT NULL -- how many executions mention it
);
CREATE INDEX blobs_unused ON blobs (id) WHERE uses = 0;
CREATE TABLE contents (
    id    INTEGER PRIMARY KEY,
    bytes BLOB NOT NULL
);
CREATE TABLE mentions (
    execution INTEGER NOT NULL,
    blob      INTEGER NOT NULL,
    PRIMARY KEY (execution, blob)
) WITHOUT ROWID;

CREATE TABLE entries (
    id      INTEGER PRIMARY KEY,
    kind    INTEGER NOT NULL,
    name    TEXT NOT NULL,
    version INTEGER NOT NULL,
    value   BLOB NOT NULL,
    UNIQUE (kind, name)
);
