//! What every store promises. [`store_suite!`](crate::store_suite) runs all of it against one implementation.

pub mod bench;

pub mod accepting;
pub mod claiming;
pub mod erasing;
pub mod identities;
pub mod listing;
pub mod operating;
pub mod referring;
pub mod repeating;
pub mod settling;
pub mod telling;

pub use bench::{Bench, Opened, Recorder};

/// Makes a test of every promise. Takes `fn(Arc<dyn Observer>) -> Opened`, which opens an empty store; the calling crate needs
/// `tokio` with its macros.
#[macro_export]
macro_rules! store_suite {
    ($open:path) => {
        $crate::store_suite! { $open;
            accepting {
                versions_are_dense_with_sixteen_writers,
                a_precondition_that_does_not_hold_stores_nothing,
                the_same_values_again_make_no_version,
                a_new_user_needs_the_right_to_create_it,
                a_refused_update_stores_nothing,
                a_user_without_fields_is_stored,
                what_was_accepted_is_read_back,
            }
            repeating {
                a_request_sent_again_is_answered_as_the_first_time,
                a_key_used_for_another_request_is_refused,
                a_key_belongs_to_its_caller,
                an_expired_key_is_as_new,
                concurrent_twins_are_taken_once,
                a_refused_request_leaves_its_key_free,
            }
            identities {
                a_new_identity_owes_the_whole_profile,
                an_identity_of_another_user_is_refused,
                a_set_identity_is_pinned_unless_the_caller_operates,
                a_changed_identity_fences_the_attempt_under_the_old_one,
                two_users_with_one_address_are_never_both_sent,
                identities_that_a_route_compares_otherwise_get_other_keys,
                of_two_users_whose_identities_have_become_one_the_confirmed_one_keeps_it,
                a_change_of_keys_that_was_broken_off_is_done_again,
            }
            referring {
                a_manager_is_sent_as_the_vendor_names_that_person,
                a_manager_with_another_name_is_sent_again_to_everybody_who_has_that_manager,
                a_manager_who_is_renamed_in_the_commit_of_a_claim_ends_with_the_new_name,
                a_refused_manager_is_tried_again_under_another_name,
                a_manager_who_is_erased_is_named_as_given,
                whoever_is_their_own_manager_is_named_as_the_vendor_names_them,
            }
            claiming {
                a_permit_in_hand_is_used_by_the_accept_itself,
                a_lane_in_flight_is_not_claimed_again,
                fifty_updates_become_one_request_with_the_newest_values,
                a_claim_takes_no_more_than_its_limit_and_says_so,
                of_many_lanes_that_wait_the_longest_due_go_first,
                retries_wait_for_their_budget,
                a_recovered_route_releases_its_lanes,
                a_route_that_is_not_configured_claims_nothing,
                an_update_while_in_flight_is_sent_next,
            }
            settling {
                a_lane_comes_to_rest_when_its_attempt_succeeds,
                the_trace_of_an_update_goes_along_until_it_is_delivered,
                an_answer_to_an_older_claim_changes_nothing,
                a_success_that_names_another_users_person_is_about_the_wrong_one,
                of_two_that_name_one_person_at_once_the_second_is_wrong,
                a_held_leaf_waits_alone_and_is_tried_again_on_retry,
                a_held_leaf_is_tried_again_by_itself_when_its_time_comes,
                a_lane_that_needs_data_goes_on_when_they_come,
                attempts_are_kept_newest_first,
                members_are_written_ahead_and_survive,
            }
            erasing {
                an_erased_user_is_fenced_and_its_versions_go_on,
                an_erase_keeps_to_its_precondition,
                an_erase_says_who_may_hold_a_copy_and_repeating_it_changes_nothing,
                a_vendors_words_about_an_erased_user_are_forgotten,
            }
            listing {
                lanes_are_listed_by_state_in_pages,
                what_a_vendor_keeps_is_listed_and_counted,
                lanes_are_counted_by_state,
                a_removed_identity_is_none,
                who_fails_alone_is_counted_apart,
                updates_are_listed_newest_first_in_pages,
                a_sweep_removes_what_is_old_and_nothing_else,
            }
            telling {
                a_condition_is_told_when_it_begins_and_when_it_ends,
                a_pause_is_told_with_its_reason,
                a_warning_with_another_date_is_told_anew,
                a_webhook_is_told_of_what_happens_from_now_on,
                events_are_kept_in_bounded_number_and_for_a_bounded_time,
            }
            operating {
                route_ids_stay_and_a_changed_meaning_is_refused,
                a_changed_route_is_looked_through_in_steps_and_owes_what_it_never_sent,
                a_pause_stays_and_is_audited,
                a_start_makes_lanes_in_flight_suspect,
                a_start_makes_every_suspicion_begin_anew,
                a_start_keeps_what_is_held,
                a_retry_reaches_every_lane_of_a_route,
                users_whom_a_new_route_can_address_get_a_lane_when_asked_for,
                acts_of_operators_are_audited,
                a_pause_that_goes_on_is_audited_once,
                the_audit_is_one_chain_and_its_head_is_known,
                the_audit_is_listed_by_kind_route_and_time,
                the_observer_sees_every_change,
                a_closed_store_takes_nothing,
            }
        }
    };
    ($open:path; $($module:ident { $($name:ident,)* })*) => {
        $($(
            #[tokio::test]
            async fn $name() {
                let bench = $crate::store_suite::Bench::new($open).await;
                $crate::store_suite::$module::$name(bench).await;
            }
        )*)*
    };
}
