//! The contract suite of an [`Adapter`](::adapter::Adapter).
//!
//! An adapter crate describes itself once as a [`ContractCase`] and writes one line:
//!
//! ```text
//! testkit::adapter_contract!(case());
//! ```
//!
//! which becomes one test per check. A check is a function that returns what is wrong, so that a deliberately broken adapter
//! can prove that it is able to fail. Two checks compare with files in the adapter's `golden/` folder; `UPDATE_GOLDEN=1`
//! rewrites those, and the difference is what a reviewer reads.
//!
//! No check touches the network.

mod building;
mod case;
mod fooling;
mod golden;
mod hostile;
mod lengths;
mod matrix;
mod page;
mod parsing;
mod plan;
mod privacy;
mod random;
mod reader;
mod removing;
mod requests;
mod responses;
mod samples;
mod wire;

pub use building::{
    equal_input_gives_equal_output, no_request_carries_a_secret, nothing_is_sent_unasked,
    what_the_table_keeps_out_is_an_error,
};
pub use case::{Check, ContractCase, Proof};
pub use fooling::no_answer_breaks_or_fools_the_parser;
pub use golden::{agrees_with_file, readable};
pub use hostile::hostile_values_stay_values;
pub use lengths::lengths_are_those_of_the_page;
pub use matrix::{capability_table, field_matrix};
pub use page::page_golden;
pub use parsing::{
    a_receipt_claims_no_more_than_the_dialect, an_answer_about_another_person_is_noticed,
    the_status_table_is_the_only_one, the_usual_answer_is_a_success,
};
pub use plan::Bench;
pub use privacy::errors_and_debug_output_name_nobody;
pub use reader::{
    an_answer_about_another_person_is_not_read, no_answer_breaks_or_fools_the_reader,
    readers_only_ask_and_carry_no_secret, reading_names_nobody, reads_are_as_in_the_goldens,
};
pub use removing::what_is_taken_away_is_not_taken_on_trust;
pub use requests::requests_are_as_in_the_goldens;
pub use responses::verdicts_are_as_in_the_goldens;
pub use samples::{CUSTOM_SAMPLES, sample};

/// Turns what a check found into a failed test.
///
/// # Panics
/// When the check found something.
pub fn assert_passes(outcome: Check) {
    if let Err(finding) = outcome {
        panic!("{finding}");
    }
}

/// Generates the contract suite of the adapter that the expression describes, one test per check.
#[macro_export]
macro_rules! adapter_contract {
    ($case:expr) => {
        $crate::adapter_contract! { @each @tests $case }
    };
    (@each $($what:tt)*) => {
        $crate::adapter_contract! { $($what)*;
            requests_are_as_in_the_goldens,
            verdicts_are_as_in_the_goldens,
            equal_input_gives_equal_output,
            nothing_is_sent_unasked,
            what_the_table_keeps_out_is_an_error,
            hostile_values_stay_values,
            no_request_carries_a_secret,
            the_usual_answer_is_a_success,
            an_answer_about_another_person_is_noticed,
            a_receipt_claims_no_more_than_the_dialect,
            the_status_table_is_the_only_one,
            what_is_taken_away_is_not_taken_on_trust,
            no_answer_breaks_or_fools_the_parser,
            errors_and_debug_output_name_nobody,
        }
    };
    (@tests $case:expr; $($check:ident,)*) => {
        $(
            #[test]
            fn $check() {
                $crate::adapter::assert_passes($crate::adapter::$check(&$case));
            }
        )*
    };
    (@names; $($check:ident,)*) => {
        [$(stringify!($check)),*]
    };
}
