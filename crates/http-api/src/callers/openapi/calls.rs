use api_types::problem::Kind;
use gateway_config::Scope::{Erase, Read, Update};

use super::{Call, USUAL, examples};

const OF_A_PATCH: &[Kind] = &[
    Kind::InvalidJson,
    Kind::DuplicateKey,
    Kind::UnknownLeaf,
    Kind::ReadOnlyLeaf,
    Kind::UnknownRoute,
    Kind::UserNotFound,
    Kind::RequestTimeout,
    Kind::IdentityTaken,
    Kind::IdentityPinned,
    Kind::UserErased,
    Kind::VersionMismatch,
    Kind::TooLarge,
    Kind::UnsupportedMediaType,
    Kind::IdempotencyMismatch,
    Kind::StorageFull,
];

const OF_FIELDS: &[Kind] = &[
    Kind::NotFound,
    Kind::NotReadable,
    Kind::VendorRefused,
    Kind::VendorUnavailable,
    Kind::VendorUnreadable,
    Kind::VendorBusy,
    Kind::VendorTimeout,
];

const OF_A_LOOK: &[Kind] = &[
    Kind::NotFound,
    Kind::UserNotFound,
    Kind::NoIdentity,
    Kind::UnknownAtVendor,
    Kind::NotReadable,
    Kind::UserErased,
    Kind::VendorRefused,
    Kind::VendorUnavailable,
    Kind::VendorUnreadable,
    Kind::VendorBusy,
    Kind::VendorTimeout,
];

const OF_UPDATE: &[(&str, &str)] = &[
    ("Location", "The update."),
    ("ETag", "The user's version, for If-Match."),
    ("Preference-Applied", "The wait that was granted."),
    ("Idempotency-Replayed", "`true` where the idempotency key was known; the update is the first one."),
];

pub(super) const ALL: &[Call] = &[
    Call {
        path: "/v1/users/{id}",
        method: "patch",
        scopes: &[Update],
        parameters: &["UserId", "IdempotencyKey", "IfMatch", "IfNoneMatch", "Prefer"],
        patch: true,
        answers: "Nothing changed, or no route is pending any more.",
        headers: OF_UPDATE,
        example: Some(examples::update),
        problems: OF_A_PATCH,
    },
    Call {
        path: "/v1/users/{id}",
        parameters: &["UserId", "IfMatch", "IfNoneMatchRead"],
        headers: &[("ETag", "The user's version.")],
        example: Some(examples::user),
        problems: &[Kind::UserNotFound, Kind::UserErased, Kind::VersionMismatch],
        ..USUAL
    },
    Call {
        path: "/v1/users/{id}",
        method: "delete",
        scopes: &[Erase],
        parameters: &["UserId", "IfMatch", "IfNoneMatch"],
        answers: "Erased, now or before.",
        example: Some(examples::erased),
        problems: &[Kind::UserNotFound, Kind::StorageFull, Kind::VersionMismatch],
        ..USUAL
    },
    Call {
        path: "/v1/users/{id}/plan",
        method: "post",
        scopes: &[Read, Update],
        parameters: &["UserId", "IfMatch", "IfNoneMatch"],
        patch: true,
        answers: "What would be sent; nothing is stored.",
        example: Some(examples::plan),
        problems: OF_A_PATCH,
        ..USUAL
    },
    Call {
        path: "/v1/users/{id}/vendors/{name}",
        parameters: &["UserId", "RouteName"],
        example: Some(examples::look),
        problems: OF_A_LOOK,
        ..USUAL
    },
    Call {
        path: "/v1/users/{id}/updates",
        parameters: &["UserId", "AfterUpdate", "Limit"],
        problems: &[Kind::UserNotFound],
        ..USUAL
    },
    Call {
        path: "/v1/updates/{id}",
        parameters: &["UpdateId", "Wait"],
        example: Some(examples::update),
        problems: &[Kind::UpdateExpired],
        ..USUAL
    },
    Call {
        path: "/v1/updates",
        parameters: &["State", "Route", "AfterAttention", "Limit"],
        example: Some(examples::attention),
        problems: &[Kind::UnknownRoute],
        ..USUAL
    },
    Call { path: "/v1/routes", ..USUAL },
    Call {
        path: "/v1/routes/{name}/fields",
        parameters: &["RouteName", "Values"],
        example: Some(examples::fields),
        problems: OF_FIELDS,
        ..USUAL
    },
    Call { path: "/v1/vendors", ..USUAL },
];
