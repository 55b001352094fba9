//! What must not be in the file.

use super::*;

#[tokio::test]
async fn idempotency_keys_and_bodies_are_not_in_the_file() {
    let directory = tempfile::tempdir().expect("a directory");
    let bench = bench_in(&directory).await;
    let mut command = bench.command("crm-1", r#"{"title":"planted-title"}"#, 1);
    command.idempotency = Some(key("planted-key", "planted-request"));
    bench.store.accept(command).await.expect("accepted");
    let bytes = bytes(&directory);
    assert!(contains(&bytes, "planted-title"), "the search finds what is there");
    assert!(!contains(&bytes, "planted-key") && !contains(&bytes, "planted-request"));
}

#[tokio::test]
async fn an_erased_user_leaves_nothing_in_the_file_or_its_log() {
    let directory = tempfile::tempdir().expect("a directory");
    let bench = bench_in(&directory).await;
    // Long and short values, many neighbours, and every place that a value can get to.
    for number in 1..300 {
        let long = "x".repeat(number * 25);
        let json = format!(
            r#"{{"title":"bystander","website":"{long}","email":"b{number}@x.org","identities":{{"beta":{number}1}}}}"#
        );
        bench.accept(&format!("crm-{number}"), &json, 0).await;
    }
    let long = "planted".repeat(1_100);
    let json = format!(
        r#"{{"title":"planted","website":"{long}","email":"planted@x.org","family_name":"planted","tags":["planted"],
            "nickname":"planted","identities":{{"alpha":"990077","needy":"990077"}}}}"#
    );
    bench.accept("crm-7", &json, 1).await;
    for route in ["alpha", "needy"] {
        let work = bench.claim_one(route, 2).await;
        let mut settlement = bench.settlement(&work, testkit::store_suite::bench::ok(), 3);
        settlement.attempt = Some(attempt(2, "planted words"));
        bench.store.settle(settlement).await.expect("settled");
    }
    for number in 0..40 {
        bench.accept("crm-7", &format!(r#"{{"nickname":"planted-{number}"}}"#), 4).await;
        bench.accept(&format!("crm-{}", number + 10), &format!(r#"{{"nickname":"{number}"}}"#), 4).await;
    }
    assert!(contains(&bytes(&directory), "planted"));
    let erased = bench.erase("crm-7", 5).await.expect("known");
    assert_eq!(erased.disclosed_to.len(), 2);
    let bytes = bytes(&directory);
    assert!(!contains(&bytes, "planted"), "a value is still there");
    assert!(!contains(&bytes, "990077"), "a subject is still there");
    assert!(contains(&bytes, "bystander"));
}

#[tokio::test]
async fn rows_that_moved_between_pages_leave_nothing_of_an_erased_user() {
    let directory = tempfile::tempdir().expect("a directory");
    let bench = Arc::new(bench_in(&directory).await);
    let is_planted = |number: u64| number.is_multiple_of(3);
    // Values grow, so that pages overflow and are rebuilt.
    for round in 0..5 {
        let mut updates = Vec::new();
        for number in 1..=600_u64 {
            let mark = if is_planted(number) { "planted" } else { "neighbour" };
            let value = mark.repeat(1 + usize::try_from((number * 7 + round * 13) % 40).expect("small"));
            let json = format!(
                r#"{{"title":"{value}","nickname":"{mark}{round}","email":"{mark}{number}@x.org",
                    "identities":{{"alpha":{number}}}}}"#
            );
            let bench = Arc::clone(&bench);
            let accept = async move { drop(bench.accept(&format!("crm-{number}"), &json, 0).await) };
            updates.push(tokio::spawn(accept));
        }
        for update in updates {
            update.await.expect("accepted");
        }
        let now = i64::try_from(round).expect("small") + 1;
        for route in ["alpha", "mail"] {
            let mut due = bench.due(route, now);
            due.limit = 300;
            for work in bench.store.claim(due).await.expect("claimed").work {
                bench.succeed(&work, now).await;
            }
        }
    }
    for number in (1..=600).filter(|number| is_planted(*number)) {
        bench.erase(&format!("crm-{number}"), 9).await.expect("known");
    }
    let bytes = bytes(&directory);
    assert!(contains(&bytes, "neighbour"));
    assert!(!contains(&bytes, "planted"), "a value is still there");
    let connection = database(&directory);
    let sound: String =
        connection.query_row("PRAGMA integrity_check", [], |row| row.get(0)).expect("checked");
    assert_eq!(sound, "ok");
}
