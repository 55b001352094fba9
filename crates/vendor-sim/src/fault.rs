//! Misbehaviour on demand. A [`Fault`] combines a delay, what happens with the change and what is answered, so every
//! combination ("503 after applying", "reset, and apply a second later") can be said; constructors name the common ones.

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::retry_after::RetryAfter;

/// One way to misbehave. The default is to behave.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Fault {
    /// Milliseconds before the change is applied. The change is applied even when the caller leaves meanwhile.
    pub before_ms: u64,
    /// Up to this many more milliseconds, drawn from the simulator's seed.
    pub jitter_ms: u64,
    /// What happens with the change.
    pub apply: Apply,
    /// What happens to long names before the change is looked at.
    pub names: Names,
    /// Milliseconds between the application and the answer.
    pub after_ms: u64,
    /// What is answered.
    pub answer: Answer,
}

/// Whether and when the change is applied.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Apply {
    /// Not at all; with a normal answer this is a vendor that lies.
    Never,
    /// As usual.
    #[default]
    Once,
    /// Two times in a row.
    Twice,
    /// This many milliseconds later, whatever else happens; the answer does not wait for it.
    Later(u64),
}

/// What happens to names.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Names {
    /// Nothing.
    #[default]
    Kept,
    /// Silently cut to 40 characters.
    Truncated,
}

/// What the caller gets.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum Answer {
    /// The vendor's normal answer.
    #[default]
    Normal,
    /// This status with a body in the vendor's usual form for errors.
    Status {
        /// The status.
        status: u16,
        /// `Retry-After` lines, in order.
        #[serde(default)]
        retry_after: Vec<RetryAfter>,
        /// JSON of the vendor or a page of something in front of it.
        #[serde(default)]
        page: Page,
        /// The field that the body names.
        #[serde(default)]
        field: Option<String>,
    },
    /// Exactly this.
    Respond {
        /// The status.
        status: u16,
        /// Header lines.
        #[serde(default)]
        headers: Vec<(String, String)>,
        /// The body.
        #[serde(default)]
        body: Body,
    },
    /// The normal answer under another subject's id.
    WrongSubject {
        /// That id.
        id: String,
    },
    /// Nothing, ever; released when the caller leaves or the simulator stops.
    Hang,
    /// The connection is closed without a byte.
    Close,
    /// The same with a TCP reset.
    Reset,
    /// The normal answer, cut in the middle of the body.
    HalfBody,
    /// The normal answer byte by byte.
    SlowBody {
        /// Milliseconds before each byte.
        per_byte_ms: u64,
    },
    /// The normal answer, filled up with spaces.
    HugeBody {
        /// Length of the body.
        bytes: u64,
    },
    /// The normal answer in chunks without the last chunk; the connection stays open.
    EndlessBody,
}

/// Who speaks in a [`Answer::Status`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Page {
    /// The vendor, in JSON.
    #[default]
    Vendor,
    /// A firewall or proxy, in HTML.
    Html,
}

/// Bytes; in JSON a string when they are UTF-8, otherwise an array of numbers.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Body(pub Vec<u8>);

impl std::fmt::Debug for Body {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Body({} bytes)", self.0.len())
    }
}

impl Serialize for Body {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match std::str::from_utf8(&self.0) {
            Ok(text) => serializer.serialize_str(text),
            Err(_) => serializer.collect_seq(&self.0),
        }
    }
}

impl<'de> Deserialize<'de> for Body {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(untagged)]
        enum Form {
            Text(String),
            Bytes(Vec<u8>),
        }
        Ok(Self(match Form::deserialize(deserializer)? {
            Form::Text(text) => text.into_bytes(),
            Form::Bytes(bytes) => bytes,
        }))
    }
}

impl Fault {
    fn answering(apply: Apply, answer: Answer) -> Self {
        Self { apply, answer, ..Self::default() }
    }

    /// Normal, after this many milliseconds.
    pub fn latency(ms: u64) -> Self {
        Self { before_ms: ms, ..Self::default() }
    }

    /// Applied at once, answered normally after this many milliseconds.
    pub fn answer_after(ms: u64) -> Self {
        Self { after_ms: ms, ..Self::default() }
    }

    /// This status in the vendor's form; nothing is applied.
    pub fn status(status: u16) -> Self {
        let answer = Answer::Status { status, retry_after: Vec::new(), page: Page::Vendor, field: None };
        Self::answering(Apply::Never, answer)
    }

    /// This status naming one field.
    pub fn field_error(status: u16, field: &str) -> Self {
        let field = Some(field.to_owned());
        let answer = Answer::Status { status, retry_after: Vec::new(), page: Page::Vendor, field };
        Self::answering(Apply::Never, answer)
    }

    /// This status with an HTML page.
    pub fn html(status: u16) -> Self {
        let answer = Answer::Status { status, retry_after: Vec::new(), page: Page::Html, field: None };
        Self::answering(Apply::Never, answer)
    }

    /// Exactly this answer; nothing is applied.
    pub fn respond(status: u16, headers: &[(&str, &str)], body: impl Into<Vec<u8>>) -> Self {
        let headers = headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        Self::answering(Apply::Never, Answer::Respond { status, headers, body: Body(body.into()) })
    }

    /// 200 without a body, applied.
    pub fn empty_200() -> Self {
        Self::respond(200, &[], "").applying(Apply::Once)
    }

    /// 204, applied.
    pub fn no_content() -> Self {
        Self::respond(204, &[], "").applying(Apply::Once)
    }

    /// Communifire's failure envelope: 200 with `IsError: true` and this message; nothing is applied.
    pub fn is_error(message: &str) -> Self {
        let body = serde_json::json!({ "IsError": true, "ResponseMessage": message, "ResponseData": null });
        Self::respond(200, &[("content-type", "application/json")], body.to_string())
    }

    /// A redirect to this address; nothing is applied.
    pub fn redirect(status: u16, location: &str) -> Self {
        Self::respond(status, &[("location", location)], "")
    }

    /// Applied and answered normally, but under another subject's id.
    pub fn wrong_subject(id: &str) -> Self {
        Self::answering(Apply::Once, Answer::WrongSubject { id: id.to_owned() })
    }

    /// Never answered; nothing is applied.
    pub fn hang() -> Self {
        Self::answering(Apply::Never, Answer::Hang)
    }

    /// Closed without a byte; nothing is applied.
    pub fn close_before_applying() -> Self {
        Self::answering(Apply::Never, Answer::Close)
    }

    /// Applied, then closed without a byte.
    pub fn close_after_applying() -> Self {
        Self::answering(Apply::Once, Answer::Close)
    }

    /// Closed without a byte at once, applied after this many milliseconds.
    pub fn close_then_apply_later(ms: u64) -> Self {
        Self::answering(Apply::Later(ms), Answer::Close)
    }

    /// Reset without a byte; nothing is applied.
    pub fn reset() -> Self {
        Self::answering(Apply::Never, Answer::Reset)
    }

    /// Applied; the answer ends in the middle of the body.
    pub fn half_body() -> Self {
        Self::answering(Apply::Once, Answer::HalfBody)
    }

    /// Applied; the answer comes byte by byte.
    pub fn slow_body(per_byte_ms: u64) -> Self {
        Self::answering(Apply::Once, Answer::SlowBody { per_byte_ms })
    }

    /// Applied; the answer is filled up to this many bytes.
    pub fn huge_body(bytes: u64) -> Self {
        Self::answering(Apply::Once, Answer::HugeBody { bytes })
    }

    /// Applied; the answer never ends.
    pub fn endless_body() -> Self {
        Self::answering(Apply::Once, Answer::EndlessBody)
    }

    /// Applied twice, answered normally.
    pub fn applied_twice() -> Self {
        Self::answering(Apply::Twice, Answer::Normal)
    }

    /// Names cut to 40 characters before they are stored, answered normally.
    pub fn truncated_names() -> Self {
        Self { names: Names::Truncated, ..Self::default() }
    }

    /// The same with another decision about the change ("503 after applying").
    #[must_use]
    pub const fn applying(mut self, apply: Apply) -> Self {
        self.apply = apply;
        self
    }

    /// The same with one more `Retry-After` line; only an [`Answer::Status`] has them.
    #[must_use]
    pub fn retry_after(mut self, line: RetryAfter) -> Self {
        if let Answer::Status { retry_after, .. } = &mut self.answer {
            retry_after.push(line);
        }
        self
    }
}
