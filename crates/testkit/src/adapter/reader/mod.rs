//! The contract suite of a [`Reader`](::adapter::Reader): as that of an adapter, and run with it.
//!
//! All that the suite knows of a vendor's answers is `golden/reads.json`, so that every example there is an example for every
//! check. `testkit::reader_contract!(case())` becomes one test per check.

mod checks;
mod goldens;
mod privacy;
mod talk;

pub use checks::{
    an_answer_about_another_person_is_not_read, no_answer_breaks_or_fools_the_reader,
    readers_only_ask_and_carry_no_secret,
};
pub use goldens::reads_are_as_in_the_goldens;
pub use privacy::reading_names_nobody;

/// Generates the contract suite of the reader of the adapter that the expression describes, one test per check.
#[macro_export]
macro_rules! reader_contract {
    ($case:expr) => {
        $crate::reader_contract! { @tests $case;
            reads_are_as_in_the_goldens,
            an_answer_about_another_person_is_not_read,
            no_answer_breaks_or_fools_the_reader,
            readers_only_ask_and_carry_no_secret,
            reading_names_nobody,
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
}
