use actix_web::{
    HttpMessage, HttpRequest,
    web::{self, Payload},
};
use api_types::problem::Kind;

use crate::callers::{Problem, body_bytes};

/// The fields of a form as a browser sends them.
pub(crate) struct Form(Vec<(String, String)>);

impl Form {
    /// Reads the body of a request; `limit` is how long it may take to arrive.
    ///
    /// # Errors
    /// `unsupported-media-type`, `too-large`, `request-timeout`, or that it is no form.
    pub(crate) async fn read(
        request: &HttpRequest,
        payload: Payload,
        limit: std::time::Duration,
    ) -> Result<Self, Problem> {
        if request.content_type() != "application/x-www-form-urlencoded" {
            let detail = "send the form as application/x-www-form-urlencoded";
            return Err(Problem::new(Kind::UnsupportedMediaType, detail));
        }
        let no_form = || Problem::invalid("the body is no form");
        let body = String::from_utf8(body_bytes(request, payload, limit).await?).map_err(|_| no_form())?;
        let fields = web::Query::<Vec<(String, String)>>::from_query(&body).map_err(|_| no_form())?;
        Ok(Self(fields.into_inner()))
    }

    /// The text of a field; empty when the form has none of this name.
    pub(crate) fn text(&self, name: &str) -> &str {
        self.0.iter().find(|(found, _)| found == name).map_or("", |(_, text)| text)
    }

    /// Where to go on: a path of this listener, which `field` names, or else the start.
    pub(crate) fn redirect_target(&self, field: &str) -> String {
        own_path(self.text(field)).unwrap_or("/").to_owned()
    }
}

/// The text if it is a path of this listener and nothing that a browser takes for another host's address.
pub(crate) fn own_path(text: &str) -> Option<&str> {
    let plain = text.bytes().all(|b| b.is_ascii_graphic() && b != b'\\');
    (plain && text.starts_with('/') && !text.starts_with("//") && text.len() <= 512).then_some(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_way_on_stays_on_this_listener() {
        for own in ["/", "/routes/village", "/lanes?route=village&state=held"] {
            assert_eq!(own_path(own), Some(own));
        }
        for foreign in [
            "",
            "//evil.example",
            "/\\evil.example",
            "https://evil.example",
            "evil",
            "/a\r\nSet-Cookie: x",
            "/é",
        ] {
            assert_eq!(own_path(foreign), None, "{foreign}");
        }
    }
}
