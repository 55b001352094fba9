//! The `base_url` of a route: what is accepted says itself where requests go.

use std::net::IpAddr;

use transport_http::{BaseUrl, Network, PlainHttp};

/// Reads `data` as the base URL of a route in each kind of network.
pub fn target(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    for (network, plain_http) in [
        (Network::Public, PlainHttp::Refused),
        (Network::Private, PlainHttp::Refused),
        (Network::Private, PlainHttp::Allowed),
        (Network::Loopback, PlainHttp::Refused),
    ] {
        if let Ok(base) = BaseUrl::parse(&text, network, plain_http) {
            check(&text, base.origin(), network, plain_http);
        }
    }
}

fn check(text: &str, origin: &str, network: Network, plain_http: PlainHttp) {
    let lower = text.to_ascii_lowercase();
    let (scheme, rest) = lower.split_once("://").expect("an accepted URL is absolute");
    let plain = network == Network::Loopback || plain_http == PlainHttp::Allowed;
    assert!(scheme == "https" || (scheme == "http" && plain), "another scheme");
    let authority = rest.split('/').next().unwrap_or_default();
    assert!(!rest.contains(['?', '#', '\\']) && !authority.contains('@'), "more than a host and a path");
    assert!(!text.contains(|c: char| c.is_control() || c.is_whitespace()), "white space");
    assert!(!text.split('/').any(|part| matches!(part, "." | "..")), "a path that is not sent as written");
    let host = origin.split_once("://").map(|(_, host)| host).expect("an origin has a scheme");
    assert!(!host.is_empty() && !host.contains('/'), "not an origin");
    let host =
        host.rsplit_once(':').map_or(host, |(name, port)| if port.contains(']') { host } else { name });
    if let Ok(address) = host.trim_matches(['[', ']']).parse::<IpAddr>() {
        check_address(address, network);
    }
}

fn check_address(address: IpAddr, network: Network) {
    let (private, link_local) = match address {
        IpAddr::V4(v4) => (v4.is_private(), v4.is_link_local()),
        IpAddr::V6(v6) => (v6.is_unique_local(), v6.is_unicast_link_local()),
    };
    assert!(!link_local && !address.is_multicast() && !address.is_unspecified(), "an address of no host");
    assert_eq!(address.is_loopback(), network == Network::Loopback, "the own machine");
    assert!(!private || network == Network::Private, "the own network");
}
