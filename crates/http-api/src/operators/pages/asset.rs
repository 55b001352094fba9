use std::sync::LazyLock;

use actix_web::{HttpRequest, HttpResponse, http::header, web::Data};
use sha2::{Digest, Sha256};

use super::{Refusal, access::guard, answer};
use crate::{callers::Problem, operators::State};

/// A file that pages refer to. Its path holds a part of its hash, so that a browser may keep it for ever.
struct Asset {
    name: &'static str,
    kind: &'static str,
    text: &'static str,
    path: String,
}

static ALL: LazyLock<[Asset; 3]> = LazyLock::new(|| {
    [
        asset("style.css", "text/css; charset=utf-8", include_str!("assets/style.css")),
        asset("live.js", "text/javascript; charset=utf-8", include_str!("assets/live.js")),
        asset("icon.svg", "image/svg+xml", include_str!("assets/icon.svg")),
    ]
});

fn asset(name: &'static str, kind: &'static str, text: &'static str) -> Asset {
    let hash = base16ct::lower::encode_string(&Sha256::digest(text)[..8]);
    Asset { name, kind, text, path: format!("/assets/{hash}/{name}") }
}

/// The path of a file.
pub(super) fn path(name: &str) -> &'static str {
    ALL.iter().find(|asset| asset.name == name).map_or("/", |asset| &asset.path)
}

/// Answers a file. It needs nobody to be signed in: the sign-in has a style, too.
pub(super) async fn serve(request: HttpRequest, state: Data<State>) -> Result<HttpResponse, Refusal> {
    guard::host(&request, &state.pages.hosts)?;
    let asset = ALL.iter().find(|asset| asset.path == request.path()).ok_or_else(Problem::not_found)?;
    let mut response = HttpResponse::Ok();
    answer::secure(&mut response);
    response.insert_header((header::CACHE_CONTROL, "public, max-age=31536000, immutable"));
    Ok(response.content_type(asset.kind).body(asset.text))
}
