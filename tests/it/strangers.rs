//! What whoever reaches the listeners of a real process can do to it.

use std::{
    fs,
    io::{ErrorKind, Read, Write},
    net::{SocketAddr, TcpStream},
    os::unix::fs::PermissionsExt,
    path::PathBuf,
    thread,
    time::{Duration, Instant},
};

use e2e::{World, binary};
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use serde_json::json;

/// A program that runs the gateway with at most so many open files.
fn with_open_files(world: &World, limit: usize) -> PathBuf {
    with_limit(world, &format!("-n {limit}"))
}

/// A program that runs the gateway under a limit, in the words of a shell's `ulimit`.
fn with_limit(world: &World, limit: &str) -> PathBuf {
    let path = world.path("limited");
    let script = format!("#!/bin/sh\nulimit {limit}\nexec {} \"$@\"\n", binary().display());
    fs::write(&path, script).expect("the directory can be written");
    fs::set_permissions(&path, fs::Permissions::from_mode(0o700)).expect("it can be made a program");
    path
}

fn hold(address: SocketAddr, sent: &str) -> TcpStream {
    let mut stream = TcpStream::connect(address).expect("a connection");
    stream.write_all(sent.as_bytes()).expect("it is taken");
    stream
}

#[test]
fn strangers_who_hold_more_connections_than_there_may_be_files_end_nothing() {
    let world = World::new();
    let gateway = world.start_as(&with_open_files(&world, 640));
    let (api, operator) = (gateway.api(), gateway.operator());
    world.introduce(&api, &world.people()[0]);
    let user = &world.people()[0].id;
    let mut held = Vec::new();
    for round in 0..6 {
        // Silent ones, and ones that have begun with a request, on both listeners.
        for address in [api.address(), operator.address()] {
            held.extend((0..70).map(|number| hold(address, if number % 2 == 0 { "" } else { "GET /v1/r" })));
        }
        for path in ["/live", "/ready", "/v1/routes"] {
            operator.get(path).expect(200);
        }
        // Each is committed, and copied into the database in the quiet second that follows.
        let change = json!({ "title": format!("Title {round}") });
        let answer = api.patch(user, &[], &change);
        assert!(matches!(answer.status, 200 | 202), "{}", answer.status);
        thread::sleep(Duration::from_millis(1_200));
    }
    let log = gateway.log();
    assert!(log.iter().any(|line| line.contains("too few open files")), "nobody is told of the limit");
    assert!(!log.iter().any(|line| line.contains("\"ERROR\"")), "{}", log.join("\n"));
    drop(held);
    gateway.stop();
}

/// A stranger who asks without a key, reads the answer, and goes on with half the head of another request.
fn second_request(address: SocketAddr, path: &str) -> TcpStream {
    let mut stream = hold(address, &format!("GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n"));
    stream.set_read_timeout(Some(Duration::from_secs(10))).expect("a timeout");
    let mut start = [0; 12];
    // Where there are too many, the connection may be closed for a newer one before its answer.
    if stream.read_exact(&mut start).is_ok() {
        assert!(start.starts_with(b"HTTP/1.1 "), "{start:?}");
    }
    let _ = stream.write_all(format!("GET {path} HTTP/1.1\r\nHost: loc").as_bytes());
    stream
}

/// Whether somebody is answered while strangers hold connections; how long the slowest answer took.
fn slowest(rounds: usize, mut ask: impl FnMut(usize)) -> Duration {
    let timed = (0..rounds).map(|round| {
        let begun = Instant::now();
        ask(round);
        begun.elapsed()
    });
    timed.max().unwrap_or_default()
}

#[test]
fn more_keyless_connections_than_a_listener_takes_silence_neither() {
    // The limits of a gateway as it is started without any option: 1,024 and 256 connections.
    const HELD: [usize; 2] = [1_030, 260];
    let files = Rlimit { current: getrlimit(Resource::Nofile).maximum, ..getrlimit(Resource::Nofile) };
    setrlimit(Resource::Nofile, files).expect("the strangers may have as many files as the system allows");
    // 1,024 files as a shell begins with, and none more to be had.
    for limit in ["-Sn 1024", "-n 1024"] {
        let world = World::new();
        let gateway = world.start_as(&with_limit(&world, limit));
        let (api, operator) = (gateway.api(), gateway.operator());
        world.introduce(&api, &world.people()[0]);
        let user = &world.people()[0].id;
        let callers = (0..HELD[0]).map(|_| second_request(api.address(), "/v1/openapi.json"));
        let held: Vec<_> = callers.collect();
        let served = slowest(100, |round| {
            let answer = api.patch(user, &[], &json!({ "title": format!("Title {round}") }));
            assert!(matches!(answer.status, 200 | 202), "{}", answer.status);
        });
        let operators = (0..HELD[1]).map(|_| second_request(operator.address(), "/live"));
        let beside: Vec<_> = operators.collect();
        let alive = slowest(100, |_| {
            for path in ["/live", "/ready", "/v1/routes"] {
                operator.get(path).expect(200);
            }
        });
        println!(
            "{limit}: {} and {} held; slowest update {served:?}, slowest /live, /ready and routes {alive:?}",
            held.len(),
            beside.len()
        );
        assert!(served.max(alive) < Duration::from_secs(4), "{served:?}, {alive:?}");
        assert!(!gateway.log().iter().any(|line| line.contains("\"ERROR\"")), "{}", gateway.log().join("\n"));
        drop((held, beside));
        gateway.stop();
    }
}

#[test]
fn a_process_that_may_have_too_few_files_says_how_many_it_needs() {
    let world = World::new();
    let mut gateway = world.launch(&with_open_files(&world, 200));
    assert!(!gateway.wait().success());
    let said = gateway.log().join("\n");
    assert!(said.contains("200 open files and needs") && said.contains("LimitNOFILE="), "{said}");
}

#[test]
fn answers_that_nobody_reads_take_little_memory() {
    let world = World::new();
    let gateway = world.start();
    let before = gateway.resident_mib();
    let keyless = "GET /v1/openapi.json HTTP/1.1\r\nHost: localhost\r\n\r\n".to_owned();
    let keyed = keyless.replace("openapi.json", "vendors");
    let keyed = keyed.replace("\r\n\r\n", &format!("\r\nAuthorization: Bearer {}\r\n\r\n", world.key()));
    let mut held = Vec::new();
    for request in [keyless, keyed] {
        for _ in 0..50 {
            let stream = hold(gateway.api().address(), "");
            stream.set_nonblocking(true).expect("it can be set");
            held.push((stream, request.repeat(4_000)));
        }
    }
    let begun = Instant::now();
    while begun.elapsed() < Duration::from_secs(4) {
        for (stream, requests) in &mut held {
            match stream.write(requests.as_bytes()) {
                Ok(written) => drop(requests.drain(..written)),
                Err(error) if error.kind() == ErrorKind::WouldBlock => {}
                // It was closed, as it may be.
                Err(_) => requests.clear(),
            }
        }
        thread::sleep(Duration::from_millis(10));
    }
    let grown = gateway.resident_mib().saturating_sub(before);
    assert!(grown < 200, "a hundred connections take {grown} MiB");
    drop(held);
    gateway.stop();
}

#[test]
fn a_database_that_is_removed_under_the_process_ends_it_before_the_next_success() {
    let world = World::new();
    let mut gateway = world.start();
    let api = gateway.api();
    world.introduce(&api, &world.people()[0]);
    fs::remove_file(world.path("gateway.db")).expect("it is there");
    let path = format!("/v1/users/{}", world.people()[0].id);
    // The process may end before the refusal has left it.
    if let Ok(answer) = api.try_send("PATCH", &path, &[], Some(&json!({ "title": "Lost" }))) {
        assert_eq!(answer.status, 503, "{}", String::from_utf8_lossy(&answer.body));
    }
    assert!(!gateway.wait().success());
    let log = gateway.log().join("\n");
    assert!(log.contains("gateway.db of the store is gone") && log.contains("gateway.db.saved"), "{log}");
    // What was saved is the database, with all that was called a success.
    fs::rename(world.path("gateway.db.saved"), world.path("gateway.db")).expect("it was saved");
    let gateway = world.start();
    assert_eq!(gateway.api().user(&world.people()[0].id)["id"], *world.people()[0].id);
    gateway.stop();
}

#[test]
fn a_database_that_another_one_is_copied_over_ends_the_process_before_the_next_success() {
    let world = World::new();
    let other = World::new();
    other.start().stop();
    let mut gateway = world.start();
    let api = gateway.api();
    for person in world.people() {
        world.introduce(&api, person);
    }
    // In the quiet second that follows the log is copied into the database.
    let log = world.path("gateway.db-wal");
    while fs::metadata(&log).expect("it is there").len() > 0 {
        thread::sleep(Duration::from_millis(50));
    }
    // Into the same file, as `cp` does, once the process has seen to the end of its copy, too.
    thread::sleep(Duration::from_millis(500));
    fs::copy(other.path("gateway.db"), world.path("gateway.db")).expect("it can be copied");
    let path = format!("/v1/users/{}", world.people()[0].id);
    if let Ok(answer) = api.try_send("PATCH", &path, &[], Some(&json!({ "title": "Lost" }))) {
        assert_eq!(answer.status, 503, "{}", String::from_utf8_lossy(&answer.body));
    }
    assert!(!gateway.wait().success());
    let log = gateway.log().join("\n");
    assert!(log.contains("copied over the file gateway.db of the store"), "{log}");
    // Its log is not copied into the other database, by this process or a next one.
    let same = |one: &str| fs::read(world.path(one)).expect("it is there");
    assert!(same("gateway.db") == fs::read(other.path("gateway.db")).expect("it is there"));
    let mut refused = world.launch(binary());
    assert!(!refused.wait().success());
    assert!(refused.log().join("\n").contains("gateway.db-wal.lost"), "{:?}", refused.log());
    fs::remove_file(world.path("gateway.db-wal.lost")).expect("it was set aside");
    // The next one opens it; that its routes lead elsewhere, as those of the other world do, is another matter.
    let mut next = world.launch(binary());
    let _ = next.wait();
    assert!(next.log().join("\n").contains("the audit goes on"), "{:?}", next.log());
}

#[test]
fn what_strangers_send_fills_no_log_and_is_no_error() {
    let world = World::new();
    let gateway = world.start();
    let begun = Instant::now();
    for address in [gateway.api().address(), gateway.operator().address()] {
        for _ in 0..200 {
            for sent in
                ["GET / HTTP/7.7\r\n\r\n", "\x16\x03\x01\0", "GET /v1/routes HTTP/1.1\r\nHost: x\r\n\r\n"]
            {
                let mut stream = hold(address, sent);
                let mut answer = Vec::new();
                // It may be closed in any way.
                let _ = stream.read_to_end(&mut answer);
            }
        }
    }
    let (most, log) = (20 * (begun.elapsed().as_secs() + 2), gateway.log());
    assert!(log.len() as u64 <= most + 20, "{} lines", log.len());
    let alarming = log.iter().find(|line| line.contains("\"ERROR\"") || line.contains("\"WARN\""));
    assert_eq!(alarming, None);
    gateway.stop();
}

#[test]
fn a_database_that_others_could_read_is_told_of() {
    let world = World::new();
    world.start().stop();
    fs::set_permissions(world.path("gateway.db"), fs::Permissions::from_mode(0o666)).expect("it is there");
    let mut gateway = world.start();
    let line = gateway.wait_for_log(
        "other users of this machine could read or write the database; now its owner alone can",
    );
    assert_eq!((&line["level"], &line["mode"]), (&json!("WARN"), &json!("0666")));
    let mode = fs::metadata(world.path("gateway.db")).expect("it is there").permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    gateway.stop();
}
