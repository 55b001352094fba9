-- Version 3.

-- When the vendor last confirmed everything that was sent, and the trace (W3C Trace Context) of the newest update that is owed.
ALTER TABLE lanes ADD COLUMN confirmed_at INTEGER;
ALTER TABLE lanes ADD COLUMN trace BLOB;
