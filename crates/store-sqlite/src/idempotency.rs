use delivery::{Millis, UpdateId, store::IdempotencyKey};
use hmac::{Hmac, KeyInit, Mac as _};
use rusqlite::{Connection, OptionalExtension, params};
use sha2::Sha256;

/// Makes the MACs under which idempotency keys and requests are stored. Its `Debug` does not show the secret.
#[derive(Clone)]
pub(crate) struct Macs(Hmac<Sha256>);

impl Macs {
    /// Reads the secret that was made with the file.
    pub(crate) fn load(connection: &Connection) -> rusqlite::Result<Self> {
        let secret: Vec<u8> = connection.query_row("SELECT mac_key FROM secret", [], |row| row.get(0))?;
        let keyed = Hmac::new_from_slice(&secret);
        keyed.map(Self).map_err(|_| rusqlite::Error::QueryReturnedNoRows)
    }

    fn of(&self, what: &[u8], text: &[u8]) -> [u8; 32] {
        let mut mac = self.0.clone();
        mac.update(what);
        mac.update(text);
        mac.finalize().into_bytes().into()
    }

    /// The key and the request as they are stored.
    pub(crate) fn stamp(&self, key: &IdempotencyKey) -> Stamp {
        Stamp { key: self.of(b"key\0", key.key.as_bytes()), request: self.of(b"request\0", &key.request) }
    }
}

impl std::fmt::Debug for Macs {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Macs(..)")
    }
}

/// The MACs of one request.
pub(crate) struct Stamp {
    key: [u8; 32],
    request: [u8; 32],
}

/// What is known of a key.
pub(crate) enum Known {
    /// The same request was taken as this update.
    Same(UpdateId),
    /// It was used for another request.
    Other,
}

/// What is known of a key of a caller; none when it is new or has expired.
pub(crate) fn find(
    connection: &Connection,
    caller: i64,
    stamp: &Stamp,
    now: Millis,
) -> rusqlite::Result<Option<Known>> {
    const SELECT: &str = "SELECT request_mac, update_id FROM idempotency WHERE caller = ?1 AND key_mac = ?2 AND expires_at > ?3";
    let mut statement = connection.prepare_cached(SELECT)?;
    let found = statement.query_row(params![caller, stamp.key.as_slice(), now], |row| {
        let same = row.get_ref(0)?.as_blob()? == stamp.request;
        let id: [u8; 16] = row.get(1)?;
        Ok(if same { Known::Same(UpdateId::from_bytes(id)) } else { Known::Other })
    });
    found.optional()
}

/// Remembers a key; takes the place of one that has expired.
pub(crate) fn write(
    connection: &Connection,
    caller: i64,
    stamp: &Stamp,
    update: UpdateId,
    expires_at: Millis,
) -> rusqlite::Result<()> {
    const REPLACE: &str = "REPLACE INTO idempotency(caller, key_mac, request_mac, update_id, expires_at) VALUES(?1, ?2, ?3, ?4, ?5)";
    connection.prepare_cached(REPLACE)?.execute(params![
        caller,
        stamp.key.as_slice(),
        stamp.request.as_slice(),
        update.as_bytes().as_slice(),
        expires_at
    ])?;
    Ok(())
}
