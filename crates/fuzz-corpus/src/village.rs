//! Village's answers, which nobody has documented.

use std::sync::LazyLock;

use adapter::{Receipt, VendorRequest, VendorResponse};
use adapter_village::{Adapter, Options};
use canonical::{Json, Leaf};

use crate::answer::{self, requests, set};

static ADAPTER: LazyLock<Adapter> = LazyLock::new(|| Adapter::new(Options { network_id: "n1".to_owned() }));
static SENT: LazyLock<Vec<VendorRequest>> = LazyLock::new(|| {
    let fields = [set(Leaf::GivenName, "first_name", "Jane"), set(Leaf::FamilyName, "last_name", "Doe")];
    requests(&*ADAPTER, ("email", "jane.doe@example.org"), &fields)
});

/// Reads `data` as the answer to an update of jane.doe@example.org.
pub fn target(data: &[u8]) {
    answer::judge(&*ADAPTER, &SENT, data, confirm);
}

/// A success is a 2xx whose body is whole and names no other address in any of the three places.
fn confirm(_: &VendorRequest, response: &VendorResponse, _: &Receipt) {
    assert!((200..300).contains(&response.status), "another status");
    let json = answer::document(response);
    let begins_as_json = matches!(answer::body(response).trim_ascii().first(), Some(b'{' | b'['));
    assert!(json.is_some() || !begins_as_json, "a damaged body is a success");
    let Some(json) = json else { return };
    for place in [Some(&json), json.get("user"), json.get("data")].into_iter().flatten() {
        if let Some(Json::String(email)) = place.get("email") {
            assert!(email.eq_ignore_ascii_case("jane.doe@example.org"), "another person");
        }
    }
}
