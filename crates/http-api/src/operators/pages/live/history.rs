use std::collections::VecDeque;

use api_types::FailureWord;
use delivery::{Attempted, Millis, lane::FailureClass};

/// What happened at one route of late: a bounded row of columns of equal time, and the last failures.
#[derive(Debug, Default)]
pub(super) struct History {
    columns: VecDeque<Column>,
    failures: VecDeque<Failure>,
}

/// What happened during one column.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Column {
    /// Which one: the time divided by [`WIDTH`].
    at: Millis,
    /// Attempts that were successes.
    pub(crate) sent: u64,
    /// Failed attempts.
    pub(crate) failed: u64,
    /// The most users that were behind.
    pub(crate) behind: u64,
}

/// An attempt that was no success.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Failure {
    /// When.
    pub(crate) at: Millis,
    /// Why.
    class: FailureClass,
    /// The status of the answer, if there was one.
    pub(crate) status: Option<u16>,
    /// The lane's id.
    pub(crate) lane: i64,
}

impl Failure {
    /// Why, as the API names it.
    pub(crate) fn word(&self) -> FailureWord {
        self.class.into()
    }
}

/// How long a column lasts: 20 seconds.
const WIDTH: Millis = 20_000;
/// How many columns are kept: half an hour.
pub(crate) const COLUMNS: usize = 90;
/// How many columns make a minute.
const MINUTE: usize = 3;
/// How many failures are kept.
const FAILURES: usize = 10;

impl History {
    /// An attempt has ended.
    pub(super) fn attempted(&mut self, attempt: &Attempted<'_>, now: Millis) {
        let column = self.column(now);
        match attempt.failure {
            None => column.sent += 1,
            Some(class) => {
                column.failed += 1;
                let Attempted { status, lane, .. } = *attempt;
                self.failures.push_front(Failure { at: now, class, status, lane });
                self.failures.truncate(FAILURES);
            }
        }
    }

    /// So many users are behind now.
    pub(super) fn behind(&mut self, users: u64, now: Millis) {
        let column = self.column(now);
        column.behind = column.behind.max(users);
    }

    /// The last half hour; columns in which nothing was seen are empty.
    pub(super) fn columns(&self, now: Millis) -> [Column; COLUMNS] {
        let mut columns = [Column::default(); COLUMNS];
        let newest = now / WIDTH;
        for column in &self.columns {
            let age = usize::try_from(newest - column.at).unwrap_or(COLUMNS);
            if let Some(at) = (COLUMNS - 1).checked_sub(age) {
                columns[at] = *column;
            }
        }
        columns
    }

    /// The last failures, newest first.
    pub(super) fn failures(&self) -> Vec<Failure> {
        self.failures.iter().copied().collect()
    }

    fn column(&mut self, now: Millis) -> &mut Column {
        let at = now / WIDTH;
        if self.columns.back().is_none_or(|last| last.at != at) {
            self.columns.push_back(Column { at, ..Column::default() });
            if self.columns.len() > COLUMNS {
                self.columns.pop_front();
            }
        }
        let last = self.columns.len() - 1;
        &mut self.columns[last]
    }
}

/// Successes and failures of the last minute: the columns that are complete, and the present one.
pub(crate) fn last_minute(columns: &[Column]) -> (u64, u64) {
    let last = columns.iter().rev().take(MINUTE);
    last.fold((0, 0), |(sent, failed), column| (sent + column.sent, failed + column.failed))
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn attempt(failure: Option<FailureClass>) -> Attempted<'static> {
        Attempted {
            route: "village",
            lane: 7,
            version: 1,
            status: None,
            trace: None,
            failure,
            took: Duration::ZERO,
            behind: None,
        }
    }

    #[test]
    fn what_happens_is_counted_in_its_column_and_forgotten_after_half_an_hour() {
        let mut history = History::default();
        history.attempted(&attempt(None), 0);
        history.attempted(&attempt(Some(FailureClass::Unavailable)), WIDTH - 1);
        history.behind(7, WIDTH);
        history.behind(3, WIDTH + 1);
        let columns = history.columns(WIDTH);
        let [.., first, second] = columns;
        assert_eq!((first.sent, first.failed, first.behind), (1, 1, 0));
        assert_eq!((second.sent, second.failed, second.behind), (0, 0, 7));
        assert_eq!(last_minute(&columns), (1, 1));
        assert_eq!(last_minute(&history.columns(WIDTH * 3)), (0, 0));
        let late = WIDTH * Millis::try_from(COLUMNS).expect("small");
        assert_eq!(history.columns(late)[0].behind, 7, "the first column has gone, the second has not");
        assert_eq!(history.columns(late + WIDTH), [Column::default(); COLUMNS]);
    }

    #[test]
    fn however_much_happens_what_is_kept_is_bounded_and_a_clock_that_went_back_harms_nobody() {
        let mut history = History::default();
        for at in 0..1_000 {
            history.attempted(&attempt(Some(FailureClass::Tls)), at * WIDTH);
        }
        assert_eq!((history.columns.len(), history.failures().len()), (COLUMNS, FAILURES));
        assert_eq!(history.failures()[0].at, 999 * WIDTH, "the newest first");
        history.attempted(&attempt(None), 0);
        assert_eq!(history.columns.len(), COLUMNS);
        assert_eq!(history.columns(0)[COLUMNS - 1].sent, 1);
    }
}
