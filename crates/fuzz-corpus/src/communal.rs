//! Communal's answers.

use std::sync::LazyLock;

use adapter::{Receipt, VendorRequest, VendorResponse, WireField, WireValue};
use adapter_communal::{Adapter, Options};
use canonical::{Json, Leaf};

use crate::answer::{self, id, requests, set};

static ADAPTER: LazyLock<Adapter> = LazyLock::new(|| Adapter::new(Options::default()));
static SENT: LazyLock<Vec<VendorRequest>> = LazyLock::new(|| {
    let fields = [
        set(Leaf::GivenName, "first_name", "Jane"),
        set(Leaf::FamilyName, "last_name", "Doe"),
        set(Leaf::Email, "email", "jane.doe@example.org"),
        set(Leaf::Birthdate, "date_of_birth", "1990-02-28"),
        WireField { leaf: Leaf::PhoneNumber, to: "telephone".to_owned(), value: WireValue::Clear },
    ];
    requests(&*ADAPTER, ("id", "42"), &fields)
});

/// Reads `data` as the answer to an update of user 42.
pub fn target(data: &[u8]) {
    answer::judge(&*ADAPTER, &SENT, data, confirm);
}

/// A success is documented, empty or JSON, about user 42 where it names one, and does not speak of errors where it does not.
fn confirm(_: &VendorRequest, response: &VendorResponse, _: &Receipt) {
    assert!([200, 201, 204].contains(&response.status), "another status");
    if response.body.trim_ascii().is_empty() {
        return;
    }
    let answer = answer::document(response).expect("a success is JSON");
    let user = answer.get("data").unwrap_or(&answer);
    match user.get("id") {
        Some(found) => assert_eq!(id(found), Some("42"), "another person"),
        None => {
            let levels = [&answer, user];
            let speaks =
                |name: &str| levels.iter().any(|level| level.get(name).is_some_and(|is| *is != Json::Null));
            assert!(!speaks("errors") && !speaks("error"), "a success that speaks of errors");
        }
    }
}
