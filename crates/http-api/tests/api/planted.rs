//! The tables of bad input once more, with values planted in them: a refusal and the log repeat none.

use serde_json::json;

use crate::{
    corpus,
    support::{ALL, Answer, World, captured, patch, post},
};

/// Members that are in order and stand before the mistake.
const MEMBERS: &str = r#""nickname":"Zqxnick","gender":"zqxgender","phone_number":"+1 416 555 0177""#;
const PLANTED: [&str; 4] = ["Zqx", "zqx", "4165550177", "416 555 0177"];

#[actix_web::test]
async fn no_refusal_of_bad_input_and_no_log_line_repeats_a_value() {
    let world = World::new().await;
    let mut planted = 0;
    for (id, body, status, kind, _) in corpus::bodies() {
        let body = plant(&body);
        planted += usize::from(PLANTED.iter().any(|value| contains(&body, value)));
        for answer in ask(&world, body).await {
            assert_eq!((answer.status, answer.problem().as_deref()), (status, Some(kind)), "{id}");
            assert_nothing_is_told(id, &answer);
        }
    }
    assert!(planted > 70, "values in {planted} bodies of the table");
    for (id, text) in corpus::not_addresses() {
        let text = format!("Zqx{text}");
        for body in [json!({ "email": text }), json!({ "identities": { "village": text } })] {
            for answer in ask(&world, body.to_string().into_bytes()).await {
                assert_eq!(answer.status, 400, "{id}: {}", answer.text);
                assert_nothing_is_told(id, &answer);
            }
        }
    }
    let log = captured();
    assert!(log.contains("\"problem\":\"invalid-value\""), "the log is read");
    // The library that reads telephone numbers repeats them; `log::filter` has it say nothing.
    for line in log.lines().filter(|line| !line.contains("\"target\":\"rlibphonenumber")) {
        assert!(!PLANTED.iter().any(|value| line.contains(value)), "{line}");
    }
}

async fn ask(world: &World, body: Vec<u8>) -> [Answer; 2] {
    let path = "/v1/users/crm-42";
    [
        world.call(patch(path, ALL, body.clone())).await,
        world.call(post(&format!("{path}/plan"), ALL, body)).await,
    ]
}

/// A body with a value in each of its texts, and with further members.
fn plant(body: &[u8]) -> Vec<u8> {
    let mut planted = Vec::with_capacity(body.len() + 200);
    for (at, byte) in body.iter().enumerate() {
        planted.push(*byte);
        match byte {
            b'"' if at > 0 && matches!(body[at - 1], b':' | b'[') => planted.extend(b"Zqx"),
            b'{' if at == 0 => {
                planted.extend(MEMBERS.as_bytes());
                planted.extend(if body.get(1) == Some(&b'}') { &b""[..] } else { b"," });
            }
            _ => {}
        }
    }
    planted
}

fn contains(body: &[u8], text: &str) -> bool {
    body.windows(text.len()).any(|window| window == text.as_bytes())
}

#[track_caller]
fn assert_nothing_is_told(id: &str, answer: &Answer) {
    let told = format!("{:?} {}", answer.headers, answer.text);
    for value in PLANTED {
        assert!(!told.contains(value), "{id} tells {value}: {told}");
    }
}
