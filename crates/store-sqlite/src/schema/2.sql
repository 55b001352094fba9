-- Version 2.

-- The writer counts `routes.lanes` itself: with a trigger SQLite prepares to undo each single change of a lane.
DROP TRIGGER lane_born;
DROP TRIGGER lane_erased;

-- Each update names the user's one before, and the user the newest: no index has to be written for the list of a user's updates.
-- An update that retention has removed may still be named.
ALTER TABLE users ADD COLUMN last_update BLOB;
ALTER TABLE updates ADD COLUMN before BLOB;
UPDATE users SET last_update = (SELECT max(update_id) FROM updates WHERE updates.user_id = users.user_id);
UPDATE updates SET before = (SELECT max(earlier.update_id) FROM updates AS earlier
  WHERE earlier.user_id = updates.user_id AND earlier.update_id < updates.update_id);
DROP INDEX update_user;
