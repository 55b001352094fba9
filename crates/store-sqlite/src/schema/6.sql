-- Version 6.

-- Counts living users, and walks through them, without reading their profiles.
CREATE INDEX user_living ON users(user_id) WHERE erased_at IS NULL;
