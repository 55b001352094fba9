use actix_web::{
    App, HttpResponse,
    middleware::from_fn,
    test::{self, TestRequest},
    web,
};
use gateway::api;
use testkit::memory_store::CommitFailure;

use crate::support::{ALL, Answer, World, get, patch};

#[actix_web::test]
async fn a_full_disk_refuses_and_the_next_request_is_served() {
    let world = World::new().await;
    world.rest().await;
    world.store.fail_next_commit(CommitFailure::Full);
    let answer = world.call(patch("/v1/users/u", ALL, r#"{"title":"x"}"#)).await;
    assert_eq!((answer.status, answer.problem().as_deref()), (503, Some("storage-full")));
    assert_eq!(answer.header("retry-after"), Some("60"));
    assert_eq!(world.call(patch("/v1/users/u", ALL, r#"{"title":"x"}"#)).await.status, 202);
}

#[actix_web::test]
async fn a_commit_of_unknown_outcome_is_never_called_a_success() {
    for failure in [CommitFailure::Lost, CommitFailure::Done] {
        let world = World::new().await;
        world.rest().await;
        world.store.fail_next_commit(failure);
        let answer = world.call(patch("/v1/users/u", ALL, r#"{"title":"x"}"#)).await;
        assert_eq!(
            (answer.status, answer.problem().as_deref()),
            (503, Some("outcome-unknown")),
            "{failure:?}"
        );
        assert!(!answer.text.contains("commit was made"), "the cause is not for callers");
        let answer = world.call(get("/v1/users/u", ALL)).await;
        assert_eq!(answer.status, 503, "{failure:?}");
    }
}

#[actix_web::test]
async fn a_panic_in_a_handler_leaves_the_caller_with_an_answer() {
    async fn fails() -> HttpResponse {
        panic!("canary-panic")
    }
    let app = App::new().wrap(from_fn(api::observe)).route("/", web::get().to(fails));
    let app = test::init_service(app).await;
    let error = test::try_call_service(&app, TestRequest::get().to_request()).await.expect_err("a failure");
    let answer = Answer::of(error.error_response()).await;
    assert_eq!((answer.status, answer.problem().as_deref()), (503, Some("outcome-unknown")));
    assert!(!answer.text.contains("canary-panic"));
}
