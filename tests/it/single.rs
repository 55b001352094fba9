use e2e::{World, run};

#[test]
fn a_second_process_on_the_same_database_does_not_start() {
    let world = World::new();
    let gateway = world.start();
    let config = world.path("gateway.toml");
    let second = run(&["serve", "--config", config.to_str().expect("a path in UTF-8")], &[]);
    let said = String::from_utf8_lossy(&second.stderr);
    assert_eq!(second.status.code(), Some(1), "{said}");
    assert!(said.contains("gateway.db") && said.contains("process"), "{said}");
    assert!(!said.contains("\"ready\""), "{said}");
    world.introduce(&gateway.api(), &world.people()[0]);
    gateway.stop();
}
