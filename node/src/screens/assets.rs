//! Style, script and icon: within the program, named by their content, kept by the browser.

use std::sync::OnceLock;

use axum::extract::Path;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};

struct Asset {
    stem: &'static str,
    ending: &'static str,
    kind: &'static str,
    text: &'static str,
}

const ASSETS: [Asset; 4] = [
    Asset {
        stem: "style",
        ending: "css",
        kind: "text/css; charset=utf-8",
        text: include_str!("../../web/assets/style.css"),
    },
    Asset {
        stem: "app",
        ending: "js",
        kind: "text/javascript; charset=utf-8",
        text: include_str!("../../web/assets/app.js"),
    },
    Asset {
        stem: "htmx",
        ending: "js",
        kind: "text/javascript; charset=utf-8",
        text: include_str!("../../web/vendor/htmx-2.0.11.min.js"),
    },
    Asset {
        stem: "icon",
        ending: "svg",
        kind: "image/svg+xml",
        text: include_str!("../../web/assets/icon.svg"),
    },
];

/// The name under which a page asks for it: another content is another name.
pub(super) fn name(stem: &str) -> &'static str {
    static NAMES: OnceLock<Vec<(&'static str, String)>> = OnceLock::new();
    let names = NAMES.get_or_init(|| {
        ASSETS
            .iter()
            .map(|asset| {
                let hash = blake3::hash(asset.text.as_bytes()).to_hex();
                let short: String = hash.chars().take(10).collect();
                (
                    asset.stem,
                    format!("{}.{short}.{}", asset.stem, asset.ending),
                )
            })
            .collect()
    });
    names
        .iter()
        .find(|(known, _)| *known == stem)
        .map_or("", |(_, name)| name)
}

pub(super) async fn serve(Path(asked): Path<String>) -> Response {
    let found = ASSETS.iter().find(|asset| {
        asked
            .strip_prefix(asset.stem)
            .is_some_and(|rest| rest.starts_with('.'))
            && asked.ends_with(asset.ending)
    });
    match found {
        Some(asset) => {
            let lasts = if asked == name(asset.stem) {
                "public, max-age=31536000, immutable"
            } else {
                "no-cache"
            };
            let headers = [
                (header::CONTENT_TYPE, asset.kind),
                (header::CACHE_CONTROL, lasts),
            ];
            (headers, asset.text).into_response()
        }
        None => StatusCode::NOT_FOUND.into_response(),
    }
}
