use std::{
    io::{Read, Write},
    net::{SocketAddr, TcpListener},
    sync::Arc,
    thread,
};

use delivery::{SendError, SendErrorKind, Transport};
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, DnType, IsCa, KeyPair, date_time_ymd};
use rustls::{
    ServerConfig, ServerConnection, StreamOwned,
    crypto::ring,
    pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer},
};

use super::{
    request,
    server::{Listener, Step},
    settings, short,
};
use crate::{HttpTransport, Network, Settings, SettingsError};

type Issuer = CertifiedIssuer<'static, KeyPair>;

fn issuer(name: &str) -> Issuer {
    let mut params = CertificateParams::default();
    params.distinguished_name.push(DnType::CommonName, name);
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    CertifiedIssuer::self_signed(params, KeyPair::generate().expect("a key")).expect("a certificate")
}

fn certificate_for(name: &str) -> CertificateParams {
    CertificateParams::new(vec![name.to_owned()]).expect("a name")
}

/// Serves one TLS connection on a free port.
fn vendor(issuer: &Issuer, params: &CertificateParams) -> SocketAddr {
    let key = KeyPair::generate().expect("a key");
    let certificate = params.signed_by(&key, issuer).expect("a certificate");
    let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.serialize_der()));
    let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .expect("protocol versions")
        .with_no_client_auth()
        .with_single_cert(vec![certificate.der().clone()], key)
        .expect("a server configuration");
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let address = listener.local_addr().expect("an address");
    thread::spawn(move || {
        let (stream, _) = listener.accept().expect("a connection");
        let connection = ServerConnection::new(Arc::new(config)).expect("a server");
        let mut stream = StreamOwned::new(connection, stream);
        if stream.read(&mut [0; 4096]).is_ok_and(|read| read > 0) {
            let _ = stream.write_all(b"HTTP/1.1 204 No Content\r\n\r\n");
            let _ = stream.flush();
        }
    });
    address
}

fn trusting(address: SocketAddr, roots: Option<String>) -> Settings {
    Settings {
        extra_roots: roots.map(String::into_bytes),
        ..settings(&format!("https://{address}"), Network::Loopback)
    }
}

async fn failure(settings: Settings) -> SendError {
    let transport = HttpTransport::new(settings).expect("a transport");
    transport.send(&request()).await.expect_err("no answer")
}

#[tokio::test]
async fn a_certificate_of_the_extra_roots_is_trusted() {
    let issuer = issuer("ours");
    let address = vendor(&issuer, &certificate_for("127.0.0.1"));
    let transport = HttpTransport::new(trusting(address, Some(issuer.pem()))).expect("a transport");
    assert_eq!(transport.send(&request()).await.expect("an answer").status, 204);
}

#[tokio::test]
async fn s4_a_vendor_that_cannot_prove_who_it_is_gets_no_request() {
    let (ours, other) = (issuer("ours"), issuer("other"));
    let mut expired = certificate_for("127.0.0.1");
    (expired.not_before, expired.not_after) = (date_time_ymd(2001, 1, 1), date_time_ymd(2002, 1, 1));
    for (issuer, params, detail) in [
        (&other, certificate_for("127.0.0.1"), "the certificate's issuer is not trusted; see ca_file"),
        (&ours, certificate_for("other.example"), "the certificate is for another host"),
        (&ours, expired, "the certificate has expired"),
    ] {
        let address = vendor(issuer, &params);
        let error = failure(trusting(address, Some(ours.pem()))).await;
        assert_eq!((error.kind, error.detail.as_str()), (SendErrorKind::Tls, detail));
    }
}

/// Answers the first bytes of one connection on a free port, and then tells what else came.
fn answering(answer: Vec<u8>) -> (SocketAddr, thread::JoinHandle<Vec<u8>>) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let address = listener.local_addr().expect("an address");
    let answering = thread::spawn(move || {
        let (mut stream, _) = listener.accept().expect("a connection");
        assert!(stream.read(&mut [0; 4096]).expect("the start of a handshake") > 0);
        stream.write_all(&answer).expect("the answer is written");
        let mut rest = Vec::new();
        let _ = stream.read_to_end(&mut rest);
        rest
    });
    (address, answering)
}

/// The ServerHello of TLS 1.0 (RFC 2246 section 7.4.1.3).
fn old_server_hello() -> Vec<u8> {
    [b"\x16\x03\x01\x00\x2a\x02\x00\x00\x26\x03\x01", &[7; 32][..], b"\x00\xc0\x13\x00"].concat()
}

#[tokio::test]
async fn a_listener_that_speaks_no_tls_or_an_old_one_is_a_tls_failure_and_gets_no_request() {
    for (answer, detail) in [
        (b"HTTP/1.1 400 Bad Request\r\n\r\n".to_vec(), "the other side does not speak TLS"),
        (old_server_hello(), "the TLS handshake failed"),
        // The alert protocol_version.
        (b"\x15\x03\x01\x00\x02\x02\x46".to_vec(), "the other side ended the TLS handshake"),
    ] {
        let (address, answering) = answering(answer);
        let error = failure(trusting(address, Some(issuer("ours").pem()))).await;
        assert_eq!((error.kind, error.detail.as_str()), (SendErrorKind::Tls, detail));
        let rest = answering.join().expect("the listener ends");
        assert!(rest.len() < 16, "more than an alert was sent: {rest:?}");
    }
}

#[tokio::test]
async fn a_handshake_that_never_ends_is_no_connection() {
    let vendor = Listener::playing(vec![Step::Hang]).await;
    let settings = Settings { timeouts: short(), ..trusting(vendor.address, Some(issuer("ours").pem())) };
    assert_eq!(failure(settings).await.kind, SendErrorKind::Connect);
}

#[test]
fn a_ca_file_without_certificates_is_refused() {
    let address = "127.0.0.1:9".parse().expect("an address");
    let damaged = issuer("ours").pem().replace('M', "!");
    let not_a_certificate = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n".to_owned();
    for pem in [String::new(), "no certificate".to_owned(), damaged, not_a_certificate] {
        let refused = HttpTransport::new(trusting(address, Some(pem.clone()))).expect_err(&pem);
        assert_eq!(refused, SettingsError::ExtraRoots);
    }
}
