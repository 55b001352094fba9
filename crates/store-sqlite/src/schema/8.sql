-- Version 8.

-- The manager of a user as the profile has it, where that can be another user's id.
ALTER TABLE users ADD COLUMN manager TEXT;

-- Everybody whose manager a user is: where a vendor is told managers by its own name of them, another name is to be sent again.
CREATE INDEX user_manager ON users(manager) WHERE manager IS NOT NULL;
