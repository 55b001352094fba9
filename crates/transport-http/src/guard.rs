use std::{
    fmt,
    net::{IpAddr, Ipv4Addr, Ipv6Addr},
};

/// Which addresses a route may reach, checked when it is configured and again for every address that is dialled.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Network {
    /// The Internet alone.
    #[default]
    Public,
    /// The Internet and the own network: RFC 1918, RFC 4193 and RFC 6598 addresses.
    Private,
    /// The own machine alone.
    Loopback,
}

/// What an address is for, by the IANA special-purpose address registries (RFC 6890).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AddressClass {
    /// Reachable over the Internet.
    Public,
    /// RFC 1918, unique local (RFC 4193) or shared address space (RFC 6598).
    Private,
    /// The own machine.
    Loopback,
    /// A cloud's metadata service, which hands out credentials to whoever asks.
    Metadata,
    /// Link-local, multicast, unspecified, reserved, documentation, or an IPv6 form that hides an IPv4 address.
    Special,
}

/// An address that a route's network does not contain. Does not repeat the address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AddressRefused {
    /// The route's network.
    pub network: Network,
    /// What the address is.
    pub class: AddressClass,
}

impl Network {
    /// Checks one address.
    ///
    /// # Errors
    /// When a route of this network must not reach it.
    pub fn permit(self, address: IpAddr) -> Result<(), AddressRefused> {
        let class = AddressClass::of(address);
        let permitted = match self {
            Network::Public => class == AddressClass::Public,
            Network::Private => matches!(class, AddressClass::Public | AddressClass::Private),
            Network::Loopback => class == AddressClass::Loopback,
        };
        if permitted { Ok(()) } else { Err(AddressRefused { network: self, class }) }
    }
}

impl AddressClass {
    /// What an address is for.
    pub fn of(address: IpAddr) -> Self {
        if METADATA.contains(&address) {
            return Self::Metadata;
        }
        match address {
            IpAddr::V4(v4) => class_v4(v4),
            IpAddr::V6(v6) => class_v6(v6),
        }
    }
}

/// Metadata services: the common link-local one, AWS over IPv6, Alibaba, Oracle, Azure's host, Google over IPv6.
const METADATA: [IpAddr; 6] = [
    IpAddr::V4(Ipv4Addr::new(169, 254, 169, 254)),
    IpAddr::V6(Ipv6Addr::new(0xfd00, 0xec2, 0, 0, 0, 0, 0, 0x254)),
    IpAddr::V4(Ipv4Addr::new(100, 100, 100, 200)),
    IpAddr::V4(Ipv4Addr::new(192, 0, 0, 192)),
    IpAddr::V4(Ipv4Addr::new(168, 63, 129, 16)),
    IpAddr::V6(Ipv6Addr::new(0xfd20, 0xce, 0, 0, 0, 0, 0, 0x254)),
];

fn class_v4(address: Ipv4Addr) -> AddressClass {
    match address.octets() {
        [127, ..] => AddressClass::Loopback,
        [10, ..] | [172, 16..=31, ..] | [192, 168, ..] | [100, 64..=127, ..] => AddressClass::Private,
        // This network, link-local, protocol assignments, documentation, 6to4 relays, benchmarking.
        [0, ..] | [169, 254, ..] | [192, 0, 0, _] | [192, 0, 2, _] | [192, 88, 99, _] => {
            AddressClass::Special
        }
        [198, 18..=19, ..] | [198, 51, 100, _] | [203, 0, 113, _] => AddressClass::Special,
        // Multicast, reserved, broadcast.
        [224..=255, ..] => AddressClass::Special,
        _ => AddressClass::Public,
    }
}

/// Only 2000::/3 is global unicast, and parts of it are not. Mapped, compatible, NAT64 and 6to4 forms are refused instead of
/// unwrapped: no vendor needs them, and each is a second way to write an IPv4 address.
fn class_v6(address: Ipv6Addr) -> AddressClass {
    match address.segments() {
        [0, 0, 0, 0, 0, 0, 0, 1] => AddressClass::Loopback,
        [0xfc00..=0xfdff, ..] => AddressClass::Private,
        // Teredo, benchmarking, ORCHID and other protocol assignments; documentation twice; 6to4.
        [0x2001, 0..=0x1ff, ..] | [0x2001, 0xdb8, ..] | [0x3fff, 0..=0xfff, ..] | [0x2002, ..] => {
            AddressClass::Special
        }
        [0x2000..=0x3fff, ..] => AddressClass::Public,
        _ => AddressClass::Special,
    }
}

impl fmt::Display for AddressRefused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let address = match self.class {
            AddressClass::Public => "a public address",
            AddressClass::Private => "a private address",
            AddressClass::Loopback => "a loopback address",
            AddressClass::Metadata => return f.write_str("a cloud metadata address is never reached"),
            AddressClass::Special => {
                return f
                    .write_str("a link-local, multicast, reserved or translated address is never reached");
            }
        };
        let advice = match (self.network, self.class) {
            (Network::Public, AddressClass::Private) => "; set network = \"private\" if it is meant",
            (Network::Public | Network::Private, AddressClass::Loopback) => {
                "; set network = \"loopback\" if it is meant"
            }
            _ => "; change base_url or network",
        };
        write!(f, "{address} is not reached with network = \"{}\"{advice}", self.network)
    }
}

impl std::error::Error for AddressRefused {}

impl fmt::Display for Network {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Network::Public => "public",
            Network::Private => "private",
            Network::Loopback => "loopback",
        })
    }
}
