use super::{Finding, History, Verdict, duplicates, ends, sends, versions::Timeline};

/// Judges a history.
pub fn check(history: &History) -> Verdict {
    let mut verdict =
        Verdict { ops: history.ops.len() as u64, sends: history.sends.len() as u64, ..Verdict::default() };
    let timelines = Timeline::of_all(history, &mut verdict);
    sends::check(history, &timelines, &mut verdict);
    duplicates::check(history, &timelines, &mut verdict);
    ends::check(history, &timelines, &mut verdict);
    verdict
}

/// Judges the lanes that say that they are settled, at a moment of a run at which nothing moves.
pub(crate) fn check_settled(history: &History) -> Vec<Finding> {
    let timelines = Timeline::of_all(history, &mut Verdict::default());
    let mut verdict = Verdict::default();
    ends::check_settled(history, &timelines, &mut verdict);
    verdict.findings
}
