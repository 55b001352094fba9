use std::{io, net::IpAddr, sync::Arc, time::Duration};

use async_trait::async_trait;
use delivery::{SendErrorKind, Transport};

use super::{request, server::Listener, settings, short};
use crate::{
    AddressClass, BaseUrl, HttpTransport, Network, PlainHttp, Settings, SettingsError,
    resolve::{GuardedResolver, Lookup, ResolveError},
};

#[test]
fn every_address_has_its_class() {
    use AddressClass::{Loopback, Metadata, Private, Public, Special};
    let table: [(AddressClass, &[&str]); 5] = [
        (
            Public,
            &["8.8.8.8", "172.15.0.1", "172.32.0.1", "100.63.255.255", "100.128.0.1", "223.255.255.255"],
        ),
        (
            Private,
            &[
                "10.0.0.1",
                "172.16.0.1",
                "172.31.255.255",
                "192.168.1.1",
                "100.64.0.1",
                "100.127.255.255",
                "fd12::1",
                "fc00::1",
            ],
        ),
        (Loopback, &["127.0.0.1", "127.255.255.254", "::1"]),
        (Metadata, &["169.254.169.254", "fd00:ec2::254", "100.100.100.200", "192.0.0.192", "168.63.129.16"]),
        (
            Special,
            &[
                "0.0.0.0",
                "0.1.2.3",
                "169.254.1.1",
                "192.0.0.8",
                "192.0.2.1",
                "192.88.99.1",
                "198.18.0.1",
                "198.19.255.255",
                "198.51.100.7",
                "203.0.113.9",
                "224.0.0.1",
                "239.255.255.255",
                "240.0.0.1",
                "255.255.255.255",
                "::",
                "::127.0.0.1",
                "::8.8.8.8",
                "::ffff:127.0.0.1",
                "::ffff:8.8.8.8",
                "::ffff:169.254.169.254",
                "64:ff9b::8.8.8.8",
                "64:ff9b:1::1",
                "100::1",
                "2001::1",
                "2001:10::1",
                "2001:20::1",
                "2001:db8::1",
                "3fff::1",
                "2002:7f00:1::",
                "5f00::1",
                "fe80::1",
                "febf::1",
                "fec0::1",
                "ff02::1",
                "4000::1",
            ],
        ),
    ];
    for (class, addresses) in table {
        for text in addresses {
            assert_eq!(AddressClass::of(text.parse().expect("an address")), class, "{text}");
        }
    }
    assert_eq!(AddressClass::of("2606:4700::1111".parse().expect("an address")), Public);
}

#[test]
fn each_network_reaches_its_own_classes_alone() {
    for (address, public, private, loopback) in [
        ("8.8.8.8", true, true, false),
        ("10.0.0.1", false, true, false),
        ("fd12::1", false, true, false),
        ("127.0.0.1", false, false, true),
        ("::1", false, false, true),
        ("169.254.169.254", false, false, false),
        ("fd00:ec2::254", false, false, false),
        ("fe80::1", false, false, false),
        ("::ffff:127.0.0.1", false, false, false),
    ] {
        let address: IpAddr = address.parse().expect("an address");
        for (network, permitted) in
            [(Network::Public, public), (Network::Private, private), (Network::Loopback, loopback)]
        {
            assert_eq!(network.permit(address).is_ok(), permitted, "{address} {network}");
        }
    }
}

#[test]
fn b74_to_b78_a_base_url_that_is_no_plain_https_origin_is_refused() {
    use SettingsError as E;
    for (text, expected) in [
        ("http://vendor.example", E::PlainHttp),
        ("ftp://vendor.example", E::Scheme),
        ("file:///etc/passwd", E::Scheme),
        ("vendor.example", E::NotAUrl),
        ("https:vendor.example", E::NotAUrl),
        ("https://", E::NotAUrl),
        ("", E::NotAUrl),
        (" https://vendor.example", E::NotAUrl),
        ("https://vendor.example\n", E::NotAUrl),
        ("https:\\\\vendor.example", E::NotAUrl),
        ("https://user:pass@vendor.example", E::UserInfo),
        ("https://@vendor.example", E::UserInfo),
        ("https://vendor.example?key=1", E::Query),
        ("https://vendor.example/?", E::Query),
        ("https://vendor.example/#part", E::Fragment),
        ("https://vendor.example.", E::TrailingDot),
        ("https://vendor..example", E::Host),
        ("https://.example", E::Host),
        ("https://-a.example", E::Host),
        ("https://a-.example", E::Host),
        ("https://vendor.-example/v1", E::Host),
        ("https://vend%6fr.example", E::Host),
        ("https://vendor!.example", E::Host),
        ("https://vendor.example:0", E::Port),
        ("https://vendor.example:00/v1", E::Port),
        ("https://vendor.example/a/../b", E::Path),
        ("https://vendor.example/a/%2e%2e/b", E::Path),
        ("https://vendor.example/a//b", E::Path),
        ("https://vendor.example/é", E::Path),
    ] {
        assert_eq!(
            BaseUrl::parse(text, Network::Public, PlainHttp::Refused).expect_err(text),
            expected,
            "{text}"
        );
    }
}

#[test]
fn b77_an_address_as_host_is_refused_in_every_spelling() {
    for host in [
        "localhost",
        "a.localhost",
        "LOCALHOST",
        "127.0.0.1",
        "127.1",
        "2130706433",
        "0x7f.1",
        "017700000001",
        "127.0.0.1.",
        "[::1]",
        "10.0.0.1",
        "169.254.169.254",
        "[::ffff:169.254.169.254]",
        "[::ffff:a9fe:a9fe]",
        "[fd00:ec2::254]",
        "[64:ff9b::7f00:1]",
        "0.0.0.0",
        "0",
    ] {
        let outcome = BaseUrl::parse(&format!("https://{host}/v1"), Network::Public, PlainHttp::Refused);
        assert!(matches!(outcome, Err(SettingsError::Address(_))), "{host} {outcome:?}");
    }
}

#[test]
fn plain_http_belongs_to_private_routes_and_loopback() {
    use {Network as N, PlainHttp as P};
    for (text, network, plain, accepted) in [
        ("http://10.0.0.1", N::Private, P::Allowed, true),
        ("http://10.0.0.1", N::Private, P::Refused, false),
        ("http://127.0.0.1:1", N::Loopback, P::Refused, true),
        ("http://localhost", N::Loopback, P::Refused, true),
        ("http://127.0.0.1", N::Private, P::Allowed, false),
        ("https://vendor.example", N::Public, P::Allowed, false),
        ("https://127.0.0.1", N::Loopback, P::Allowed, false),
        ("https://8.8.8.8", N::Public, P::Refused, true),
        ("https://bücher.example", N::Public, P::Refused, true),
    ] {
        assert_eq!(BaseUrl::parse(text, network, plain).is_ok(), accepted, "{text} {network}");
    }
}

#[test]
fn an_origin_leaves_out_path_and_usual_port() {
    let base = |text| BaseUrl::parse(text, Network::Public, PlainHttp::Refused).expect("a base URL");
    assert_eq!(base("https://Vendor.example:443/v1/").origin(), "https://vendor.example");
    assert_eq!(base("https://bücher.example:8443").origin(), "https://xn--bcher-kva.example:8443");
}

/// Answers each look-up with the next of its lists, and the last one again.
struct Scripted(std::sync::Mutex<Vec<Vec<&'static str>>>);

impl Scripted {
    fn new(answers: &[&[&'static str]]) -> Arc<Self> {
        Arc::new(Self(std::sync::Mutex::new(answers.iter().rev().map(|list| list.to_vec()).collect())))
    }
}

#[async_trait]
impl Lookup for Scripted {
    async fn lookup(&self, _host: &str) -> io::Result<Vec<IpAddr>> {
        let mut answers = self.0.lock().expect("no test panics while it holds the lock");
        let answer = if answers.len() > 1 { answers.pop() } else { answers.last().cloned() };
        Ok(answer.unwrap_or_default().iter().map(|text| text.parse().expect("an address")).collect())
    }
}

fn resolver(lookup: Arc<dyn Lookup>) -> GuardedResolver {
    GuardedResolver { lookup, network: Network::Public, limit: Duration::from_secs(2) }
}

#[tokio::test]
async fn a_name_that_changes_to_a_loopback_address_is_refused() {
    let resolver = resolver(Scripted::new(&[&["8.8.8.8"], &["127.0.0.1"]]));
    assert_eq!(resolver.addresses("vendor.example").await.expect("a public address").len(), 1);
    let refused = resolver.addresses("vendor.example").await.expect_err("a refusal");
    assert!(matches!(refused, ResolveError::Refused(_)));
}

#[tokio::test]
async fn only_the_permitted_addresses_of_a_name_are_dialled() {
    let resolver = resolver(Scripted::new(&[&["10.0.0.1", "8.8.8.8", "::1", "169.254.169.254"]]));
    let expected: Vec<IpAddr> = vec!["8.8.8.8".parse().expect("an address")];
    assert_eq!(resolver.addresses("vendor.example").await, Ok(expected));
}

async fn failure(settings: Settings, lookup: Arc<dyn Lookup>) -> SendErrorKind {
    let transport = HttpTransport::with_lookup(settings, lookup).expect("a transport");
    transport.send(&request()).await.expect_err("no answer").kind
}

#[tokio::test]
async fn a_public_route_whose_name_leads_to_this_machine_is_refused() {
    let inside = Listener::answering("HTTP/1.1 200 OK\r\n\r\n").await;
    let url = format!("https://vendor.example:{}", inside.address.port());
    let kind = failure(settings(&url, Network::Public), Scripted::new(&[&["127.0.0.1"]])).await;
    assert_eq!(kind, SendErrorKind::AddressRefused);
    assert!(inside.requests().is_empty());
}

#[tokio::test]
async fn a_name_without_address_is_a_dns_failure() {
    let settings = settings("https://vendor.example", Network::Public);
    assert_eq!(failure(settings, Scripted::new(&[&[]])).await, SendErrorKind::Dns);
}

/// A name server that never answers.
struct Silent;

#[async_trait]
impl Lookup for Silent {
    async fn lookup(&self, _host: &str) -> io::Result<Vec<IpAddr>> {
        std::future::pending().await
    }
}

#[tokio::test]
async fn a_silent_name_server_is_a_dns_failure() {
    let mut settings = settings("https://vendor.example", Network::Public);
    settings.timeouts = short();
    settings.timeouts.dns = Duration::from_millis(50);
    assert_eq!(failure(settings, Arc::new(Silent)).await, SendErrorKind::Dns);
}

#[tokio::test]
async fn the_name_localhost_is_resolved_by_the_system() {
    let vendor = Listener::answering("HTTP/1.1 204 No Content\r\n\r\n").await;
    let url = format!("http://localhost:{}", vendor.address.port());
    let transport = HttpTransport::new(settings(&url, Network::Loopback)).expect("a transport");
    assert_eq!(transport.send(&request()).await.expect("an answer").status, 204);
}
