-- Version 5.

-- How a leaf is put on the wire at some route: its field there, and what tells this way from another one. Rows of lanes name
-- these by number.
CREATE TABLE ways(
  way INTEGER PRIMARY KEY, leaf TEXT NOT NULL, field TEXT NOT NULL, fingerprint INTEGER NOT NULL,
  UNIQUE(leaf, field, fingerprint)) STRICT;

-- After which lane the pass over a route's lanes goes on, which looks for what its mapping or place owes; null: it is over. Every
-- row of before is looked at once.
ALTER TABLE routes ADD COLUMN pass_after INTEGER;
UPDATE routes SET pass_after = 0;
-- How often the route's mapping or place has become another one.
ALTER TABLE routes ADD COLUMN changes INTEGER NOT NULL DEFAULT 0;

-- `slots`: what is known of each field at the vendor; see lanes/slots.rs. `known_since`: of older versions of the user nobody knows
-- whether they were delivered. `old_*`: what a row of before knew instead, until it is looked at.
CREATE TABLE lanes_5(
  lane_id INTEGER PRIMARY KEY AUTOINCREMENT, route_id INTEGER NOT NULL REFERENCES routes, user_id TEXT NOT NULL,
  state INTEGER NOT NULL CHECK(state BETWEEN 0 AND 5), why INTEGER, why_leaves TEXT, prio INTEGER NOT NULL,
  next_at INTEGER NOT NULL, revision INTEGER NOT NULL, slots BLOB, keeps INTEGER NOT NULL, known_since INTEGER NOT NULL,
  place INTEGER, suspect_until INTEGER, blind INTEGER NOT NULL, last_send_at INTEGER, epoch INTEGER NOT NULL,
  attempt INTEGER NOT NULL, isolating_since INTEGER, held TEXT, again INTEGER NOT NULL, subject TEXT, subject_key TEXT,
  pinned INTEGER NOT NULL, witness TEXT, confirmed TEXT, unverified TEXT, last_class INTEGER, last_status INTEGER,
  first_fail_at INTEGER, dirty_since INTEGER, trace BLOB, old_acked INTEGER, old_floor INTEGER, old_times BLOB,
  UNIQUE(user_id, route_id)) STRICT;
INSERT INTO lanes_5 SELECT
  lane_id, route_id, user_id, state, why, why_leaves, prio, next_at, epoch + want_ver, NULL, 0, 0, NULL, suspect_until, 0,
  last_send_at, epoch, attempt, iif(step_ver IS NULL, NULL, coalesce(last_send_at, 0)), held, again, subject, subject_key, pinned, witness, confirmed,
  unverified, last_class, last_status, first_fail_at, dirty_since, trace, iif(state = 5, NULL, acked_ver),
  iif(state = 5, NULL, floor_ver), iif(state = 5, NULL, confirmations)
  FROM lanes ORDER BY lane_id;
-- A request of a life before is lost for all that is known.
UPDATE lanes_5 SET blind = 1 WHERE suspect_until IS NOT NULL;
DROP TABLE lanes;
ALTER TABLE lanes_5 RENAME TO lanes;
CREATE UNIQUE INDEX lane_subject ON lanes(route_id, subject_key) WHERE subject_key IS NOT NULL;
CREATE INDEX lane_due ON lanes(route_id, state, why, prio, next_at, dirty_since)
  WHERE state = 1 OR state = 2 OR state = 3;
CREATE INDEX lane_outage ON lanes(route_id, prio, last_send_at) WHERE state = 3 AND why = 2;
CREATE INDEX lane_held ON lanes(route_id) WHERE held IS NOT NULL;
CREATE INDEX lane_blocked ON lanes(route_id) WHERE state = 4;
-- Of whom a vendor has, or may have, something that is not theirs any more.
CREATE INDEX lane_keeps ON lanes(route_id) WHERE keeps = 1;
-- A new database has no lane, and is to be as if it had never been copied.
DELETE FROM sqlite_sequence WHERE name = 'lanes' AND seq = 0;
