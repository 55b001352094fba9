-- Version 4.

-- When the vendor confirmed what: entries of a version and a time, eight bytes each. Of before only the last time is known.
ALTER TABLE lanes ADD COLUMN confirmations BLOB;
UPDATE lanes SET confirmations = unhex(printf('%016x%016x', acked_ver, confirmed_at))
  WHERE confirmed_at IS NOT NULL AND acked_ver > 0;
ALTER TABLE lanes DROP COLUMN confirmed_at;

-- An answer about another person pauses a route for a reason of its own; so far only the missing time of a next try told it.
UPDATE routes SET pause = 5 WHERE pause IN (1, 2, 3) AND probe_at IS NULL;

-- What an operator looks for in the audit is found without going through the identities, which are nearly all of it.
CREATE INDEX audit_acts ON audit(kind) WHERE kind <> 'identity';
