//! Connections and bodies that end early, late or never.

use super::*;

#[test]
fn a_hanging_request_never_ends_until_the_caller_leaves() {
    let sim = communal_with(Fault::hang());
    let mut stream = write_jane(&sim).unwrap();
    assert!(sim.control().wait_for_requests(1, BOUND));
    stream.set_read_timeout(Some(Duration::from_millis(100))).unwrap();
    let error = stream.read(&mut [0]).expect_err("no byte comes");
    assert!(matches!(error.kind(), io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut));
    assert_eq!(sim.control().history()[0].ended_us, None);
    drop(stream);
    assert!(sim.control().wait_until(BOUND, |core| core.history_after(0)[0].ended_us.is_some()));
    assert_eq!(sim.control().history()[0].status, None);
}

#[test]
fn stopping_releases_a_hanging_request() {
    let sim = communal_with(Fault::hang());
    let stream = write_jane(&sim).unwrap();
    assert!(sim.control().wait_for_requests(1, BOUND));
    sim.stop();
    assert!(read(stream).is_err(), "the connection ends without an answer");
}

#[test]
fn a_connection_closes_without_a_byte_before_or_after_applying() {
    for (fault, name) in [(Fault::close_before_applying(), "Doe"), (Fault::close_after_applying(), "Roe")] {
        let sim = communal_with(fault);
        let error = try_jane(&sim).err().expect("no answer");
        assert_eq!(error.kind(), io::ErrorKind::UnexpectedEof, "an orderly end without a byte");
        assert_eq!(last_name(&sim), name);
        assert_eq!(sim.control().history()[0].status, None);
    }
}

#[test]
fn a_reset_is_seen_as_a_reset() {
    let sim = communal_with(Fault::reset());
    let error = try_jane(&sim).err().expect("no answer");
    assert_eq!(error.kind(), io::ErrorKind::ConnectionReset);
    assert_eq!(last_name(&sim), "Doe");
}

#[test]
fn half_a_body_ends_before_its_content_length() {
    let answer = try_jane(&communal_with(Fault::half_body())).expect("a head and half a body");
    assert_eq!(answer.status, 200);
    assert!(!answer.is_complete() && !answer.body.is_empty());
}

#[test]
fn a_slow_body_comes_byte_by_byte_and_is_whole() {
    let sim = start(Vendor::Communal);
    let fault = Fault::respond(200, &[("content-type", "application/json")], "0123456789");
    let slow = Fault { answer: Fault::slow_body(2).answer, ..Fault::default() };
    sim.control().add_plan(Some("89"), [None, Some(slow), Some(fault)]);
    assert_eq!(put_jane(&sim).status, 200);
    let started = Instant::now();
    let answer = ask(&sim, "GET /api/users/89", "");
    assert!(answer.is_complete() && answer.json()["id"] == "89");
    assert!(started.elapsed() >= Duration::from_millis(2 * 50), "{} bytes", answer.body.len());
    assert_eq!(put_jane(&sim).body, b"0123456789");
}

#[test]
fn a_huge_body_has_its_size_and_is_still_json() {
    let answer = put_jane(&communal_with(Fault::huge_body(3_000_000)));
    assert_eq!(answer.body.len(), 3_000_000);
    assert!(answer.is_complete() && answer.json()["id"] == 89);
}

#[test]
fn an_endless_body_gives_its_first_chunk_and_then_nothing() {
    let sim = communal_with(Fault::endless_body());
    let mut stream = write_jane(&sim).unwrap();
    let (mut text, mut piece) = (String::new(), [0; 4_096]);
    while !text.contains("readable_membership_start_date") {
        let count = stream.read(&mut piece).expect("the first chunk comes");
        assert_ne!(count, 0, "it does not end");
        text.push_str(std::str::from_utf8(&piece[..count]).unwrap());
    }
    assert!(text.contains("transfer-encoding: chunked"));
    stream.set_read_timeout(Some(Duration::from_millis(100))).unwrap();
    while let Ok(count) = stream.read(&mut piece) {
        assert!(
            count > 0 && !piece[..count].windows(5).any(|five| five == b"0\r\n\r\n"),
            "there is no last chunk"
        );
    }
}
