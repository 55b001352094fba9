use vendor_sim::{Answer, Apply, Fault, FaultRule, Vendor};

use crate::World;

/// What a vendor, or several, suffer from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trouble {
    /// Accepts requests and never answers.
    Hangs,
    /// Answers 500 and 503.
    Fails,
    /// Refuses connections.
    Refuses,
    /// Answers with huge bodies, with slow ones, and with 429.
    Floods,
    /// Answers 200 with a web page.
    WebPages,
    /// Answers about another person.
    WrongSubject,
    /// Communifire answers 200 with `IsError`.
    IsError,
    /// One hangs, one fails, one refuses connections.
    ThreeDead,
    /// Fails for one person, about whom every tenth update is.
    PoisonedLane,
    /// Answers late, and is measured itself: for tests of the measurement.
    Slow,
}

impl Trouble {
    /// All that the others should not notice.
    pub const ALL: [Self; 9] = [
        Self::Hangs,
        Self::Fails,
        Self::Refuses,
        Self::Floods,
        Self::WebPages,
        Self::WrongSubject,
        Self::IsError,
        Self::ThreeDead,
        Self::PoisonedLane,
    ];

    /// In words.
    pub fn name(self) -> &'static str {
        match self {
            Self::Hangs => "hangs",
            Self::Fails => "fails",
            Self::Refuses => "refuses connections",
            Self::Floods => "floods",
            Self::WebPages => "answers web pages",
            Self::WrongSubject => "answers about another",
            Self::IsError => "answers IsError",
            Self::ThreeDead => "three of four dead",
            Self::PoisonedLane => "one poisoned lane",
            Self::Slow => "is slow itself",
        }
    }

    /// The vendors that are well; those of the others are not measured.
    pub(super) fn well(self) -> &'static [Vendor] {
        use Vendor::{Communal, Communifire, UserCom, Village};
        match self {
            Self::IsError => &[Communal, UserCom, Village],
            Self::ThreeDead => &[Village],
            Self::PoisonedLane | Self::Slow => &Vendor::ALL,
            _ => &[Communifire, UserCom, Village],
        }
    }

    /// The person for whom alone a vendor fails.
    pub(super) fn poisons(self) -> bool {
        self == Self::PoisonedLane
    }

    /// Brings it about; `poisoned` is Communal's id of a person.
    pub(super) fn begin(self, world: &mut World, poisoned: &str) {
        let add = |vendor, fault| {
            world.vendor(vendor).add_fault(FaultRule::always(fault));
        };
        let sometimes = |vendor, fault, probability| {
            world.vendor(vendor).add_fault(FaultRule::always(fault).with_probability(probability));
        };
        match self {
            Self::Hangs => add(Vendor::Communal, Fault::hang()),
            Self::Fails => {
                sometimes(Vendor::Communal, Fault::status(500), 0.5);
                add(Vendor::Communal, Fault::status(503));
            }
            Self::Refuses => world.simulators.communal.refuse_connections(),
            Self::Floods => {
                let huge = Fault { answer: Answer::HugeBody { bytes: 8 << 20 }, ..Fault::default() };
                sometimes(Vendor::Communal, huge.applying(Apply::Never), 0.4);
                sometimes(Vendor::Communal, Fault::slow_body(20), 0.5);
                add(Vendor::Communal, Fault::status(429));
            }
            Self::WebPages => add(Vendor::Communal, Fault::html(200)),
            Self::WrongSubject => add(Vendor::Communal, Fault::wrong_subject("1")),
            Self::IsError => add(Vendor::Communifire, Fault::is_error("No.")),
            Self::Slow => add(Vendor::Communal, Fault::latency(200)),
            Self::ThreeDead => {
                add(Vendor::Communal, Fault::hang());
                add(Vendor::Communifire, Fault::status(503));
                world.simulators.usercom.refuse_connections();
            }
            Self::PoisonedLane => {
                let rule = FaultRule::always(Fault::status(500)).for_subject(poisoned);
                world.vendor(Vendor::Communal).add_fault(rule);
            }
        }
    }
}
