use adapter::ErrorKind;
use api_types::problem::Kind;
use delivery::{SendErrorKind, engine::LookError, reading::ReadError};

use super::Problem;

impl From<LookError> for Problem {
    fn from(error: LookError) -> Self {
        match error {
            LookError::NoIdentity => {
                let detail = "the route has no identity for the user; set one under identities, or read the user's routes";
                Self::new(Kind::NoIdentity, detail)
            }
            LookError::Read(ReadError::Refused(error)) if error.kind == ErrorKind::NotFound => {
                let detail =
                    "the vendor answers that nobody has the identity; correct it or create the user there";
                Self::new(Kind::UnknownAtVendor, detail)
            }
            LookError::Read(error) => error.into(),
            LookError::Store(error) => error.into(),
        }
    }
}

/// A vendor's failure to show something is no failure of the gateway (RFC 9110 sections 15.6.3 and 15.6.5).
impl From<ReadError> for Problem {
    fn from(error: ReadError) -> Self {
        match error {
            ReadError::NotReadable => Self::new(
                Kind::NotReadable,
                "this vendor has no call that shows it, or none before it has confirmed the user's first update",
            ),
            ReadError::Busy(_) => Self::new(
                Kind::VendorBusy,
                "the route's rate is used up, or the vendor asked for a pause; try again later",
            ),
            ReadError::TooLong => {
                Self::new(Kind::VendorUnreadable, "the vendor's list has more pages than are read")
            }
            ReadError::Unanswered(error) => match error.kind {
                SendErrorKind::Timeout => Self::new(
                    Kind::VendorTimeout,
                    "the vendor did not answer within the route's timeout; try again",
                ),
                SendErrorKind::AnswerTooLarge => Self::new(
                    Kind::VendorUnreadable,
                    "the vendor's answer is larger than 64 KiB; ask for less",
                ),
                _ => Self::new(
                    Kind::VendorUnavailable,
                    "there is no connection to the vendor, or it broke; see the route at the operators' API",
                ),
            },
            ReadError::Refused(error) => refused(error.kind),
        }
    }
}

fn refused(kind: ErrorKind) -> Problem {
    match kind {
        ErrorKind::RateLimited => {
            Problem::new(Kind::VendorBusy, "the vendor answers that it takes nothing now; try again later")
        }
        ErrorKind::Unavailable => Problem::new(
            Kind::VendorUnavailable,
            "the vendor answers that it is out of order; try again later",
        ),
        ErrorKind::Unauthenticated | ErrorKind::Forbidden => {
            let detail =
                "the vendor does not let the route's credential read this; an operator has to see to it";
            Problem::new(Kind::VendorRefused, detail)
        }
        ErrorKind::Invalid | ErrorKind::TooLarge | ErrorKind::Conflict => {
            Problem::new(Kind::VendorRefused, "the vendor refuses the question")
        }
        ErrorKind::WrongSubject => {
            let detail = "the vendor answered about another person; an operator has to see to the identity";
            Problem::new(Kind::VendorUnreadable, detail)
        }
        ErrorKind::Misconfigured => {
            let detail = "the vendor says that the route is configured wrongly; an operator has to see to it";
            Problem::new(Kind::VendorRefused, detail)
        }
        ErrorKind::NotFound | ErrorKind::MaybeNotFound | ErrorKind::Misdirected | ErrorKind::Unreadable => {
            Problem::new(Kind::VendorUnreadable, "something else than the vendor's call answered")
        }
    }
}
