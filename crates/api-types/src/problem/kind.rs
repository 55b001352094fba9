macro_rules! kinds {
    ($($(#[$doc:meta])* $kind:ident $status:literal $name:literal $title:literal,)*) => {
        /// The types of problem: one table with their names, statuses and titles.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Kind {
            $($(#[$doc])* $kind,)*
        }

        impl Kind {
            /// Every type, in the order of the table.
            pub const ALL: &'static [Kind] = &[$(Kind::$kind),*];

            fn row(self) -> (u16, &'static str, &'static str) {
                match self {
                    $(Kind::$kind => ($status, $name, $title),)*
                }
            }
        }
    };
}

kinds! {
    /// Not one JSON document.
    InvalidJson 400 "invalid-json" "The body is not valid JSON",
    /// An object has a member twice.
    DuplicateKey 400 "duplicate-key" "The body names a member twice",
    /// A leaf outside the schema.
    UnknownLeaf 400 "unknown-leaf" "The body names a leaf that does not exist",
    /// A member that only the gateway writes.
    ReadOnlyLeaf 400 "read-only-leaf" "The body names a member that cannot be written",
    /// A value, header or parameter that does not fit.
    InvalidValue 400 "invalid-value" "A value is not valid",
    /// A route that is not configured.
    UnknownRoute 400 "unknown-route" "There is no such route",
    /// No key, or one that is not known.
    Unauthenticated 401 "unauthenticated" "A valid key is needed",
    /// The key may not do this.
    Forbidden 403 "forbidden" "The key may not do this",
    /// No resource has this path.
    NotFound 404 "not-found" "There is nothing here",
    /// The user was never seen.
    UserNotFound 404 "user-not-found" "There is no such user",
    /// The route has no subject for the user.
    NoIdentity 404 "no-identity" "The route has no identity for the user",
    /// The vendor answers that it does not know the user.
    UnknownAtVendor 404 "unknown-at-vendor" "The vendor does not know the user",
    /// The vendor has no endpoint that shows what was asked for.
    NotReadable 404 "not-readable" "The vendor does not show this",
    /// No such update, or it is not kept any more.
    UpdateExpired 404 "update-expired" "There is no such update",
    /// The resource has other methods.
    MethodNotAllowed 405 "method-not-allowed" "The resource does not take this method",
    /// The body did not arrive in time.
    RequestTimeout 408 "request-timeout" "The request did not arrive in time",
    /// Another user has the identity.
    IdentityTaken 409 "identity-taken" "Another user has this identity",
    /// The identity is set.
    IdentityPinned 409 "identity-pinned" "The identity is set already",
    /// Nothing could come of the act as things stand.
    ActRefused 409 "act-refused" "The act is not possible now",
    /// The new configuration is refused.
    ReloadRefused 409 "reload-refused" "The configuration was not taken over",
    /// The user was erased.
    UserErased 410 "user-erased" "The user was erased",
    /// The user has another version.
    VersionMismatch 412 "version-mismatch" "The user has another version",
    /// A size limit is exceeded.
    TooLarge 413 "too-large" "Something is too large",
    /// The body has another type or coding.
    UnsupportedMediaType 415 "unsupported-media-type" "The body has the wrong media type",
    /// The idempotency key names another request.
    IdempotencyMismatch 422 "idempotency-mismatch" "The idempotency key belongs to another request",
    /// The key's rate is used up.
    RateLimited 429 "rate-limited" "Too many requests",
    /// The header fields exceed a size limit.
    HeadersTooLarge 431 "headers-too-large" "The header fields are too large",
    /// The vendor refused to answer.
    VendorRefused 502 "vendor-refused" "The vendor refused the request",
    /// Nobody answered, the connection broke, or the vendor answers that it is out of order.
    VendorUnavailable 502 "vendor-unavailable" "The vendor is out of order or cannot be reached",
    /// What the vendor answered is not what was asked.
    VendorUnreadable 502 "vendor-unreadable" "The vendor's answer cannot be used",
    /// The vendor takes no further request now.
    VendorBusy 503 "vendor-busy" "The vendor takes no further request now",
    /// Too much is queued.
    Overloaded 503 "overloaded" "The gateway is overloaded",
    /// The disk is full.
    StorageFull 503 "storage-full" "The gateway's disk is full",
    /// Nobody knows whether the request was carried out.
    OutcomeUnknown 503 "outcome-unknown" "The outcome is unknown",
    /// The gateway stops.
    ShuttingDown 503 "shutting-down" "The gateway is shutting down",
    /// The vendor did not answer in time.
    VendorTimeout 504 "vendor-timeout" "The vendor did not answer in time",
}

impl Kind {
    /// The status of the answer.
    pub fn status(self) -> u16 {
        self.row().0
    }

    /// The last part of the type's URN.
    pub fn name(self) -> &'static str {
        self.row().1
    }

    /// The type in words.
    pub fn title(self) -> &'static str {
        self.row().2
    }

    /// The type's URN.
    pub fn urn(self) -> String {
        format!("urn:profile-gateway:problem:{}", self.name())
    }

    /// After how many seconds another try may succeed, where nothing better is known; for every refusal of the moment.
    pub fn retry_after(self) -> Option<u64> {
        match self {
            Kind::RateLimited => Some(1),
            Kind::Overloaded => Some(one_to_three()),
            Kind::StorageFull => Some(60),
            Kind::OutcomeUnknown | Kind::ShuttingDown | Kind::VendorBusy => Some(5),
            _ => None,
        }
    }

    /// Whether the rest of the request cannot be told from the next one, or nobody will read the next one.
    pub fn closes_connection(self) -> bool {
        use Kind::{HeadersTooLarge, RequestTimeout, ShuttingDown, TooLarge};
        matches!(self, TooLarge | RequestTimeout | HeadersTooLarge | ShuttingDown)
    }
}

/// Spreads those who were refused together.
fn one_to_three() -> u64 {
    1 + u64::from(uuid::Uuid::now_v7().as_bytes()[15] % 3)
}
