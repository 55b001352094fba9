-- Version 2. The writer counts `routes.lanes` itself: with a trigger SQLite prepares to undo each single change of a lane.
DROP TRIGGER lane_born;
DROP TRIGGER lane_erased;
