use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

/// Milliseconds of one monotonic clock that all recorders share.
pub type Ms = u64;

/// Everything that was seen of one run.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct History {
    /// The routes by name.
    pub routes: BTreeMap<String, RouteFacts>,
    /// What clients asked for.
    pub ops: Vec<Op>,
    /// What the vendors were sent.
    pub sends: Vec<Send>,
    /// Operators' acts after which a vendor may see the same content again.
    pub nudges: Vec<Nudge>,
    /// When the gateway's process ended.
    pub stops: Vec<Ms>,
    /// When the gateway's process began, once more often than it ended.
    pub starts: Vec<Ms>,
    /// What the gateway says of the users at the end.
    pub users: BTreeMap<String, UserEnd>,
    /// How gateway and vendors stand at the end, per user and route with a subject.
    pub lanes: Vec<LaneEnd>,
    /// A block or hold at the end needs a vendor's answer that is not older than this.
    pub evidence_from: Ms,
}

/// What the checker has to know of a route.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct RouteFacts {
    /// How long one request may take.
    pub timeout: Ms,
    /// How long after that the vendor may still apply it.
    pub settle: Ms,
    /// How long after an acknowledged request the vendor may still apply it; 0: it applies first.
    pub apply_window: Ms,
    /// The fields that go with every request.
    pub required: BTreeSet<String>,
    /// The fields that the update call only adds to.
    pub sets: BTreeSet<String>,
    /// The fields that go together or not at all.
    #[serde(default)]
    pub groups: Vec<BTreeSet<String>>,
    /// Whether the route led to another host for a while. The members of sets that were given at one host are unknown at the
    /// other, so that nobody takes them away there.
    #[serde(default)]
    pub has_moved: bool,
    /// Whether every subject is one that a client named for the route.
    pub explicit: bool,
    /// How long a process that begins has to reckon with requests of the last one: the timeout and the settle time, or more
    /// for a route that was not always configured.
    pub start_window: Ms,
}

/// One thing that a client asked for, with all its retries.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Op {
    /// A number of its own.
    pub id: u64,
    /// The user.
    pub user: String,
    /// What was asked for.
    pub kind: Kind,
    /// When it was asked for first.
    pub invoked: Ms,
    /// When the definite answer came.
    pub ended: Option<Ms>,
    /// The answer.
    pub outcome: Outcome,
}

/// What a client asks for.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub enum Kind {
    /// An update.
    Update(Change),
    /// To forget the user.
    Erase,
}

/// What an update changes.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Change {
    /// Canonical values by leaf; null clears.
    pub leaves: BTreeMap<String, Json>,
    /// Whether all custom leaves are cleared first.
    pub clear_custom: bool,
    /// Whether it takes an erased user into use again.
    pub revives: bool,
    /// Per route, each changed leaf in each field and form that a configuration of the run gives it.
    pub wire: BTreeMap<String, Vec<Wire>>,
    /// Per route, the subject that it sets.
    pub subjects: BTreeMap<String, String>,
}

/// A changed leaf at a route.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Wire {
    /// The leaf.
    pub leaf: String,
    /// The field that carries it.
    pub field: String,
    /// Its form there.
    pub form: Form,
}

/// How a value goes on the wire.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Form {
    /// As this; null clears.
    Carried(Json),
    /// Not at all: the route cannot carry it.
    Uncarried,
}

/// What a client knows in the end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Outcome {
    /// It was done.
    Ok {
        /// As this version.
        version: u64,
        /// Whether the version is its own: the change changed something.
        bumped: bool,
    },
    /// It was certainly not done.
    Refused,
    /// Nobody told the client.
    Unknown,
}

/// One request that a vendor was sent.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Send {
    /// The route.
    pub route: String,
    /// Whose change it carries.
    pub user: String,
    /// Whom it names.
    pub subject: String,
    /// When it was begun.
    pub start: Ms,
    /// When the gateway got the answer, gave up or ended; none: it is still open.
    pub end: Option<Ms>,
    /// What the gateway got.
    pub answer: Answer,
    /// What it writes.
    pub writes: Vec<Write>,
}

/// One field of a request.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Write {
    /// The field takes the value; null clears it.
    Set(String, Json),
    /// The set gets these members.
    Add(String, BTreeSet<String>),
    /// The set loses this member.
    Remove(String, String),
}

/// What the gateway got for a request, as coarse as the checker needs it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Answer {
    /// A success that can be read.
    Success,
    /// The content was refused.
    Rejected,
    /// Too large.
    TooLarge,
    /// A conflict.
    Conflict,
    /// The person is not known.
    NotFound,
    /// The credential may not do this.
    Forbidden,
    /// About another person.
    WrongSubject,
    /// Certainly not applied, for a reason of the route: 401, 429, a proxy, no connection.
    NotApplied,
    /// A success that cannot be read.
    Unreadable,
    /// Nothing, or an answer that leaves open whether it was applied.
    Unknown,
}

impl Answer {
    /// Whether the request may still be applied.
    pub fn is_open(self) -> bool {
        matches!(self, Self::Unknown | Self::Unreadable)
    }
}

/// An operator's act.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Nudge {
    /// When it was begun.
    pub from: Ms,
    /// When it was done; none when nobody knows.
    pub to: Option<Ms>,
    /// At one route, or at all.
    pub route: Option<String>,
    /// For one user, or for all.
    pub user: Option<String>,
}

/// What the gateway says of a user at the end.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct UserEnd {
    /// The version.
    pub version: u64,
    /// Whether the user is erased.
    pub erased: bool,
    /// Canonical values by leaf; null was cleared.
    pub leaves: BTreeMap<String, Json>,
    /// The gateway's own list of updates: op, version, whether the version is its own. Where the recorder cannot tell which op
    /// an update is, it is left out.
    pub listed: Vec<(u64, u64, bool)>,
}

/// How one lane stands at the end.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct LaneEnd {
    /// The route.
    pub route: String,
    /// The user.
    pub user: String,
    /// Whom the lane names.
    pub subject: Option<String>,
    /// The subject as the gateway compares it.
    pub subject_key: Option<String>,
    /// What the gateway says.
    pub standing: Standing,
    /// The fields whose value the vendor refused.
    pub held: BTreeSet<String>,
    /// What the vendor should have.
    pub carried: BTreeMap<String, Json>,
    /// What the vendor has.
    pub vendor: BTreeMap<String, Json>,
}

/// What the gateway says of a lane at the end.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Standing {
    /// Nothing is owed but what is held.
    Settled,
    /// Something is owed.
    Pending(String),
    /// Nothing is sent before something changes.
    Blocked(String),
    /// The route does not serve the user, or has no subject.
    NotServed,
    /// The user is erased.
    Erased,
}
