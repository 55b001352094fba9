-- Version 4.

-- When the vendor confirmed what: entries of a version and a time, eight bytes each. Of before only the last time is known.
ALTER TABLE lanes ADD COLUMN confirmations BLOB;
UPDATE lanes SET confirmations = unhex(printf('%016x%016x', acked_ver, confirmed_at))
  WHERE confirmed_at IS NOT NULL AND acked_ver > 0;
ALTER TABLE lanes DROP COLUMN confirmed_at;

-- What an operator looks for in the audit is found without going through the identities, which are nearly all of it.
CREATE INDEX audit_acts ON audit(kind) WHERE kind <> 'identity';
