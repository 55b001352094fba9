use super::weather::Weather;
use crate::history::Ms;

/// What a run is like, beside its seed.
#[derive(Debug, Clone)]
pub struct Options {
    /// How many people there are.
    pub users: usize,
    /// How many updates are asked for.
    pub updates: usize,
    /// How long the chaos lasts, in milliseconds.
    pub chaos: Ms,
    /// What goes wrong.
    pub faults: Faults,
    /// When the process crashes.
    pub crashes: Crashes,
    /// Whether lost requests are re-asserted.
    pub reassert: Reassert,
    /// Whether people get sets of tags that take more requests to remove than one attempt has.
    pub wide_sets: bool,
    /// What there is more of than usual.
    pub stress: Stress,
    /// How far the wall clock jumps between two processes.
    pub clock: Clock,
    /// Whether the trace is kept as lines.
    pub keep_trace: bool,
}

/// What goes wrong during the chaos.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Faults {
    /// Whatever the seed says, in vendors, store, clients and operators.
    All,
    /// Nothing: updates alone.
    None,
    /// Vendors lose answers and apply late; nothing else.
    LostAnswers,
    /// One route has this weather all the time; nothing else.
    At {
        /// The route's number.
        route: usize,
        /// Its weather.
        weather: Weather,
        /// Only requests about this user's subject meet it; none: all.
        user: Option<usize>,
    },
}

/// When the process crashes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Crashes {
    /// As the seed says.
    Random,
    /// Never.
    None,
    /// At the effect with this number, once.
    AtEffect(u64),
}

/// Whether lost requests are re-asserted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reassert {
    /// As routes are configured: after the time in which vendors may still apply them.
    On,
    /// The routes believe that vendors apply nothing after the timeout, and they do.
    Off,
}

/// What there is more of than usual.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stress {
    /// Nothing.
    None,
    /// The configuration is replaced every few seconds, and everybody moves from one time zone to another.
    Reloads,
    /// Everybody changes tags, which takes several requests, and is forgotten meanwhile.
    Erasures,
}

/// How far the wall clock jumps between two processes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Clock {
    /// An hour ahead or back, now and then.
    Hours,
    /// Now and then also ten years.
    Decades,
}

/// How difficult the callers' wishes are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Demands {
    /// Every vendor takes everything.
    Easy,
    /// Some values are refused by some vendors.
    Hard,
    /// Also sets that take more requests to remove than one attempt has.
    Wide,
}

impl Options {
    pub(crate) fn demands(&self) -> Demands {
        match self.faults {
            _ if self.wide_sets => Demands::Wide,
            Faults::None | Faults::At { .. } => Demands::Easy,
            Faults::All | Faults::LostAnswers => Demands::Hard,
        }
    }
}

impl Default for Options {
    fn default() -> Self {
        Self {
            users: 4,
            updates: 30,
            chaos: 6 * 60_000,
            faults: Faults::All,
            crashes: Crashes::Random,
            reassert: Reassert::On,
            wide_sets: false,
            stress: Stress::None,
            clock: Clock::Hours,
            keep_trace: false,
        }
    }
}
