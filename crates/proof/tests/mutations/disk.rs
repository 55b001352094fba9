//! Caught by the disk that fails under the store.

use delivery::mutation::Mutation as M;
use vfs_shim::Habit;

use crate::{
    catches,
    harness::{lives, told::told_only_what_is_there, verdict::Finding},
};

/// What is found after the losses of power of one series of lives.
fn losses(seed: u64) -> Option<String> {
    let (tried, found) = lives::losses(seed..seed + 1, Habit::Honest);
    let first = found.first()?;
    let what = match first {
        Finding::Lost(text) => format!("lost: {text}"),
        Finding::Wrong(text) => format!("wrong: {text}"),
    };
    Some(format!("power loss: {} of {tried}, {}", found.len(), what.chars().take(70).collect::<String>()))
}

#[test]
fn reply_before_commit() {
    catches(M::ReplyBeforeCommit, 8, losses);
}

#[test]
fn synchronous_normal() {
    catches(M::SynchronousNormal, 8, losses);
}

#[test]
fn key_in_second_transaction() {
    catches(M::KeyInSecondTransaction, 8, losses);
}

#[test]
fn notify_before_commit() {
    catches(M::NotifyBeforeCommit, 1, |_| {
        told_only_what_is_there(60)
            .err()
            .map(|text| format!("observer: {}", text.chars().take(60).collect::<String>()))
    });
}
