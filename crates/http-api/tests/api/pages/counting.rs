use futures_util::future::join_all;

use super::visitor::Visitor;
use crate::support::{OPERATE, World, post};

#[actix_web::test]
async fn many_pages_at_one_time_count_the_users_of_each_route_once() {
    let world = World::new().await;
    let visitor = Visitor::new(&world, OPERATE).await;
    let pages = (0..20).flat_map(|_| ["/", "/routes/village"]);
    let before = world.store.counted();
    let answers = join_all(pages.map(|path| visitor.get(path))).await;
    assert!(answers.iter().all(|answer| answer.status == 200));
    assert_eq!((before, world.store.counted()), (4, 4), "pages count by themselves");
}

#[actix_web::test]
async fn what_an_operator_has_just_done_is_seen_although_nothing_is_counted_for_it() {
    let world = World::new().await;
    let visitor = Visitor::new(&world, OPERATE).await;
    for (act, state) in [("pause", "paused"), ("resume", "open")] {
        world.operate(post(&format!("/v1/routes/village/{act}"), OPERATE, "")).await;
        for path in ["/", "/routes/village"] {
            let page = visitor.get(path).await.text;
            assert!(page.contains(&format!("badge {state}")), "{path}: {page}");
        }
    }
    assert_eq!(world.store.counted(), 4);
}
