//! Which fault a request gets.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};

use crate::fault::Fault;
use crate::rule::FaultRule;

/// A rule in force.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ActiveFault {
    /// Its id, from 1.
    pub id: u64,
    /// The rule.
    pub rule: FaultRule,
    /// How many requests fitted subject and method.
    pub seen: u64,
    /// How often it was used.
    pub fired: u64,
}

/// The rules in force and the counts that decide.
pub(crate) struct Plan {
    seed: u64,
    next_id: u64,
    active: Vec<ActiveFault>,
    by_subject: HashMap<String, u64>,
}

impl Plan {
    pub(crate) fn new(seed: u64) -> Self {
        Self { seed, next_id: 1, active: Vec::new(), by_subject: HashMap::new() }
    }

    pub(crate) fn add(&mut self, rule: FaultRule) -> u64 {
        let id = self.next_id;
        self.next_id += 1;
        self.active.push(ActiveFault { id, rule, seen: 0, fired: 0 });
        id
    }

    pub(crate) fn remove(&mut self, id: Option<u64>) {
        self.active.retain(|active| id.is_some_and(|id| id != active.id));
    }

    pub(crate) fn active(&self) -> &[ActiveFault] {
        &self.active
    }

    /// The fault of this request with the id of its rule; jitter is already drawn into `before_ms`.
    pub(crate) fn choose(&mut self, subject: Option<&str>, method: &str) -> Option<(u64, Fault)> {
        let subject = subject.unwrap_or_default();
        if self.active.is_empty() {
            return None;
        }
        let count = self.by_subject.entry(subject.to_owned()).or_default();
        *count += 1;
        let (seed, count) = (self.seed, *count);
        let mut chosen = None;
        for active in &mut self.active {
            let rule = &active.rule;
            let fits = rule.subject.as_deref().is_none_or(|own| own == subject)
                && rule.method.as_deref().is_none_or(|own| own.eq_ignore_ascii_case(method));
            if !fits {
                continue;
            }
            active.seen += 1;
            let draw = draw(seed, active.id, subject, count);
            let fires = rule.nth.is_none_or(|nth| nth == active.seen)
                && rule.times.is_none_or(|times| active.fired < times)
                && rule.probability.is_none_or(|probability| seeded::fraction(draw) < probability);
            if fires && chosen.is_none() {
                active.fired += 1;
                chosen = Some((active.id, with_jitter(&rule.fault, seeded::mix(draw))));
            }
        }
        chosen
    }
}

fn with_jitter(fault: &Fault, draw: u64) -> Fault {
    let mut fault = fault.clone();
    if fault.jitter_ms > 0 {
        fault.before_ms += draw % (fault.jitter_ms + 1);
    }
    fault
}

/// FNV-1a over everything that names the decision, then mixed.
fn draw(seed: u64, rule: u64, subject: &str, count: u64) -> u64 {
    let words = [seed, rule, count].map(u64::to_le_bytes);
    let bytes = words.iter().flatten().chain(subject.as_bytes());
    seeded::mix(seeded::fnv1a(bytes.copied()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pattern(seed: u64, subjects: &[&str]) -> Vec<(String, bool)> {
        let mut plan = Plan::new(seed);
        plan.add(FaultRule::always(Fault::status(500)).with_probability(0.3));
        subjects.iter().map(|own| ((*own).to_owned(), plan.choose(Some(own), "PUT").is_some())).collect()
    }

    #[test]
    fn a_seed_fixes_every_decision_and_another_seed_changes_them() {
        let calls = vec!["a"; 200];
        assert_eq!(pattern(7, &calls), pattern(7, &calls));
        assert_ne!(pattern(7, &calls), pattern(8, &calls));
        let fired = pattern(7, &calls).iter().filter(|(_, fired)| *fired).count();
        assert!((30..=90).contains(&fired), "{fired} of 200 at 0.3");
    }

    #[test]
    fn the_order_between_subjects_does_not_matter() {
        let of = |subject: &str, calls: &[&str]| -> Vec<bool> {
            pattern(7, calls).into_iter().filter(|(own, _)| own == subject).map(|(_, fired)| fired).collect()
        };
        let mixed: Vec<_> = ["a", "b"].repeat(40);
        let sorted: Vec<_> = [vec!["a"; 40], vec!["b"; 40]].concat();
        assert_eq!(of("a", &mixed), of("a", &sorted));
        assert_eq!(of("b", &mixed), of("b", &sorted));
    }

    #[test]
    fn jitter_stays_inside_its_bound_and_varies() {
        let mut plan = Plan::new(1);
        plan.add(FaultRule::always(Fault { jitter_ms: 10, ..Fault::latency(100) }));
        let delays: Vec<_> =
            (0..50).filter_map(|_| plan.choose(Some("a"), "PUT")).map(|(_, f)| f.before_ms).collect();
        assert_eq!(delays.len(), 50);
        assert!(delays.iter().all(|ms| (100..=110).contains(ms)));
        assert!(delays.iter().any(|ms| *ms != delays[0]));
    }

    #[test]
    fn conditions_are_joined_and_the_first_rule_wins() {
        let mut plan = Plan::new(1);
        let first = plan.add(FaultRule::always(Fault::status(500)).for_subject("a").on_nth(2));
        let second = plan.add(FaultRule::always(Fault::status(429)).times(2).for_method("put"));
        let mut next = |subject, method| plan.choose(Some(subject), method).map(|(id, _)| id);
        assert_eq!(next("a", "PUT"), Some(second));
        assert_eq!(next("a", "PUT"), Some(first));
        assert_eq!(next("b", "GET"), None);
        assert_eq!(next("b", "PUT"), Some(second));
        assert_eq!(next("b", "PUT"), None);
        plan.remove(None);
        assert!(plan.active().is_empty());
    }
}
