use std::{collections::BTreeMap, fmt, time::Duration};

use proof::history::{Cause, History, Kind, Outcome, Verdict};

use super::ledger::Record;

/// The sums over all batches.
#[derive(Debug, Clone, Default)]
pub struct Figures {
    /// The seed of the run.
    pub seed: u64,
    /// Batches that were judged.
    pub batches: u64,
    /// Processes that were killed at work.
    pub kills: u64,
    /// Processes that were killed while they started.
    pub kills_at_start: u64,
    /// Processes that were asked to stop.
    pub stops: u64,
    /// Things that callers asked for.
    pub ops: u64,
    /// Requests that were sent again.
    pub repeated: u64,
    /// Answers that said that they were given before.
    pub replayed: u64,
    /// Acknowledged updates and erases.
    pub acknowledged: u64,
    /// Acknowledged changes that are gone.
    pub lost: u64,
    /// Values and versions that nobody asked for.
    pub unexpected: u64,
    /// Operations of which nobody knows whether they were done.
    pub indeterminate: u64,
    /// Different keys whose change took a version of its own, where nobody was left without an answer.
    pub keys: u64,
    /// The versions of the same users that changes took.
    pub versions: u64,
    /// Requests that the vendors saw.
    pub sends: u64,
    /// Requests that carried nothing new, by cause.
    pub duplicates: BTreeMap<Cause, u64>,
    /// Lanes that an operator had to wake, because the process ended under them three times in a row.
    pub blocked_by_stops: u64,
    /// Requests that a gateway must never send.
    pub violations: u64,
    /// Everything that was wrong.
    pub findings: Vec<String>,
    starts: u64,
    starting: Duration,
    longest_start: Duration,
}

impl Figures {
    /// Nothing happened yet.
    pub fn new(seed: u64) -> Self {
        Self { seed, ..Self::default() }
    }

    /// Whether every promise was kept.
    pub fn is_good(&self) -> bool {
        self.findings.is_empty() && self.violations == 0 && self.keys == self.versions
    }

    /// Adds the sums of another run.
    pub fn merge(&mut self, other: &Self) {
        self.batches += other.batches;
        self.kills += other.kills;
        self.kills_at_start += other.kills_at_start;
        self.stops += other.stops;
        self.ops += other.ops;
        self.repeated += other.repeated;
        self.replayed += other.replayed;
        self.acknowledged += other.acknowledged;
        self.lost += other.lost;
        self.unexpected += other.unexpected;
        self.indeterminate += other.indeterminate;
        self.keys += other.keys;
        self.versions += other.versions;
        self.sends += other.sends;
        other
            .duplicates
            .iter()
            .for_each(|(cause, count)| *self.duplicates.entry(*cause).or_default() += count);
        self.blocked_by_stops += other.blocked_by_stops;
        self.violations += other.violations;
        self.findings.extend(other.findings.iter().cloned());
        self.starts += other.starts;
        self.starting += other.starting;
        self.longest_start = self.longest_start.max(other.longest_start);
    }

    pub(super) fn started(&mut self, after: Duration) {
        self.starts += 1;
        self.starting += after;
        self.longest_start = self.longest_start.max(after);
    }

    pub(super) fn add_record(&mut self, record: &Record) {
        self.repeated += record.repeated;
        self.replayed += record.replayed;
        self.findings.extend(record.strange.iter().cloned());
    }

    pub(super) fn add(&mut self, history: &History, verdict: &Verdict) {
        self.ops += verdict.ops;
        self.sends += verdict.sends;
        self.indeterminate += verdict.indeterminate;
        self.lost += verdict.lost() as u64;
        self.unexpected += verdict.unexpected() as u64;
        let done = |op: &&proof::history::Op| matches!(op.outcome, Outcome::Ok { .. });
        self.acknowledged += history.ops.iter().filter(done).count() as u64;
        for (cause, count) in &verdict.duplicates {
            *self.duplicates.entry(*cause).or_default() += count;
        }
        self.count_keys(history);
        let findings = verdict.findings.iter().map(|finding| format!("{}: {}", finding.rule, finding.text));
        self.findings.extend(findings);
    }

    /// Each key that was answered stands for one version, and no version is there without one.
    fn count_keys(&mut self, history: &History) {
        for (user, end) in &history.users {
            let of_user = || history.ops.iter().filter(|op| op.user == *user);
            let is_open = |op: &proof::history::Op| op.outcome == Outcome::Unknown;
            if of_user().any(is_open) {
                continue;
            }
            let bumps = |op: &&proof::history::Op| matches!(op.outcome, Outcome::Ok { bumped: true, .. });
            let erases = of_user().filter(bumps).filter(|op| matches!(op.kind, Kind::Erase)).count() as u64;
            self.keys += of_user().filter(bumps).count() as u64 - erases;
            self.versions += end.version.saturating_sub(erases);
        }
    }
}

impl fmt::Display for Figures {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mean =
            self.starting.checked_div(u32::try_from(self.starts).unwrap_or(1).max(1)).unwrap_or_default();
        write!(
            f,
            "{} kills, {} at a start, {} stops; {} ops, {} acknowledged, {} lost, {} unexpected, {} indeterminate; \
             {} requests repeated, {} answers replayed; {} keys, {} versions; {} sends, duplicates {:?}, {} violations; \
             {} lanes woken; ready after {mean:.0?}, at most {:.0?}",
            self.kills,
            self.kills_at_start,
            self.stops,
            self.ops,
            self.acknowledged,
            self.lost,
            self.unexpected,
            self.indeterminate,
            self.repeated,
            self.replayed,
            self.keys,
            self.versions,
            self.sends,
            self.duplicates,
            self.violations,
            self.blocked_by_stops,
            self.longest_start,
        )?;
        self.findings.iter().try_for_each(|finding| write!(f, "\n  {finding}"))
    }
}
