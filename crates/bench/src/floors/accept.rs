use std::net::TcpListener;

use actix_web::{App, HttpResponse, HttpServer, dev::Server, web};
use serde_json::{Value, json};

use crate::{Error, serve};

/// F1: reads the body as JSON, drops it and answers 202.
///
/// # Errors
/// When there is no port.
pub(crate) fn serve(workers: usize) -> Result<(), Error> {
    run(workers, |config| {
        config.route("/v1/users/{id}", web::patch().to(accept));
    })
}

/// Serves an application on a port of the system's choice, and says where.
///
/// # Errors
/// When there is no port.
pub(super) fn run<F>(workers: usize, configure: F) -> Result<(), Error>
where
    F: Fn(&mut web::ServiceConfig) + Clone + Send + 'static,
{
    let listener = serve::listen()?;
    let address = listener.local_addr()?;
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(async {
        let server = server(listener, workers, configure)?;
        serve::ready(&json!({ "address": address }))?;
        Ok(server.await?)
    })
}

fn server<F>(listener: TcpListener, workers: usize, configure: F) -> std::io::Result<Server>
where
    F: Fn(&mut web::ServiceConfig) + Clone + Send + 'static,
{
    let server = HttpServer::new(move || App::new().configure(configure.clone())).workers(workers);
    Ok(server.disable_signals().listen(listener)?.run())
}

async fn accept(body: web::Bytes) -> HttpResponse {
    match serde_json::from_slice::<Value>(&body) {
        Ok(_) => HttpResponse::Accepted().finish(),
        Err(_) => HttpResponse::BadRequest().finish(),
    }
}
