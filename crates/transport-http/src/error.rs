use std::{error::Error, io, iter};

use delivery::{SendError, SendErrorKind};
use rustls::CertificateError;

use crate::resolve::ResolveError;

/// Tells what happened to a request from reqwest's error, and keeps nothing of its text: that may show URL and host.
///
/// Only what is known to come before the first byte of the request counts as not applied.
pub(crate) fn classify(error: &reqwest::Error) -> SendError {
    let (kind, detail) = if let Some(cause) = cause::<ResolveError>(error) {
        resolving(*cause)
    } else if error.is_dns() {
        (SendErrorKind::Dns, "the host name was not resolved".to_owned())
    } else if error.is_connect() {
        connecting(error)
    } else if error.is_builder() {
        (SendErrorKind::Refused, "the request cannot be sent".to_owned())
    } else if error.is_timeout() {
        (SendErrorKind::Timeout, "no answer in time".to_owned())
    } else {
        (SendErrorKind::Interrupted, broken(error))
    };
    SendError { kind, detail }
}

fn resolving(error: ResolveError) -> (SendErrorKind, String) {
    let kind = match error {
        ResolveError::TimedOut | ResolveError::NoAddress => SendErrorKind::Dns,
        ResolveError::Refused(_) => SendErrorKind::AddressRefused,
    };
    (kind, error.to_string())
}

fn connecting(error: &reqwest::Error) -> (SendErrorKind, String) {
    if let Some(tls) = cause::<rustls::Error>(error) {
        return (SendErrorKind::Tls, handshake(tls).to_owned());
    }
    if error.is_timeout() {
        return (SendErrorKind::Connect, "no connection in time".to_owned());
    }
    let detail = io_kind(error).unwrap_or_else(|| "no connection".to_owned());
    (SendErrorKind::Connect, detail)
}

fn broken(error: &reqwest::Error) -> String {
    match io_kind(error) {
        Some(kind) => format!("the answer is incomplete: {kind}"),
        None => "the answer is incomplete or not HTTP".to_owned(),
    }
}

/// The kind of the operating system's error, in its fixed words.
fn io_kind(error: &reqwest::Error) -> Option<String> {
    cause::<io::Error>(error).map(|error| error.kind().to_string())
}

fn handshake(error: &rustls::Error) -> &'static str {
    let rustls::Error::InvalidCertificate(reason) = error else {
        return match error {
            rustls::Error::AlertReceived(_) => "the other side ended the TLS handshake",
            rustls::Error::InvalidMessage(_) => "the other side does not speak TLS",
            _ => "the TLS handshake failed",
        };
    };
    match reason {
        CertificateError::Expired | CertificateError::ExpiredContext { .. } => "the certificate has expired",
        CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. } => {
            "the certificate is not valid yet"
        }
        CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => {
            "the certificate is for another host"
        }
        CertificateError::UnknownIssuer => "the certificate's issuer is not trusted; see ca_file",
        CertificateError::Revoked => "the certificate is revoked",
        _ => "the certificate is not valid",
    }
}

/// The first error of a type among the causes of an error.
fn cause<E: Error + 'static>(error: &reqwest::Error) -> Option<&E> {
    let first: &(dyn Error + 'static) = error;
    iter::successors(Some(first), |error| next(*error)).find_map(|error| error.downcast_ref())
}

/// The cause of an error. An [`io::Error`] names as its source not the error that it wraps but that one's source, so it is
/// opened.
fn next<'a>(error: &'a (dyn Error + 'static)) -> Option<&'a (dyn Error + 'static)> {
    let wrapped = error.downcast_ref::<io::Error>().and_then(io::Error::get_ref);
    match wrapped {
        Some(inner) => Some(inner),
        None => error.source(),
    }
}
