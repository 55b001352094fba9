use actix_web::ResponseError;
use api_types::problem::Kind;
use serde_json::{Value, json};

use crate::callers::Problem;

const UPDATE: &str = "0193a1b2-7c3d-7e4f-8a5b-6c7d8e9f0a1b";

pub(super) fn patch() -> Value {
    json!({"phone_number": "+14165551234", "title": "Coach", "identities": {"communal_main": "89"}})
}

pub(super) fn update() -> Value {
    json!({
        "id": UPDATE, "user": "crm-42", "version": 7, "created": false, "changed": true,
        "accepted_at": "2026-11-21T09:30:00Z",
        "routes": {
            "communal_main": {"state": "applied", "leaves": {"phone_number": "applied", "title": "unsupported"}},
            "village": {
                "state": "pending", "waiting_for": "backoff", "attempts": 1, "next_attempt_at": "2026-11-21T09:30:04Z",
                "last_error": {"kind": "unavailable", "status": 503},
                "leaves": {"phone_number": "waiting", "title": "unsupported"},
            },
            "intranet": {"state": "blocked", "reason": "needs_data", "leaves": {"email": "missing"}, "hint": "send email"},
            "usercom": {"state": "no_identity"},
        },
    })
}

pub(super) fn user() -> Value {
    json!({
        "id": "crm-42", "version": 7, "updated_at": "2026-11-21T09:30:00Z",
        "phone_number": "+14165551234", "title": "Coach", "nickname": null, "address": {"locality": "Toronto"},
        "identities": {"communal_main": "89"},
        "routes": {
            "communal_main": {"state": "in_step", "confirmed_version": 7, "leaves": {"title": "unsupported"}},
            "usercom": {
                "state": "in_step_except", "confirmed_version": 7, "leaves": {"nickname": "unmapped", "picture": "not_clearable"},
                "keeps": {"picture": {
                    "certain": true, "version": 3, "since": "2026-11-20T16:05:00Z", "because": "not_clearable",
                    "under": "gravatar_url",
                }},
                "hint":
                    "usercom has no way to clear these; correct them there, or set clear = \"empty_string\" for them",
            },
        },
    })
}

pub(super) fn plan() -> Value {
    json!({"user": "crm-42", "routes": {"village": {
        "verdict": "owed",
        "leaves": {"phone_number": "waiting", "title": "unsupported"},
        "requests": [{
            "method": "PATCH",
            "url": "https://app.villagelabs.net/networks/n1/users/jane%40example.org",
            "headers": [{"name": "Authorization", "value": "Bearer ***"}],
            "body": {"phone_number": "+14165551234"},
            "body_text": "{\"phone_number\":\"+14165551234\"}",
        }],
    }}})
}

pub(super) fn look() -> Value {
    json!({
        "user": "crm-42", "route": "usercom", "vendor": "usercom", "state": "in_step",
        "leaves": {
            "address.locality":
                {"finding": "differs", "field": "city", "shown_in": "city", "shown": "Montréal"},
            "given_name":
                {"finding": "same", "field": "first_name", "shown_in": "name", "shown": "Jane Doe"},
            "organization": {"finding": "not_shown", "field": "company_custom_id"},
        },
        "unmapped": ["score", "updated_at"],
    })
}

pub(super) fn fields() -> Value {
    json!({
        "route": "usercom", "vendor": "usercom",
        "fields": [{"id": "2429", "label": "Job title", "field": "job_title", "type": "string", "leaf": "title"}],
        "missing": [{"leaf": "custom.tier", "field": "tier"}],
    })
}

pub(super) fn attention() -> Value {
    json!({"updates": [{
        "id": UPDATE, "user": "crm-42", "version": 7, "route": "intranet", "state": "blocked", "reason": "needs_data",
        "leaves": {"email": "missing"}, "hint": "send email", "since": "2026-11-21T09:30:00Z",
    }]})
}

pub(super) fn erased() -> Value {
    json!({
        "user": "crm-42", "version": 8, "erased_at": "2026-11-21T09:31:00Z", "may_hold_a_copy": ["communal_main"],
    })
}

/// One example for each type of problem, by its name.
pub(super) fn problems() -> Value {
    let examples = Kind::ALL.iter().map(|kind| (kind.name().to_owned(), json!({"value": problem(*kind)})));
    Value::Object(examples.collect())
}

fn problem(kind: Kind) -> Value {
    let problem = Problem::new(kind, "what happened this time, and what to do");
    let mut body = json!({
        "type": kind.urn(), "title": kind.title(), "status": problem.status_code().as_u16(),
        "detail": "what happened this time, and what to do",
    });
    if kind == Kind::UnknownLeaf {
        body["errors"] =
            json!([{"pointer": "/emial", "detail": "there is no such leaf; did you mean email?"}]);
    }
    body
}
