//! The four routes, with the real dialects, in the variants that reloads switch between.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use adapter::{
    Adapter, ClearAs, FieldOption, FieldOptions, Mapping, MappingOptions, PhoneFormat, Rule, SubjectKind,
};
use canonical::{Leaf, Profile};
use delivery::{Enrol, Limits, Matcher, Rate, Route, Transport};
use vendor_sim::Vendor;

use crate::{
    history::{
        Ms, RouteFacts,
        translate::{dialect, fields_with, groups},
    },
    seeded::Seeded,
};

/// What is configured; a reload replaces it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Variant {
    /// As at the start.
    Usual,
    /// One route is gone.
    Without(usize),
    /// User.com's time zone is not mapped.
    Fewer,
    /// Two labels have changed places, an attribute has another name, and telephone numbers have another form.
    Renamed,
    /// A route leads to another host.
    Moved(usize),
}

impl Variant {
    /// What the mappings are in the order of time: another number, another mapping.
    const fn mapping_revision(self) -> u64 {
        match self {
            Self::Usual | Self::Without(_) | Self::Moved(_) => 1,
            Self::Fewer => 2,
            Self::Renamed => 3,
        }
    }

    /// Every variant whose mapping differs from that of all others.
    pub(crate) const MAPPINGS: [Self; 3] = [Self::Usual, Self::Fewer, Self::Renamed];
}

/// What holds for a whole run.
#[derive(Debug, Clone)]
pub(crate) struct Setup {
    pub(crate) settle: Ms,
    /// Whether Communifire serves only people who have not left.
    pub(crate) matches: bool,
    /// Whether Village knows everybody with an address, or only those with an explicit identity.
    pub(crate) village: Enrol,
    /// Village's apply window; 0: none.
    pub(crate) apply_window: Ms,
    pub(crate) unlimited: bool,
}

pub(crate) const NAMES: [&str; 4] = ["communal", "communifire", "usercom", "village"];
pub(crate) const TIMEOUT: Ms = 15_000;
pub(crate) const SETTLE: Ms = 60_000;
/// What the gateway assumes of a route that is not configured.
const UNKNOWN_WINDOW: Ms = 24 * 60 * 60_000;
const NETWORK: &str = "sim-network";

/// The ways to both hosts of every vendor, in the order of [`Vendor::ALL`].
pub(crate) type Transports = Vec<[Arc<dyn Transport>; HOSTS]>;

/// How many hosts a vendor has.
pub(crate) const HOSTS: usize = 2;

/// The routes of a variant.
pub(crate) fn routes(setup: &Setup, variant: Variant, transports: &Transports) -> Vec<Arc<Route>> {
    let all = Vendor::ALL.into_iter().zip(transports).enumerate();
    all.filter(|(at, _)| variant != Variant::Without(*at))
        .map(|(at, (vendor, to))| Arc::new(route(setup, variant, at, vendor, to)))
        .collect()
}

/// Which of its vendor's hosts a route leads to.
pub(crate) fn host(at: usize, route: &Route) -> usize {
    usize::from(route.origin != origin(at, 0))
}

fn origin(at: usize, host: usize) -> String {
    format!("https://{host}.{}.example", NAMES[at])
}

fn route(
    setup: &Setup,
    variant: Variant,
    at: usize,
    vendor: Vendor,
    to: &[Arc<dyn Transport>; HOSTS],
) -> Route {
    let host = usize::from(variant == Variant::Moved(at));
    let adapter: Arc<dyn Adapter> = Arc::new(Seeded(adapter(vendor)));
    let apply_window = if vendor == Vendor::Village { setup.apply_window } else { 0 };
    let rate = if setup.unlimited {
        Rate::Unlimited
    } else {
        Rate::PerSecond(adapter.dialect().requests_per_second)
    };
    Route {
        name: NAMES[at].to_owned(),
        mapping: mapping(vendor, variant),
        subject_kind: subject_kind(vendor),
        enrol: if vendor == Vendor::Village { setup.village } else { Enrol::Identity },
        when: (vendor == Vendor::Communifire && setup.matches).then(|| Arc::new(NotLeft) as Arc<dyn Matcher>),
        limits: Limits {
            concurrency: 16,
            rate,
            rate_key: NAMES[at].to_owned(),
            timeout: Duration::from_millis(TIMEOUT),
            settle: Duration::from_millis(setup.settle),
            apply_window: (apply_window > 0).then(|| Duration::from_millis(apply_window)),
        },
        origin: origin(at, host),
        mapping_revision: variant.mapping_revision(),
        adapter,
        transport: Arc::clone(&to[host]),
    }
}

fn adapter(vendor: Vendor) -> Arc<dyn Adapter> {
    match vendor {
        Vendor::Communal => Arc::new(adapter_communal::Adapter::new(adapter_communal::Options::default())),
        Vendor::Communifire => {
            Arc::new(adapter_communifire::Adapter::new(adapter_communifire::Options::default()))
        }
        Vendor::UserCom => Arc::new(adapter_usercom::Adapter::new(adapter_usercom::Options)),
        Vendor::Village => Arc::new(adapter_village::Adapter::new(adapter_village::Options {
            network_id: NETWORK.to_owned(),
        })),
    }
}

fn subject_kind(vendor: Vendor) -> &'static SubjectKind {
    match vendor {
        // There a manager is to be told by user name, too.
        Vendor::Communifire => dialect(vendor).subject("username").expect("the dialect has it"),
        Vendor::Communal | Vendor::UserCom | Vendor::Village => &dialect(vendor).subjects[0],
    }
}

/// Which leaf goes where.
pub(crate) fn mapping(vendor: Vendor, variant: Variant) -> Mapping {
    let custom = |key: &str| Leaf::custom(key).expect("a literal key");
    let named = |to: &str| FieldOptions { to: Some(to.to_owned()), ..FieldOptions::default() };
    let renamed = variant == Variant::Renamed;
    let (title, badge) = if renamed { ("Badge", "Job title") } else { ("Job title", "Badge") };
    let attribute = if renamed { "my_other_attr" } else { "my_string_attr" };
    let fields: BTreeMap<Leaf, FieldOptions> = match vendor {
        Vendor::Communal => BTreeMap::new(),
        Vendor::Communifire => BTreeMap::from([
            (Leaf::Title, named(title)),
            (custom("tier"), named(badge)),
            (Leaf::Organization, FieldOptions { clear: ClearAs::EmptyString, ..FieldOptions::default() }),
        ]),
        Vendor::UserCom => BTreeMap::from([
            (Leaf::Title, named("job_title")),
            (Leaf::Birthdate, named("birth_date")),
            (custom("tier"), named(attribute)),
            (custom("newsletter"), named("newsletter")),
            (custom("logins"), named("logins")),
        ]),
        Vendor::Village => BTreeMap::new(),
    };
    let mut fields: BTreeMap<Leaf, FieldOption> =
        fields.into_iter().map(|(leaf, options)| (leaf, FieldOption::On(options))).collect();
    if vendor == Vendor::UserCom && variant == Variant::Fewer {
        fields.insert(Leaf::Zoneinfo, FieldOption::Off);
    }
    let phone_format = if renamed { PhoneFormat::AsSent } else { PhoneFormat::E164 };
    let options = MappingOptions { fields, phone_format, ..MappingOptions::default() };
    Mapping::for_subject(dialect(vendor), subject_kind(vendor), &options).expect("the mapping has no mistake")
}

/// What the checker has to know of a route.
pub(crate) fn facts(setup: &Setup, vendor: Vendor, variants: &[Variant]) -> RouteFacts {
    let removed =
        variants.iter().any(|variant| matches!(variant, Variant::Without(at) if Vendor::ALL[*at] == vendor));
    let mapping = mapping(vendor, Variant::Usual);
    RouteFacts {
        timeout: TIMEOUT,
        settle: setup.settle,
        apply_window: if vendor == Vendor::Village { setup.apply_window } else { 0 },
        required: fields_with(&mapping, Rule::Required),
        sets: fields_with(&mapping, Rule::AddOnly),
        groups: groups(&mapping),
        start_window: if removed { UNKNOWN_WINDOW } else { TIMEOUT + setup.settle },
        has_moved: variants
            .iter()
            .any(|variant| matches!(variant, Variant::Moved(at) if Vendor::ALL[*at] == vendor)),
        explicit: vendor != Vendor::Village || setup.village == Enrol::Identity,
    }
}

/// Whether the route with a filter serves a profile.
pub(crate) fn serves(setup: &Setup, profile: &Profile) -> bool {
    !setup.matches || NotLeft.matches(profile)
}

/// Serves everybody whose department does not say that they have left.
#[derive(Debug)]
struct NotLeft;

impl Matcher for NotLeft {
    fn matches(&self, profile: &Profile) -> bool {
        let department = profile.value(&Leaf::Department).and_then(canonical::Value::to_text);
        department.is_none_or(|department| !department.starts_with("left"))
    }
}
