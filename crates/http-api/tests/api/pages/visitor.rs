use actix_web::test::TestRequest;

use crate::support::{Answer, World};

/// Where the pages of a test are.
pub(super) const HOST: &str = "127.0.0.1:8081";

/// Somebody with a browser, as far as a gateway can tell.
pub(crate) struct Visitor<'w> {
    world: &'w World,
    /// What the browser sends with every request.
    pub(super) cookie: String,
    /// What the forms of the session carry.
    pub(super) token: String,
}

impl<'w> Visitor<'w> {
    /// Signs in with a key that may operate.
    pub(crate) async fn new(world: &'w World, key: &str) -> Self {
        let answer = sign_in(world, key).await;
        assert_eq!(answer.status, 303, "{}", answer.text);
        let cookie = answer.header("set-cookie").and_then(|cookie| cookie.split(';').next());
        let mut visitor = Self { world, cookie: cookie.expect("a cookie").to_owned(), token: String::new() };
        let page = visitor.get("/").await.text;
        let (_, rest) = page.split_once("name=\"token\" value=\"").expect("a form");
        visitor.token = rest.split('"').next().expect("an end").to_owned();
        visitor
    }

    pub(crate) async fn get(&self, path: &str) -> Answer {
        self.world.operate(self.with_cookie(TestRequest::get().uri(path))).await
    }

    /// Sends a form of the session.
    pub(crate) async fn post(&self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let fields = [&[("token", self.token.as_str())], fields].concat();
        self.world.operate(self.with_cookie(form(path, &fields))).await
    }

    /// Adds what the browser sends by itself.
    pub(super) fn with_cookie(&self, request: TestRequest) -> TestRequest {
        request.insert_header(("Host", HOST)).insert_header(("Cookie", self.cookie.clone()))
    }
}

/// A form from a page of the gateway.
pub(super) fn form(path: &str, fields: &[(&str, &str)]) -> TestRequest {
    let request = TestRequest::post().uri(path).set_form(fields);
    request.insert_header(("Host", HOST)).insert_header(("Origin", format!("http://{HOST}")))
}

/// What the sign-in answers to a key.
pub(super) async fn sign_in(world: &World, key: &str) -> Answer {
    world.operate(form("/sign-in", &[("key", key), ("next", "/lanes")])).await
}
