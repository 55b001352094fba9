//! What is copied from a running gateway can be put in the place of its database.

use std::fs;

use e2e::{Vendor, World, run};
use serde_json::json;

#[test]
fn a_copy_of_a_running_gateways_database_is_restored_with_what_it_knew() {
    let world = World::new();
    let gateway = world.start();
    let (api, operator, jane) = (gateway.api(), gateway.operator(), &world.people()[0]);
    world.introduce(&api, jane);
    operator.post("/v1/routes/usercom/pause").expect(200);
    let owed = api.patch(&jane.id, &[], &json!({ "phone_number": "+14165550002" })).expect(202).json();
    api.wait_for_state(&owed["id"], "communal", "applied");
    let (database, copy) = (world.path("gateway.db"), world.path("copy.db"));
    let arguments = |to: &std::path::Path| {
        let text = |path: &std::path::Path| path.to_str().expect("a path in UTF-8").to_owned();
        ["backup".to_owned(), "--database".to_owned(), text(&database), "--to".to_owned(), text(to)]
    };
    let backup = |to: &std::path::Path| run(&arguments(to).each_ref().map(String::as_str), &[]);
    let done = backup(&copy);
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    let again = backup(&copy);
    assert_eq!(again.status.code(), Some(1), "nothing is overwritten");
    assert!(String::from_utf8_lossy(&again.stderr).contains("does not exist yet"));
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        assert_eq!(fs::metadata(&copy).expect("the copy").permissions().mode() & 0o077, 0);
    }

    // The gateway goes on; what comes now is not in the copy.
    api.patch(&jane.id, &[], &json!({ "given_name": "Janet" })).expect(202);
    assert_eq!(api.user(&jane.id)["given_name"], "Janet");
    gateway.stop();
    for suffix in ["", "-wal", "-shm"] {
        let path = world.path(&format!("gateway.db{suffix}"));
        if path.exists() {
            fs::remove_file(path).expect("removed");
        }
    }
    fs::rename(&copy, &database).expect("moved");

    let gateway = world.start();
    let (api, operator) = (gateway.api(), gateway.operator());
    let restored = api.user(&jane.id);
    assert_eq!((&restored["phone_number"], &restored["version"]), (&json!("+14165550002"), &json!(2)));
    assert_ne!(restored["given_name"], "Janet");
    let before = world.vendor(Vendor::UserCom).requests();
    operator.post("/v1/routes/usercom/resume").expect(200);
    api.wait_for_state(&owed["id"], "usercom", "applied");
    assert!(world.vendor(Vendor::UserCom).requests() > before);
    gateway.stop();
}

#[test]
fn what_is_no_database_of_the_gateway_is_not_copied() {
    let world = World::new();
    let (other, copy) = (world.path("notes.txt"), world.path("copy.db"));
    fs::write(&other, "no database".repeat(50)).expect("written");
    let path = |path: &std::path::Path| path.to_str().expect("a path in UTF-8").to_owned();
    let refused = run(&["backup", "--database", &path(&other), "--to", &path(&copy)], &[]);
    assert_eq!(refused.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&refused.stderr).contains("no database of this program"));
    assert!(!copy.exists());
}
