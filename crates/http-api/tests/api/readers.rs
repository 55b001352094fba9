//! Each reader against its simulated vendor, over real connections: what an update has written is read back.

use std::collections::BTreeMap;

use adapter::{
    Adapter, Agreement, FieldOption, FieldOptions, Mapping, MappingOptions, ReadItem, ReadQuery, Seen,
    Subject, Update, Whom, WireField, compare,
};
use canonical::{Leaf, Patch, Profile, Rules};
use delivery::Transport;
use serde_json::{Value, json};
use transport_http::{Credential, HttpTransport, Network, Settings};
use vendor_sim::{Config, DetailNames, Simulator, Vendor, ViolationKind};

/// A vendor, and the two sides of its dialect.
struct Bench {
    simulator: Simulator,
    transport: HttpTransport,
    adapter: Box<dyn Adapter>,
    mapping: Mapping,
}

impl Bench {
    fn new(vendor: Vendor, adapter: Box<dyn Adapter>) -> Self {
        let config = Config::new(vendor);
        let credential = Credential::new(config.credential.clone().into()).expect("a credential");
        let simulator = Simulator::start(config).expect("a free port");
        let auth = adapter.dialect().auth[0];
        let settings =
            Settings { network: Network::Loopback, ..Settings::new(simulator.base_url(), auth, credential) };
        let transport = HttpTransport::new(settings).expect("a transport");
        let title = FieldOptions { to: Some("job_title".to_owned()), ..FieldOptions::default() };
        let fields = match vendor {
            Vendor::UserCom => BTreeMap::from([(Leaf::Title, FieldOption::On(title))]),
            _ => BTreeMap::new(),
        };
        let options = MappingOptions { fields, ..MappingOptions::default() };
        let mapping = Mapping::new(adapter.dialect(), &options).expect("a mapping");
        Self { simulator, transport, adapter, mapping }
    }

    fn subject(&self, kind: &str, text: &str) -> Subject {
        let kind = self.adapter.dialect().subject(kind).expect("a kind");
        Subject::parse(kind, text).expect("a subject")
    }

    /// Writes a change as an update would, and answers what should be there now.
    async fn write(&self, subject: &Subject, change: &Value) -> Vec<WireField> {
        let patch = Patch::parse(change.to_string().as_bytes(), &Rules::default()).expect("a patch");
        let mut profile = Profile::default();
        profile.apply(&patch, 1).expect("small");
        let field = |(leaf, entry): (&Leaf, &canonical::Entry)| {
            let value = self.mapping.carry(leaf, entry.value.as_ref()).ok()?;
            let to = self.mapping.field(leaf)?.to.to_string();
            Some(WireField { leaf: leaf.clone(), to, value })
        };
        let fields: Vec<WireField> = profile.iter().filter_map(field).collect();
        let requests = self.adapter.build_requests(&Update { subject, fields: &fields }).expect("built");
        for request in requests {
            let response = self.transport.send(&request).await.expect("an answer");
            self.adapter.parse_response(&request, &response).expect("applied");
        }
        fields
    }

    async fn read(&self, query: &ReadQuery<'_>) -> Vec<ReadItem> {
        let reader = self.adapter.reader().expect("a reader");
        let mut next = reader.first(query);
        let mut items = Vec::new();
        while let Some(request) = next {
            let response = self.transport.read(&request).await.expect("an answer");
            let page = reader.read(query, &request, &response).expect("readable");
            items.extend(page.items);
            next = page.next;
        }
        items
    }

    /// What is found of each leaf, by its name.
    async fn compared(&self, whom: Whom<'_>, expected: &[WireField]) -> BTreeMap<String, &'static str> {
        let seen = Seen::of(self.read(&ReadQuery::Person(whom)).await);
        let found = compare(self.adapter.reader().expect("a reader"), expected, &seen);
        found.into_iter().map(|(leaf, agreement)| (leaf.name().to_owned(), agreement.name())).collect()
    }

    fn edit(&self, subject: &str, fields: &Value) {
        let fields = fields.as_object().cloned().expect("an object");
        assert!(self.simulator.control().edit_user(subject, fields));
    }

    fn violations(&self) -> Vec<ViolationKind> {
        self.simulator.control().violations().iter().map(|violation| violation.kind).collect()
    }
}

fn everything() -> Value {
    json!({
        "given_name": "Jané", "family_name": "O'Doe", "middle_name": "Q", "nickname": "", "email": "jane.new@example.com",
        "phone_number": "+14165551234", "birthdate": "1990-02-28", "gender": "female", "tags": ["a", "b c"], "title": "Coach",
        "organization": "Axero", "locale": "en-CA", "zoneinfo": "America/Toronto",
        "address": {"locality": "Toronto", "region": "ON", "country": "CA", "street_address": "1 Main"},
    })
}

fn not_same(found: &BTreeMap<String, &'static str>) -> Vec<(String, &'static str)> {
    let not_same = found.iter().filter(|(_, found)| **found != Agreement::Same.name());
    not_same.map(|(leaf, found)| (leaf.clone(), *found)).collect()
}

fn told(leaves: &[(&str, &'static str)]) -> Vec<(String, &'static str)> {
    leaves.iter().map(|(leaf, found)| ((*leaf).to_owned(), *found)).collect()
}

#[actix_web::test]
async fn communal_shows_what_was_written_but_no_address() {
    let adapter = adapter_communal::Adapter::new(adapter_communal::Options::default());
    let bench = Bench::new(Vendor::Communal, Box::new(adapter));
    let jane = bench.subject("id", "89");
    let written = bench.write(&jane, &everything()).await;
    let whom = Whom { subject: &jane, witness: None };
    let address = ["address.country", "address.locality", "address.region", "address.street_address"];
    let hidden = address.map(|leaf| (leaf, "not_shown"));
    assert_eq!(not_same(&bench.compared(whom, &written).await), told(&hidden));
    bench.edit("89", &json!({"preferred_name": "J", "date_of_birth": "1990-03-01T00:00:00.000000Z"}));
    let mut differs = hidden.to_vec();
    differs.extend([("birthdate", "differs"), ("nickname", "differs")]);
    assert_eq!(not_same(&bench.compared(whom, &written).await), told(&differs));

    bench.edit("89", &json!({"_custom_profile_field_values": {"12": "Beginner", "13": "None"}}));
    bench.simulator.control().set_knobs(|knobs| knobs.communal.per_page = 1);
    let stored = bench.read(&ReadQuery::Stored(whom)).await;
    let labels: Vec<_> = stored
        .iter()
        .filter_map(|item| match item {
            ReadItem::Stored(value) => Some((value.label.clone()?, value.value.clone()?)),
            _ => None,
        })
        .collect();
    let own = |label: &str, value: &str| (label.to_owned(), value.to_owned());
    assert_eq!(labels, [own("Skill level", "Beginner"), own("Dietary restrictions", "None")]);
    assert_eq!(bench.read(&ReadQuery::Definitions { with_values: true }).await.len(), 2);
    assert_eq!(bench.violations(), []);
}

#[actix_web::test]
async fn user_com_shows_what_was_written_with_the_name_as_a_whole() {
    for (kind, text, witness) in [("id", "19678376", None), ("custom_id", "crm-89", Some("19678376"))] {
        let bench =
            Bench::new(Vendor::UserCom, Box::new(adapter_usercom::Adapter::new(adapter_usercom::Options)));
        let jane = bench.subject(kind, text);
        let written = bench.write(&jane, &everything()).await;
        let whom = Whom { subject: &jane, witness };
        assert_eq!(not_same(&bench.compared(whom, &written).await), []);
        bench.edit(
            "19678376",
            &json!({"last_name": "Smith", "gender": "male", "tags": ["a", "x"], "attributes": {}}),
        );
        let differs = ["family_name", "gender", "tags", "title"].map(|leaf| (leaf, "differs"));
        let mut differs = differs.to_vec();
        differs.insert(2, ("given_name", "not_shown"));
        assert_eq!(not_same(&bench.compared(whom, &written).await), told(&differs));
        bench.simulator.control().set_knobs(|knobs| knobs.usercom.page_size = 2);
        assert_eq!(bench.read(&ReadQuery::Definitions { with_values: false }).await.len(), 6);
        assert_eq!(bench.violations(), []);
    }
}

#[actix_web::test]
async fn communifire_shows_what_was_written_under_either_kind_of_name() {
    for names in [DetailNames::Labels, DetailNames::Joined] {
        let adapter = adapter_communifire::Adapter::new(adapter_communifire::Options::default());
        let bench = Bench::new(Vendor::Communifire, Box::new(adapter));
        bench.simulator.control().set_knobs(|knobs| knobs.communifire.detail_names = names);
        let jane = bench.subject("user_id", "12");
        let written = bench.write(&jane, &everything()).await;
        let whom = Whom { subject: &jane, witness: None };
        assert_eq!(not_same(&bench.compared(whom, &written).await), []);
        let by_name = bench.subject("username", "jane.doe");
        let whom = Whom { subject: &by_name, witness: Some("12") };
        bench.edit("12", &json!({"Company": "Initech"}));
        let by_address = bench.subject("email", "jane.doe@example.com");
        let by_address = Whom { subject: &by_address, witness: Some("12") };
        assert_eq!(
            not_same(&bench.compared(by_address, &written).await),
            told(&[("organization", "differs")])
        );
        assert_eq!(not_same(&bench.compared(whom, &written).await), told(&[("organization", "differs")]));
        assert_eq!(bench.violations(), []);
    }
}
