use std::{sync::Arc, time::Duration};

use actix_web::{HttpResponse, web};
use futures_util::future::try_join_all;
use reqwest::{Client, header::CONTENT_TYPE};
use rustls::{ClientConfig, RootCertStore, crypto::ring};

use super::accept::run;
use crate::Error;

/// Where the bodies go, and by what.
struct Vendors {
    client: Client,
    urls: Vec<String>,
}

/// F3: forwards the body to the four vendors at once, and answers when all four have.
///
/// # Errors
/// When there is no port.
pub(crate) fn serve(workers: usize, vendors: &[String]) -> Result<(), Error> {
    let urls = vendors.iter().map(|vendor| format!("http://{vendor}/")).collect();
    let vendors = web::Data::new(Vendors { client: client()?, urls });
    run(workers, move |config| {
        config.app_data(vendors.clone()).route("/v1/users/{id}", web::patch().to(forward));
    })
}

/// A client of plain HTTP; it trusts nobody with TLS.
fn client() -> Result<Client, Error> {
    let tls = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()?
        .with_root_certificates(RootCertStore::empty())
        .with_no_client_auth();
    let client = Client::builder().http1_only().no_proxy().tls_backend_preconfigured(tls);
    Ok(client.timeout(Duration::from_secs(15)).build()?)
}

async fn forward(body: web::Bytes, vendors: web::Data<Vendors>) -> HttpResponse {
    let all = vendors.urls.iter().map(|url| send(&vendors.client, url, body.clone()));
    match try_join_all(all).await {
        Ok(_) => HttpResponse::Accepted().finish(),
        Err(error) => HttpResponse::BadGateway().body(error.to_string()),
    }
}

async fn send(client: &Client, url: &str, body: web::Bytes) -> reqwest::Result<()> {
    let request = client.post(url).header(CONTENT_TYPE, "application/json").body(body);
    request.send().await?.error_for_status()?.bytes().await.map(drop)
}
