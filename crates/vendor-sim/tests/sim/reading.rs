use serde_json::{Value, json};
use vendor_sim::{DetailNames, KeyRole, Vendor, ViolationKind};

use crate::client::{ask, kinds, put_jane, send, start, start_with};

const VALUES: &str = "_custom_profile_field_values";

fn edit(sim: &vendor_sim::Simulator, subject: &str, fields: &Value) {
    let fields = fields.as_object().cloned().expect("an object");
    assert!(sim.control().edit_user(subject, fields));
}

#[test]
fn communal_lists_fields_and_one_users_values() {
    let sim = start(Vendor::Communal);
    edit(&sim, "89", &json!({ VALUES: { "12": "Beginner", "13": "None" } }));
    edit(&sim, "90", &json!({ VALUES: { "12": "Expert" } }));
    let fields = ask(&sim, "GET /api/custom_profile_fields", "").json();
    assert_eq!((&fields["data"][0]["id"], &fields["data"][0]["name"]), (&json!(12), &json!("Skill level")));
    assert_eq!((&fields["current_page"], &fields["last_page"]), (&json!(1), &json!(1)));
    assert_eq!(fields["data"][0].get("values"), None);
    let fields = ask(&sim, "GET /api/custom_profile_fields?include=values", "").json();
    assert_eq!(fields["data"][0]["values"].as_array().map(Vec::len), Some(2));
    let line = "GET /api/custom_profile_field_values?filter%5Buser_id%5D=89&include=customProfileField";
    let values = ask(&sim, line, "").json();
    assert_eq!(values["total"], 2);
    assert_eq!(values["data"][0]["value"], "Beginner");
    assert_eq!(values["data"][1]["custom_profile_field"]["name"], "Dietary restrictions");
    assert!(put_jane(&sim).json().get(VALUES).is_none());
    assert_eq!(kinds(&sim), []);
}

#[test]
fn communals_lists_have_pages_and_only_managers_see_others_values() {
    let sim = start_with(Vendor::Communal, |knobs| knobs.communal.per_page = 1);
    for parameter in ["page", "page%5Bnumber%5D"] {
        let second = ask(&sim, &format!("GET /api/custom_profile_fields?{parameter}=2"), "").json();
        assert_eq!((&second["data"][0]["id"], &second["current_page"]), (&json!(13), &json!(2)));
        assert_eq!(
            (&second["last_page"], &second["from"], &second["total"]),
            (&json!(2), &json!(2), &json!(2))
        );
    }
    sim.control().set_knobs(|knobs| knobs.communal.key_role = KeyRole::Member(89));
    let values = "GET /api/custom_profile_field_values?filter[user_id]";
    assert_eq!(ask(&sim, &format!("{values}=90"), "").status, 403);
    assert_eq!(ask(&sim, &format!("{values}=89"), "").status, 200);
    assert_eq!(ask(&sim, "POST /api/custom_profile_fields", "{}").status, 405);
    assert_eq!(send(&sim, "GET /api/custom_profile_fields", &[], "").status, 401);
}

#[test]
fn communifire_shows_a_user_by_labels_or_joined_ones() {
    let sim = start(Vendor::Communifire);
    let answer = ask(&sim, "GET /api/users/12/details", "").json();
    assert_eq!((&answer["IsError"], &answer["ResponseData"]["UserID"]), (&json!(false), &json!(12)));
    assert_eq!(answer["ResponseData"]["First name"], "Jane");
    sim.control().set_knobs(|knobs| knobs.communifire.detail_names = DetailNames::Joined);
    let answer = ask(&sim, "GET /api/users/12/details", "").json();
    assert_eq!(answer["ResponseData"]["FirstName"], "Jane");
    assert_eq!(kinds(&sim), []);
    let nobody = ask(&sim, "GET /api/users/1/details", "");
    assert_eq!((nobody.status, &nobody.json()["IsError"]), (200, &json!(true)));
    assert_eq!(send(&sim, "GET /api/users/12/details", &[], "").status, 401);
    assert_eq!(kinds(&sim), [ViolationKind::UnknownSubject, ViolationKind::WrongAuthForm]);
}

#[test]
fn usercoms_list_of_attributes_goes_on_by_a_cursor_in_a_whole_url() {
    let sim = start_with(Vendor::UserCom, |knobs| knobs.usercom.page_size = 4);
    let first = ask(&sim, "GET /api/public/attributes/", "").json();
    assert_eq!((&first["count"], first["results"].as_array().map(Vec::len)), (&json!(6), Some(4)));
    let next = first["next"].as_str().expect("a URL").to_owned();
    let (_, query) = next.split_once('?').expect("a query");
    assert!(next.starts_with("http://") && query == "cursor=cD4%3D%3D", "{next}");
    let second = ask(&sim, &format!("GET /api/public/attributes/?{query}"), "").json();
    assert_eq!((&second["next"], second["results"].as_array().map(Vec::len)), (&Value::Null, Some(2)));
    assert_eq!(ask(&sim, "GET /api/public/attributes/?cursor=stale", "").status, 404);
    assert_eq!(kinds(&sim), []);
}

#[test]
fn a_user_is_changed_behind_the_apis_back_over_http() {
    let sim = start(Vendor::UserCom);
    assert_eq!(send(&sim, "PATCH /_sim/users/19678376", &[], r#"{"city":"Oslo"}"#).status, 200);
    assert_eq!(ask(&sim, "GET /api/public/users/19678376/", "").json()["city"], "Oslo");
    assert_eq!(send(&sim, "PATCH /_sim/users/1", &[], "{}").status, 404);
    assert_eq!(send(&sim, "PATCH /_sim/users/19678376", &[], "[]").status, 400);
}
