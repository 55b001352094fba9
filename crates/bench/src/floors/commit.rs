use std::{
    path::Path,
    sync::mpsc::{self, Receiver, Sender},
    thread,
};

use actix_web::{HttpResponse, web};
use rusqlite::Connection;
use serde_json::Value;
use tokio::sync::oneshot;

use super::accept::run;
use crate::Error;

/// An update that waits for the disk, and who is told when it is there.
type Update = (web::Bytes, oneshot::Sender<()>);

/// The most updates of one commit, as in the gateway.
const MOST: usize = 256;

/// F2: as F1, and stores the body before it answers; what has queued up meanwhile is stored in one commit.
///
/// # Errors
/// When there is no port, or the database cannot be made.
pub(crate) fn serve(workers: usize, database: &Path) -> Result<(), Error> {
    let mut connection = Connection::open(database)?;
    connection.pragma_update(None, "journal_mode", "WAL")?;
    connection.pragma_update(None, "synchronous", "FULL")?;
    connection.execute_batch("CREATE TABLE updates (id INTEGER PRIMARY KEY, body BLOB NOT NULL) STRICT")?;
    let (sender, receiver) = mpsc::channel();
    thread::Builder::new().name("store-writer".to_owned()).spawn(move || {
        // The callers of a writer that has failed are answered 500.
        if let Err(error) = write(&mut connection, &receiver) {
            eprintln!("F2: {error}");
        }
    })?;
    run(workers, move |config| {
        config.app_data(web::Data::new(sender.clone())).route("/v1/users/{id}", web::patch().to(accept));
    })
}

async fn accept(body: web::Bytes, writer: web::Data<Sender<Update>>) -> HttpResponse {
    if serde_json::from_slice::<Value>(&body).is_err() {
        return HttpResponse::BadRequest().finish();
    }
    let (stored, is_stored) = oneshot::channel();
    if writer.send((body, stored)).is_err() || is_stored.await.is_err() {
        return HttpResponse::InternalServerError().finish();
    }
    HttpResponse::Accepted().finish()
}

/// Stores updates until nobody can send any more.
fn write(connection: &mut Connection, updates: &Receiver<Update>) -> rusqlite::Result<()> {
    while let Ok(first) = updates.recv() {
        let batch: Vec<Update> = [first].into_iter().chain(updates.try_iter().take(MOST - 1)).collect();
        let transaction = connection.transaction()?;
        for (body, _) in &batch {
            let mut insert = transaction.prepare_cached("INSERT INTO updates (body) VALUES (?1)")?;
            insert.execute([&body[..]])?;
        }
        transaction.commit()?;
        for (_, stored) in batch {
            // A caller that has gone need not be told.
            let _ = stored.send(());
        }
    }
    Ok(())
}
