use actix_web::{HttpRequest, web};
use canonical::UserId;
use delivery::{
    engine::Submission,
    millis,
    store::{IdempotencyKey, Precondition},
};
use gateway_config::Scope;
use uuid::Uuid;

use super::{Caller, Problem, State, body, headers, preconditions};

/// Reads a request that changes a user, headers first: a request that is refused for its headers costs no body.
///
/// # Errors
/// What is wrong with the request.
pub(super) async fn read(
    request: &HttpRequest,
    payload: web::Payload,
    state: &State,
    caller: &Caller,
    user: UserId,
) -> Result<Submission, Problem> {
    let key = headers::idempotency_key(request)?;
    let precondition = preconditions::of_change(request)?;
    let settings = state.settings.load_full();
    let change = body::change(request, payload, &settings.rules, settings.body_timeout).await?;
    let idempotency = key.map(|key| IdempotencyKey {
        key,
        request: identify(request.method().as_str(), &user, &precondition, &change.canonical()),
        expires_at: state.engine.now() + millis(settings.idempotency_ttl),
    });
    Ok(Submission {
        id: Uuid::now_v7(),
        user,
        patch: change.patch,
        precondition,
        idempotency,
        caller: caller.actor(),
        may_create: caller.may_create(),
        may_operate: caller.may(Scope::Operate),
        trace: headers::trace(request),
    })
}

/// What makes two requests the same request. The user's id has one form, so the path has.
fn identify(method: &str, user: &UserId, precondition: &Precondition, body: &str) -> Vec<u8> {
    let precondition = match precondition {
        Precondition::None => String::new(),
        Precondition::Version(version) => format!("If-Match: \"{version}\""),
        Precondition::AnyOf(versions) => format!("If-Match: {versions:?}"),
        Precondition::NoneOf(versions) => format!("If-None-Match: {versions:?}"),
        Precondition::Exists => "If-Match: *".to_owned(),
        Precondition::OtherThan(versions) => format!("If-Match: *, If-None-Match: {versions:?}"),
        Precondition::Absent => "If-None-Match: *".to_owned(),
    };
    format!("{method} /v1/users/{user}\n{precondition}\n{body}").into_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_requests_are_the_same_only_if_all_that_matters_is() {
        let user: UserId = "crm-42".parse().expect("an id");
        let other: UserId = "crm-43".parse().expect("an id");
        let first = identify("PATCH", &user, &Precondition::None, "{}");
        assert_eq!(first, identify("PATCH", &user, &Precondition::None, "{}"));
        for different in [
            identify("PATCH", &other, &Precondition::None, "{}"),
            identify("PATCH", &user, &Precondition::Version(7), "{}"),
            identify("PATCH", &user, &Precondition::AnyOf(vec![7]), "{}"),
            identify("PATCH", &user, &Precondition::NoneOf(vec![7]), "{}"),
            identify("PATCH", &user, &Precondition::Exists, "{}"),
            identify("PATCH", &user, &Precondition::OtherThan(vec![7]), "{}"),
            identify("PATCH", &user, &Precondition::Absent, "{}"),
            identify("PATCH", &user, &Precondition::None, r#"{"title":null}"#),
        ] {
            assert_ne!(first, different);
        }
    }
}
