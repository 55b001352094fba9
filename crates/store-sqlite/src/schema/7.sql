-- Version 7.

-- How the route's subjects were compared when their keys were made; null: as before, with ASCII letters in lower case. The keys
-- are made anew where the route compares them otherwise, before it is used.
ALTER TABLE routes ADD COLUMN comparison TEXT;

-- Who has the person whom the vendor calls so.
CREATE INDEX lane_witness ON lanes(route_id, witness) WHERE witness IS NOT NULL;
