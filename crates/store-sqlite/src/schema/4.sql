-- Version 4.

-- When the vendor confirmed what: entries of a version and a time, eight bytes each. Of before only the last time is known.
ALTER TABLE lanes ADD COLUMN confirmations BLOB;
UPDATE lanes SET confirmations = unhex(printf('%016x%016x', acked_ver, confirmed_at))
  WHERE confirmed_at IS NOT NULL AND acked_ver > 0;
ALTER TABLE lanes DROP COLUMN confirmed_at;

-- What an operator looks for in the audit is found without going through all of it.
CREATE INDEX audit_kind ON audit(kind, seq);
CREATE INDEX audit_route ON audit(route_id, seq) WHERE route_id IS NOT NULL;
