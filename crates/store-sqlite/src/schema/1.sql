-- Version 1. Codes are those of codes.rs. Times are milliseconds since the Unix epoch. Rows of routes, users and lanes are
-- never deleted, so that ids are never reused and versions never restart.

-- Keys the MACs of idempotency keys and requests, so that the file does not hold what callers sent.
CREATE TABLE secret(id INTEGER PRIMARY KEY CHECK(id = 1), mac_key BLOB NOT NULL) STRICT;
INSERT INTO secret VALUES(1, randomblob(32));

-- `clean` tells whether the last process closed the file; `checks` only counts proofs that the file can be written.
CREATE TABLE marker(id INTEGER PRIMARY KEY CHECK(id = 1), clean INTEGER NOT NULL, checks INTEGER NOT NULL) STRICT;
INSERT INTO marker VALUES(1, 1, 0);

CREATE TABLE callers(caller INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE) STRICT;

-- `lanes` counts the route's lanes but erased ones; the triggers below keep it.
CREATE TABLE routes(
  route_id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL UNIQUE, vendor TEXT NOT NULL, subject_kind TEXT NOT NULL,
  origin TEXT NOT NULL, mapping_revision INTEGER NOT NULL, pause INTEGER, probe_at INTEGER,
  probes INTEGER NOT NULL DEFAULT 0, lanes INTEGER NOT NULL DEFAULT 0) STRICT;

CREATE TABLE users(
  user_id TEXT PRIMARY KEY, incarnation INTEGER NOT NULL, ver INTEGER NOT NULL, doc BLOB, erased_at INTEGER,
  updated_at INTEGER NOT NULL) STRICT, WITHOUT ROWID;

-- `why` is the cause of a wait or the reason of a block.
CREATE TABLE lanes(
  lane_id INTEGER PRIMARY KEY AUTOINCREMENT, route_id INTEGER NOT NULL REFERENCES routes, user_id TEXT NOT NULL,
  state INTEGER NOT NULL CHECK(state BETWEEN 0 AND 5), why INTEGER, why_leaves TEXT, prio INTEGER NOT NULL,
  next_at INTEGER NOT NULL, want_ver INTEGER NOT NULL, sent_ver INTEGER NOT NULL, acked_ver INTEGER NOT NULL,
  floor_ver INTEGER NOT NULL, suspect_until INTEGER, last_send_at INTEGER, epoch INTEGER NOT NULL, attempt INTEGER NOT NULL,
  step_ver INTEGER, step_leaf TEXT, held TEXT, again INTEGER NOT NULL, subject TEXT, subject_key TEXT,
  pinned INTEGER NOT NULL, witness TEXT, confirmed TEXT, unverified TEXT, last_class INTEGER, last_status INTEGER,
  first_fail_at INTEGER, dirty_since INTEGER,
  UNIQUE(user_id, route_id),
  CHECK(0 <= floor_ver AND floor_ver <= acked_ver AND acked_ver <= sent_ver AND sent_ver <= want_ver)) STRICT;
CREATE UNIQUE INDEX lane_subject ON lanes(route_id, subject_key) WHERE subject_key IS NOT NULL;
-- Everything that waits for its turn or is under way; covers the counting, too.
CREATE INDEX lane_due ON lanes(route_id, state, why, prio, next_at, dirty_since)
  WHERE state = 1 OR state = 2 OR state = 3;
-- What a route's recovery makes due.
CREATE INDEX lane_outage ON lanes(route_id, prio, last_send_at) WHERE state = 3 AND why = 2;
CREATE INDEX lane_held ON lanes(route_id) WHERE held IS NOT NULL;
CREATE INDEX lane_blocked ON lanes(route_id) WHERE state = 4;

CREATE TRIGGER lane_born AFTER INSERT ON lanes BEGIN
  UPDATE routes SET lanes = lanes + 1 WHERE route_id = new.route_id;
END;
CREATE TRIGGER lane_erased AFTER UPDATE OF state ON lanes WHEN (old.state = 5) <> (new.state = 5) BEGIN
  UPDATE routes SET lanes = lanes + iif(new.state = 5, -1, 1) WHERE route_id = new.route_id;
END;

-- Names of leaves, never values.
CREATE TABLE updates(
  update_id BLOB PRIMARY KEY, user_id TEXT NOT NULL, ver INTEGER NOT NULL, caller INTEGER NOT NULL REFERENCES callers,
  at INTEGER NOT NULL, incarnation INTEGER NOT NULL, created INTEGER NOT NULL, effective INTEGER NOT NULL,
  leaves TEXT NOT NULL, verdicts TEXT NOT NULL
  ) STRICT, WITHOUT ROWID;
CREATE INDEX update_user ON updates(user_id, update_id);

CREATE TABLE idempotency(
  caller INTEGER NOT NULL, key_mac BLOB NOT NULL, request_mac BLOB NOT NULL, update_id BLOB NOT NULL,
  expires_at INTEGER NOT NULL, PRIMARY KEY(caller, key_mac)) STRICT, WITHOUT ROWID;
CREATE INDEX idempotency_expiry ON idempotency(expires_at);

CREATE TABLE attempts(
  attempt_id INTEGER PRIMARY KEY AUTOINCREMENT, lane_id INTEGER NOT NULL, at INTEGER NOT NULL, sent_ver INTEGER NOT NULL,
  class INTEGER, status INTEGER, took INTEGER NOT NULL, detail TEXT) STRICT;
CREATE INDEX attempt_lane ON attempts(lane_id, attempt_id);

CREATE TABLE audit(
  seq INTEGER PRIMARY KEY AUTOINCREMENT, at INTEGER NOT NULL, who TEXT NOT NULL, kind TEXT NOT NULL, route_id INTEGER,
  detail TEXT NOT NULL) STRICT;
