//! What becomes of one request.

use delivery::SendErrorKind;
use serde_json::{Value as Json, json};
use vendor_sim::{Reply, Vendor};

use super::dice::Dice;
use crate::history::Ms;

/// What goes wrong with one request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Trouble {
    None,
    Slow,
    /// Applied, and answered after the timeout.
    AnswerTooLate,
    LostApplied,
    /// No answer; applied at any time until the settle time is over.
    LostLate,
    LostNever,
    /// No answer; applied just before the settle time is over.
    LostLast,
    /// Applied, and answered just before the timeout.
    AnswerLast,
    ResetApplied,
    ResetLate,
    ResetNever,
    /// Applied twice, then answered.
    Twice,
    /// Applied twice at any time, and no answer.
    LostTwice,
    /// Taken, answered, and applied within the apply window.
    Queued,
    Refused,
    NoName,
    NoTls,
    Status(u16),
    StatusApplied(u16),
    StatusLate(u16),
    /// With `Retry-After`.
    Later(u16),
    Page,
    PageApplied,
    Garbage,
    GarbageLate,
    Half,
    TooMuch,
    EmptyApplied,
    RefusedUnnamed,
    RefusedNamed,
    /// As the one before, just before the timeout.
    RefusedLast,
    /// A firewall's page.
    Wall,
    /// A redirect.
    Moved,
}

/// What becomes of one request, in milliseconds after its begin.
#[derive(Debug, Clone)]
pub(crate) struct Plan {
    /// When it reaches the vendor, unless it never does.
    pub(crate) arrives: Option<Ms>,
    /// When it is applied.
    pub(crate) applied: Vec<Ms>,
    /// What the gateway gets.
    pub(crate) answer: Answering,
}

/// What the gateway gets for a request.
#[derive(Debug, Clone)]
pub(crate) enum Answering {
    /// What the vendor answers when it applies it.
    Real(Ms),
    /// What the vendor would answer if it applied it now.
    Promise(Ms),
    /// What the vendor answers, but for the body of a success.
    Emptied(Ms),
    /// This.
    Canned(Ms, Reply),
    /// No complete answer.
    Broken(Ms, SendErrorKind),
    /// Nothing.
    Silence,
}

/// What a plan may reckon with.
#[derive(Debug, Clone)]
pub(crate) struct Bounds {
    pub(crate) vendor: Vendor,
    pub(crate) timeout: Ms,
    /// After the timeout, how long the vendor may still apply a request.
    pub(crate) settle: Ms,
    /// How long it may still apply one that it has acknowledged.
    pub(crate) apply_window: Ms,
    /// What the request asks for.
    pub(crate) asked: Asked,
}

/// What a request asks for, as far as an answer depends on it.
#[derive(Debug, Clone, Default)]
pub(crate) struct Asked {
    /// The fields that it sets.
    pub(crate) fields: Vec<String>,
    /// Whether it takes something away and does nothing else.
    pub(crate) removes: bool,
}

impl Trouble {
    pub(crate) fn plan(self, dice: &mut Dice, bounds: &Bounds) -> Plan {
        let arrival = dice.range(2, 60);
        let quick = arrival + dice.range(2, 200);
        let answered = quick + dice.range(2, 60);
        let late = dice.range(arrival, bounds.timeout + bounds.settle - 10);
        let plan = |applied: Vec<Ms>, answer| Plan { arrives: Some(arrival), applied, answer };
        let away =
            |kind| Plan { arrives: None, applied: Vec::new(), answer: Answering::Broken(arrival, kind) };
        let canned = |status: u16| Answering::Canned(answered, error(bounds.vendor, status, None));
        let broken = |kind| Answering::Broken(answered, kind);
        match self {
            Self::None => plan(vec![quick], Answering::Real(answered)),
            Self::Slow => {
                let applied = dice.range(quick, bounds.timeout - 1_000);
                plan(vec![applied], Answering::Real(dice.range(applied + 2, bounds.timeout - 10)))
            }
            Self::AnswerTooLate => plan(vec![dice.range(quick, bounds.timeout)], Answering::Silence),
            Self::LostApplied => plan(vec![quick], Answering::Silence),
            Self::LostLate => plan(vec![late], Answering::Silence),
            Self::LostLast => plan(vec![bounds.timeout + bounds.settle - 100], Answering::Silence),
            Self::AnswerLast => plan(vec![quick], Answering::Real(bounds.timeout - 100)),
            Self::LostNever => plan(Vec::new(), Answering::Silence),
            Self::ResetApplied => plan(vec![quick], broken(SendErrorKind::Interrupted)),
            Self::ResetLate => plan(vec![late], broken(SendErrorKind::Interrupted)),
            Self::ResetNever => plan(Vec::new(), broken(SendErrorKind::Interrupted)),
            Self::Twice => plan(vec![quick, quick + 1], Answering::Real(answered)),
            Self::LostTwice => {
                plan(vec![late, dice.range(late, bounds.timeout + bounds.settle - 10)], Answering::Silence)
            }
            Self::Queued => {
                let applied = dice.range(arrival, arrival.max(bounds.apply_window.saturating_sub(1_000)));
                plan(vec![applied], Answering::Promise(answered))
            }
            Self::Refused => away(SendErrorKind::Connect),
            Self::NoName => away(SendErrorKind::Dns),
            Self::NoTls => away(SendErrorKind::Tls),
            Self::Status(status) => plan(Vec::new(), canned(status)),
            Self::StatusApplied(status) => plan(vec![quick], canned(status)),
            Self::StatusLate(status) => plan(vec![late], canned(status)),
            Self::Later(status) => {
                let seconds = dice.range(1, 40).to_string();
                let reply = error(bounds.vendor, status, None).with_header("retry-after", &seconds);
                plan(Vec::new(), Answering::Canned(answered, reply))
            }
            Self::Page => plan(Vec::new(), Answering::Canned(answered, page(200))),
            Self::PageApplied => plan(vec![quick], Answering::Canned(answered, page(200))),
            Self::Garbage => plan(Vec::new(), Answering::Canned(answered, garbage(dice, &bounds.asked))),
            Self::GarbageLate => plan(vec![late], Answering::Canned(answered, garbage(dice, &bounds.asked))),
            Self::Half => plan(vec![quick], broken(SendErrorKind::Interrupted)),
            Self::TooMuch => plan(vec![quick], broken(SendErrorKind::AnswerTooLarge)),
            Self::EmptyApplied => plan(vec![quick], Answering::Emptied(answered)),
            Self::RefusedUnnamed => {
                plan(Vec::new(), Answering::Canned(answered, refusal(bounds.vendor, None)))
            }
            Self::RefusedNamed | Self::RefusedLast => {
                let named =
                    (!bounds.asked.fields.is_empty()).then(|| dice.pick(&bounds.asked.fields).clone());
                let at = if self == Self::RefusedLast { bounds.timeout - 100 } else { answered };
                plan(Vec::new(), Answering::Canned(at, refusal(bounds.vendor, named.as_deref())))
            }
            Self::Wall => plan(Vec::new(), Answering::Canned(answered, page(403))),
            Self::Moved => {
                let moved = Reply::empty(302).with_header("location", "https://elsewhere.example/");
                plan(Vec::new(), Answering::Canned(answered, moved))
            }
        }
    }
}

fn page(status: u16) -> Reply {
    Reply::html(status, "<!doctype html><title>Sign in</title>")
}

/// A success that says nothing, or no.
fn garbage(dice: &mut Dice, asked: &Asked) -> Reply {
    const OF_REMOVALS: [&str; 4] =
        ["{\"id\":", "{}", "{\"removed\": false}", "{\"status\": \"ok\", \"detail\": \"Not found.\"}"];
    let body = if asked.removes { *dice.pick(&OF_REMOVALS) } else { "{\"id\":" };
    Reply {
        status: 200,
        headers: vec![("content-type".to_owned(), "application/json".to_owned())],
        body: body.as_bytes().to_vec(),
    }
}

fn refusal(vendor: Vendor, named: Option<&str>) -> Reply {
    match vendor {
        Vendor::Communal => error(vendor, 422, named),
        Vendor::UserCom | Vendor::Village => error(vendor, 400, named),
        Vendor::Communifire => {
            let body = json!({ "IsError": true, "ResponseMessage": "A profile field has an invalid value.", "ResponseData": 0 });
            Reply::json(200, &body)
        }
    }
}

fn error(vendor: Vendor, status: u16, named: Option<&str>) -> Reply {
    let text = "Not now.";
    let body = match (vendor, named) {
        (Vendor::Communal, Some(field)) => json!({ "message": text, "errors": { field: ["No."] } }),
        (Vendor::UserCom, Some(field)) => Json::from_iter([(field, json!(["No."]))]),
        (Vendor::UserCom, None) => json!({ "detail": text }),
        _ => json!({ "message": text }),
    };
    Reply::json(status, &body)
}
