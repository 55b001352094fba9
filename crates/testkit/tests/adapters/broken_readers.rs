//! For every check of a reader a reader that is broken in just the way that the check is there to find.

use adapter::{
    AppliedState, Dialect, ErrorKind, ReadItem, ReadPage, ReadQuery, ReadRequest, Reader, TranslateError,
    Update, VendorError, VendorRequest, VendorResponse, Whom,
};
use testkit::adapter::{self as suite, Check, ContractCase, Proof};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Flaw {
    None,
    AnotherPath,
    TakesAnyPerson,
    TrustsTheStatus,
    CarriesTheKey,
    RepeatsTheVendor,
}

type CheckOf = fn(&ContractCase) -> Check;

const CHECKS: [(Flaw, CheckOf); 5] = [
    (Flaw::AnotherPath, suite::reads_are_as_in_the_goldens),
    (Flaw::TakesAnyPerson, suite::an_answer_about_another_person_is_not_read),
    (Flaw::TrustsTheStatus, suite::no_answer_breaks_or_fools_the_reader),
    (Flaw::CarriesTheKey, suite::readers_only_ask_and_carry_no_secret),
    (Flaw::RepeatsTheVendor, suite::reading_names_nobody),
];

#[test]
fn each_check_finds_the_reader_that_it_is_there_to_find() {
    for (flaw, check) in CHECKS {
        assert_eq!(check(&case(Flaw::None)), Ok(()), "{flaw:?}");
        assert!(check(&case(flaw)).is_err(), "{flaw:?} was not found");
    }
}

fn case(flaw: Flaw) -> ContractCase {
    let sound = adapter_usercom::Adapter::new(adapter_usercom::Options);
    let fields = [
        ("custom.tier", "tier"),
        ("custom.newsletter", "wants_newsletter"),
        ("custom.points", "score"),
        ("custom.interests", "interests"),
    ];
    let on = |to: &str| {
        adapter::FieldOption::On(adapter::FieldOptions { to: Some(to.to_owned()), ..Default::default() })
    };
    let fields = fields.iter().map(|(leaf, to)| (leaf.parse().expect("a leaf"), on(to))).collect();
    ContractCase {
        adapter: Box::new(Broken { sound, flaw }),
        mapping: adapter::MappingOptions { fields, ..Default::default() },
        answer: |_| VendorResponse::default(),
        names: &[],
        proof: Proof::Body,
        golden: concat!(env!("CARGO_MANIFEST_DIR"), "/../adapter-usercom/golden"),
    }
}

#[derive(Debug)]
struct Broken {
    sound: adapter_usercom::Adapter,
    flaw: Flaw,
}

impl adapter::Adapter for Broken {
    fn dialect(&self) -> &'static Dialect {
        self.sound.dialect()
    }

    fn build_requests(&self, update: &Update<'_>) -> Result<Vec<VendorRequest>, TranslateError> {
        self.sound.build_requests(update)
    }

    fn reader(&self) -> Option<&dyn Reader> {
        Some(self)
    }
}

impl Reader for Broken {
    fn first(&self, query: &ReadQuery<'_>) -> Option<ReadRequest> {
        let mut request = self.sound.first(query)?;
        match self.flaw {
            Flaw::AnotherPath => request.path.segments.push("details".to_owned()),
            Flaw::CarriesTheKey => request.headers.push(("authorization", "Token x".to_owned())),
            _ => {}
        }
        Some(request)
    }

    fn read(
        &self,
        query: &ReadQuery<'_>,
        sent: &ReadRequest,
        response: &VendorResponse,
    ) -> Result<ReadPage, VendorError> {
        match (self.flaw, query) {
            (Flaw::TakesAnyPerson, ReadQuery::Person(Whom { .. })) => {
                let item = ReadItem::Field { name: "x".to_owned(), value: canonical::Json::Null };
                Ok(ReadPage { items: vec![item], next: None })
            }
            (Flaw::TrustsTheStatus, _) if response.status == 200 => {
                Ok(self.sound.read(query, sent, response).unwrap_or_default())
            }
            (Flaw::RepeatsTheVendor, _) => self.sound.read(query, sent, response).map_err(|_| {
                let words = String::from_utf8_lossy(&response.body).into_owned();
                VendorError::new(ErrorKind::Invalid, AppliedState::No, words)
            }),
            _ => self.sound.read(query, sent, response),
        }
    }

    fn agreement(
        &self,
        field: &adapter::WireField,
        all: &[adapter::WireField],
        seen: &adapter::Seen,
    ) -> adapter::Agreement {
        self.sound.agreement(field, all, seen)
    }
}
