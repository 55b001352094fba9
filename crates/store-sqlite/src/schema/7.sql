-- Version 7.

-- How the route's subjects were compared when their keys were made; null: as before, with ASCII letters in lower case. The keys
-- are made anew where the route compares them otherwise, before it is used.
ALTER TABLE routes ADD COLUMN comparison TEXT;

-- Who has the person whom the vendor calls so.
CREATE INDEX lane_witness ON lanes(route_id, witness) WHERE witness IS NOT NULL;

-- With which facts a condition was told last; null: by an older schema.
ALTER TABLE conditions ADD COLUMN facts TEXT;

-- Users whose identity at a route was removed: the route has nobody to send to, and owes nothing.
CREATE INDEX lane_unknown ON lanes(route_id) WHERE state = 0 AND subject IS NULL AND dirty_since IS NULL;
