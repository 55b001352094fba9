use std::io::{Read, Write};

use adapter::VendorResponse;
use delivery::{SendErrorKind, Transport};

use flate2::{
    Compression,
    bufread::{DeflateEncoder, ZlibEncoder},
    write::GzEncoder,
};

use super::{request, server::Listener, transport};
use crate::send::{MAX_BODY, MAX_HEADERS};

async fn answer(bytes: impl AsRef<[u8]>) -> Result<VendorResponse, SendErrorKind> {
    let vendor = Listener::answering(bytes).await;
    let outcome = transport(vendor.address).send(&request()).await;
    assert_eq!(vendor.requests().len(), 1);
    outcome.map_err(|error| error.kind)
}

fn with_length(announced: usize, sent: usize) -> String {
    format!("HTTP/1.1 200 OK\r\ncontent-length: {announced}\r\n\r\n{}", "x".repeat(sent))
}

fn chunked(length: usize, end: &str) -> String {
    format!(
        "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n{length:x}\r\n{}\r\n{end}",
        "x".repeat(length)
    )
}

#[tokio::test]
async fn an_answer_arrives_whole() {
    let response =
        answer("HTTP/1.1 422 No\r\nRetry-After: 7\r\nx: a\r\nx: b\r\ncontent-length: 4\r\n\r\n{  }").await;
    let response = response.expect("an answer");
    assert_eq!((response.status, response.body.as_slice()), (422, b"{  }".as_slice()));
    assert_eq!(response.headers("retry-after").collect::<Vec<_>>(), ["7"]);
    assert_eq!(response.headers("x").collect::<Vec<_>>(), ["a", "b"]);
}

#[tokio::test]
async fn an_answer_of_64_kib_is_read_and_one_byte_more_is_given_up() {
    assert_eq!(answer(with_length(MAX_BODY, MAX_BODY)).await.expect("an answer").body.len(), MAX_BODY);
    assert_eq!(answer(chunked(MAX_BODY, "0\r\n\r\n")).await.expect("an answer").body.len(), MAX_BODY);
    for large in [
        with_length(MAX_BODY + 1, MAX_BODY + 1),
        with_length(1 << 40, 10),
        chunked(MAX_BODY + 1, "0\r\n\r\n"),
        format!("HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n{}", "x".repeat(MAX_BODY + 1)),
    ] {
        assert_eq!(answer(large).await.expect_err("too large"), SendErrorKind::AnswerTooLarge);
    }
}

#[tokio::test]
async fn half_an_answer_is_an_interruption() {
    for half in [
        with_length(100, 50),
        chunked(50, ""),
        "HTTP/1.1 200 OK\r\ncontent-le".to_owned(),
        String::new(),
        "not HTTP at all\r\n\r\n".to_owned(),
        "HTTP/1.1 200 OK\r\nx: \x1b]0;pwn\x07\r\n\r\n".to_owned(),
        "HTTP/1.1 200 OK\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\nxx".to_owned(),
    ] {
        assert_eq!(answer(&half).await.expect_err(&half), SendErrorKind::Interrupted);
    }
}

#[tokio::test]
async fn a_hundred_headers_are_kept_and_the_rest_is_left_out() {
    for lines in [MAX_HEADERS, MAX_HEADERS + 50] {
        let headers: String = (0..lines).map(|line| format!("x-{line}: {line}\r\n")).collect();
        let response = answer(format!("HTTP/1.1 204 No Content\r\n{headers}\r\n")).await.expect("an answer");
        assert_eq!(response.headers.len(), MAX_HEADERS);
        assert_eq!(response.headers("x-7").next(), Some("7"));
    }
    let many: String = (0..400).map(|line| format!("x-{line}: {line}\r\n")).collect();
    let outcome = answer(format!("HTTP/1.1 204 No Content\r\n{many}\r\n")).await;
    assert_eq!(outcome.expect_err("too many headers"), SendErrorKind::Interrupted);
}

#[tokio::test]
async fn a_header_that_is_no_text_is_dropped() {
    let answered = answer(b"HTTP/1.1 204 No Content\r\nx: \xff\xfe\r\ny: \xc3\xa9\r\n\r\n").await;
    let response = answered.expect("an answer");
    assert_eq!(response.headers, [("y".to_owned(), "é".to_owned())]);
}

#[tokio::test]
async fn v18_switching_protocols_is_a_status_like_another() {
    let response =
        answer("HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: x\r\n\r\n").await;
    assert_eq!(response.expect("an answer").status, 101);
}

#[tokio::test]
async fn v19_early_hints_are_skipped() {
    let hints = "HTTP/1.1 103 Early Hints\r\nlink: </style.css>\r\n\r\n".repeat(1000);
    let response = answer(format!("{hints}HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{{}}")).await;
    assert_eq!(response.expect("an answer").status, 200);
}

#[tokio::test]
async fn v11_v17_cookies_are_not_kept_and_trailers_are_passed_over() {
    let body = "HTTP/1.1 200 OK\r\nset-cookie: a=b\r\ntransfer-encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\nx: y\r\n\r\n";
    let vendor = Listener::answering(body).await;
    let transport = transport(vendor.address);
    for _ in 0..2 {
        assert_eq!(transport.send(&request()).await.expect("an answer").body, b"{}");
    }
    for received in vendor.requests() {
        assert!(!String::from_utf8_lossy(&received).to_ascii_lowercase().contains("cookie"));
    }
}

fn coded(coding: &str, body: &[u8]) -> Vec<u8> {
    let head =
        format!("HTTP/1.1 200 OK\r\ncontent-encoding: {coding}\r\ncontent-length: {}\r\n\r\n", body.len());
    [head.as_bytes(), body].concat()
}

fn gzip(body: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(body).expect("in memory");
    encoder.finish().expect("in memory")
}

fn deflate(body: &[u8], zlib: bool) -> Vec<u8> {
    let mut encoded = Vec::new();
    let read = match zlib {
        true => ZlibEncoder::new(body, Compression::fast()).read_to_end(&mut encoded),
        false => DeflateEncoder::new(body, Compression::fast()).read_to_end(&mut encoded),
    };
    read.expect("in memory");
    encoded
}

#[tokio::test]
async fn a_compressed_answer_is_read_although_none_was_asked_for() {
    let body = br#"{"id":42}"#;
    for (coding, bytes) in [
        ("gzip", gzip(body)),
        ("X-GZip", gzip(body)),
        ("deflate", deflate(body, true)),
        ("deflate", deflate(body, false)),
        ("gzip, gzip", gzip(&gzip(body))),
        ("identity", body.to_vec()),
        ("gzip", Vec::new()),
    ] {
        let expected: &[u8] = if bytes.is_empty() { b"" } else { body };
        let response = answer(coded(coding, &bytes)).await.expect(coding);
        assert_eq!(response.body, expected, "{coding}");
    }
}

#[tokio::test]
async fn a_small_answer_that_grows_large_is_given_up() {
    let whole = answer(coded("gzip", &gzip(&vec![b' '; MAX_BODY]))).await.expect("as large as one may be");
    assert_eq!(whole.body.len(), MAX_BODY);
    for size in [MAX_BODY + 1, 64 << 20] {
        let bomb = gzip(&vec![0; size]);
        assert!(bomb.len() <= MAX_BODY, "it is the content that is too large");
        assert_eq!(answer(coded("gzip", &bomb)).await, Err(SendErrorKind::AnswerTooLarge));
    }
}

#[tokio::test]
async fn a_coding_that_is_not_read_is_named_and_may_have_been_applied() {
    for (coding, bytes, named) in [
        ("br", gzip(b"{}"), "content coding br"),
        ("zstd", gzip(b"{}"), "content coding zstd"),
        ("gzip", b"{\"id\":42}".to_vec(), "not gzip"),
        ("gzip", gzip(b"{\"id\":42}")[..12].to_vec(), "not gzip"),
        ("deflate", vec![0xff; 9], "not deflate"),
    ] {
        let vendor = Listener::answering(coded(coding, &bytes)).await;
        let error = transport(vendor.address).send(&request()).await.expect_err(coding);
        assert!(error.kind.may_have_been_applied(), "{error}");
        assert!(error.detail.contains(named), "{error}");
    }
}
