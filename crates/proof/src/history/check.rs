use super::{History, Verdict, duplicates, ends, sends, versions::Timeline};

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
