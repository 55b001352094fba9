use e2e::{Vendor, World, subject};
use serde_json::json;

#[test]
fn one_update_reaches_all_four_vendors_while_the_caller_waits() {
    let world = World::new();
    let gateway = world.start();
    let (api, jane) = (gateway.api(), &world.people()[0]);
    world.introduce(&api, jane);
    let change =
        json!({ "phone_number": "+1 416 555 9876", "title": "Coach", "address": { "locality": "Toronto" } });
    let answer = api.patch(&jane.id, &[("Prefer", "wait=5")], &change).expect(200);
    assert_eq!(answer.header("preference-applied"), Some("wait=5"));
    assert_eq!(answer.header("etag"), Some("\"2\""));
    let routes = &answer.json()["routes"];
    for (route, state) in
        [("communal", "applied"), ("communifire", "applied"), ("usercom", "applied"), ("village", "accepted")]
    {
        assert_eq!(routes[route]["state"], state, "{route}: {routes}");
        assert_eq!(routes[route]["leaves"]["phone_number"], state, "{route}");
    }
    assert_eq!(routes["village"]["leaves"]["title"], "unsupported");
    assert_eq!(routes["village"]["leaves"]["address.locality"], "unsupported");
    assert_eq!(routes["usercom"]["leaves"]["title"], "applied");
    let shown = |vendor, field: &str| {
        world.vendor(vendor).user(&subject(vendor, jane)).map(|record| record[field].clone())
    };
    assert_eq!(shown(Vendor::Communal, "telephone"), Some(json!("+14165559876")));
    assert_eq!(shown(Vendor::Communal, "profile_city"), Some(json!("Toronto")));
    assert_eq!(shown(Vendor::Communifire, "Phone"), Some(json!("+14165559876")));
    assert_eq!(shown(Vendor::UserCom, "phone_number"), Some(json!("+14165559876")));
    assert_eq!(shown(Vendor::Village, "phone_number"), Some(json!("+14165559876")));
    gateway.stop();
}

#[test]
fn a_cleared_phone_is_cleared_where_the_vendor_can_and_told_where_it_cannot() {
    let world = World::new();
    let gateway = world.start();
    let (api, jane) = (gateway.api(), &world.people()[0]);
    world.introduce(&api, jane);
    api.patch_through(&jane.id, &json!({ "phone_number": "+14165559876" }));
    let answer = api.patch_through(&jane.id, &json!({ "phone_number": null }));
    assert_eq!(answer["routes"]["communal"]["state"], "applied");
    assert_eq!(answer["routes"]["village"]["leaves"]["phone_number"], "not_clearable");
    assert_eq!(answer["routes"]["village"]["state"], "nothing_to_send");
    let phone = |vendor, name: &str| {
        world.vendor(vendor).user(&subject(vendor, jane)).map(|record| record[name].clone())
    };
    assert_eq!(phone(Vendor::Communal, "telephone"), Some(json!(null)));
    assert_eq!(phone(Vendor::Village, "phone_number"), Some(json!("+14165559876")));
    let user = api.user(&jane.id);
    assert_eq!(user["phone_number"], json!(null));
    assert!(user.as_object().is_some_and(|user| user.contains_key("phone_number")), "cleared is not absent");
    gateway.stop();
}
