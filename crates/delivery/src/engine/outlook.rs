use adapter::{Deprecation, Notice};

use crate::Millis;

/// So many answers in a row that say otherwise than what is known are needed before it is given up: a vendor may warn at one of its
/// calls and not at another, and a route uses several.
const ENOUGH: u32 = 10;
/// And so long, so that whatever a vendor answers is a few words to operators and not one for each answer.
const LEAST: Millis = 60 * 60 * 1_000;

/// What a route's vendor says of the future of its call.
#[derive(Debug, Default)]
pub(super) struct Outlook {
    known: Option<Deprecation>,
    since: Millis,
    /// Answers in a row that said otherwise.
    otherwise: u32,
    /// What is known was not told.
    is_untold: bool,
}

impl Outlook {
    /// As an earlier process has told it.
    pub(super) fn told_before(known: Deprecation, now: Millis) -> Self {
        Self { known: Some(known), since: now, ..Self::default() }
    }

    /// The warning that lasts.
    pub(super) fn known(&self) -> Option<&Deprecation> {
        self.known.as_ref()
    }

    /// Learns from an answer; whether something is to be told.
    ///
    /// A first warning counts at once, and one that the call ends earlier. Anything else, the end of a warning and a later date,
    /// counts when enough answers say so.
    pub(super) fn heard(&mut self, notice: &Notice, now: Millis) -> bool {
        let said = match notice {
            Notice::Unheard => return false,
            Notice::None => None,
            Notice::Deprecated(said) => Some(said),
        };
        let (is_same, is_urgent) = match (&self.known, said) {
            (None, None) => (true, false),
            (None, Some(_)) => (false, true),
            (Some(_), None) => (false, false),
            (Some(known), Some(said)) => (said.is_as(known), said.ends_before(known)),
        };
        if is_same {
            self.otherwise = 0;
            return std::mem::take(&mut self.is_untold);
        }
        self.otherwise = self.otherwise.saturating_add(1);
        let is_settled = self.otherwise >= ENOUGH && now - self.since >= LEAST;
        if !is_urgent && !is_settled {
            return false;
        }
        *self = Self { known: said.cloned(), since: now, ..Self::default() };
        true
    }

    /// What is known could not be told; the next answer that says the same has it told again.
    pub(super) fn was_not_told(&mut self) {
        self.is_untold = true;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const DAY: i64 = 24 * 60 * 60;

    fn ends(day: i64) -> Notice {
        Notice::Deprecated(Deprecation { sunset: Some(day * DAY), ..Deprecation::default() })
    }

    fn undated() -> Notice {
        Notice::Deprecated(Deprecation::default())
    }

    /// What is told of answers that come a minute apart, by their places.
    fn told(outlook: &mut Outlook, notices: impl IntoIterator<Item = Notice>) -> Vec<usize> {
        let places = notices.into_iter().enumerate();
        places
            .filter(|(at, notice)| outlook.heard(notice, *at as Millis * 60_000))
            .map(|(at, _)| at)
            .collect()
    }

    #[test]
    fn a_warning_is_told_once_and_again_when_the_end_comes_nearer() {
        let mut outlook = Outlook::default();
        let notices = [Notice::None, undated(), undated(), ends(9), ends(9), ends(7), ends(8), ends(7)];
        assert_eq!(told(&mut outlook, notices), [1, 3, 5]);
        assert_eq!(outlook.known().and_then(|known| known.sunset), Some(7 * DAY));
    }

    #[test]
    fn calls_of_one_vendor_that_say_different_things_are_told_once() {
        let mut outlook = Outlook::default();
        let notices = (0..500).map(|at| match at % 3 {
            0 => ends(9),
            1 => ends(30),
            _ => Notice::None,
        });
        assert_eq!(told(&mut outlook, notices), [0]);
    }

    #[test]
    fn a_warning_ends_after_enough_answers_of_the_vendor_without_it() {
        let mut outlook = Outlook::default();
        let other = (0..100).map(|_| Notice::Unheard);
        assert_eq!(told(&mut outlook, [ends(9)].into_iter().chain(other)), [0]);
        let mut outlook = Outlook::default();
        let without = (0..100).map(|_| Notice::None);
        assert_eq!(told(&mut outlook, [ends(9)].into_iter().chain(without)), [0, 60]);
        assert_eq!(outlook.known(), None);
        let mut outlook = Outlook::default();
        assert!(outlook.heard(&ends(9), 0));
        assert!((1..10).all(|_| !outlook.heard(&Notice::None, LEAST)) && outlook.heard(&Notice::None, LEAST));
    }

    #[test]
    fn a_later_date_and_one_that_moves_with_the_clock_are_told_now_and_then() {
        let mut outlook = Outlook::default();
        let moving = (0..300).map(|at| {
            let sunset = Some(90 * DAY + at * 60);
            Notice::Deprecated(Deprecation { sunset, ..Deprecation::default() })
        });
        assert_eq!(told(&mut outlook, moving), [0]);
        let later = (0..300).map(|day| ends(91 + day));
        let told = told(&mut outlook, later);
        assert!(told.len() <= 5, "{told:?}");
    }

    #[test]
    fn what_could_not_be_told_is_told_with_the_next_answer() {
        let mut outlook = Outlook::default();
        assert!(outlook.heard(&ends(9), 0));
        outlook.was_not_told();
        assert!(outlook.heard(&ends(9), 1) && !outlook.heard(&ends(9), 2));
    }
}
