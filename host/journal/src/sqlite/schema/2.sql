-- A checksum of each row that is not a copy of another's columns: a damaged bit
-- is told instead of answered. Of a batch it now has the place as well; a batch
-- that was damaged before keeps the checksum that says so.
ALTER TABLE executions ADD COLUMN checksum INTEGER NOT NULL DEFAULT 0;
UPDATE executions SET checksum = checksum(id, version, events, redrives, status, due, ended);

ALTER TABLE starts ADD COLUMN checksum INTEGER NOT NULL DEFAULT 0;
UPDATE starts SET checksum = checksum(id, started, arn, groups, head);

ALTER TABLE results ADD COLUMN checksum INTEGER NOT NULL DEFAULT 0;
UPDATE results SET checksum = checksum(id, result);

UPDATE batches SET checksum = checksum(execution, first, records)
WHERE checksum = crc32(records);

ALTER TABLE waiting ADD COLUMN checksum INTEGER NOT NULL DEFAULT 0;
UPDATE waiting SET checksum = checksum(queue, since, execution, event);

ALTER TABLE mentions ADD COLUMN checksum INTEGER NOT NULL DEFAULT 0;
UPDATE mentions SET checksum = checksum(execution, blob);

ALTER TABLE entries ADD COLUMN checksum INTEGER NOT NULL DEFAULT 0;
UPDATE entries SET checksum = checksum(kind, name, version, value);

ALTER TABLE counters ADD COLUMN checksum INTEGER NOT NULL DEFAULT 0;
UPDATE counters SET checksum = checksum(name, value);
