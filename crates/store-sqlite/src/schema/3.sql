-- Version 3.

-- When the vendor last confirmed everything that was sent, and the trace (W3C Trace Context) of the newest update that is owed.
ALTER TABLE lanes ADD COLUMN confirmed_at INTEGER;
ALTER TABLE lanes ADD COLUMN trace BLOB;

-- Each entry of the audit holds a hash over the one before and itself; audit.rs fills in those of the entries that are there.
ALTER TABLE audit ADD COLUMN hash BLOB NOT NULL DEFAULT x'';
