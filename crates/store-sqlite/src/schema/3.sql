-- Version 3.

-- When the vendor last confirmed everything that was sent, and the trace (W3C Trace Context) of the newest update that is owed.
ALTER TABLE lanes ADD COLUMN confirmed_at INTEGER;
ALTER TABLE lanes ADD COLUMN trace BLOB;

-- Each entry of the audit holds a hash over the one before and itself; audit.rs fills in those of the entries that are there.
ALTER TABLE audit ADD COLUMN hash BLOB NOT NULL DEFAULT x'';

-- Events for operators, the newest thousand; `event_id` is what receivers know one by.
CREATE TABLE events(
  seq INTEGER PRIMARY KEY AUTOINCREMENT, event_id BLOB NOT NULL DEFAULT (randomblob(16)), at INTEGER NOT NULL,
  kind TEXT NOT NULL, route_id INTEGER NOT NULL REFERENCES routes, facts TEXT NOT NULL) STRICT;
-- What is the matter with a route, so that it is told once.
CREATE TABLE conditions(
  route_id INTEGER NOT NULL REFERENCES routes, condition TEXT NOT NULL, since INTEGER NOT NULL,
  PRIMARY KEY(route_id, condition)) STRICT, WITHOUT ROWID;
-- The last event that each webhook has been told.
CREATE TABLE webhooks(name TEXT PRIMARY KEY, told INTEGER NOT NULL) STRICT, WITHOUT ROWID;
