//! What every page has: the words, the office, the ways, who sits here, and the status line.

use askama::Template;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};

use super::assets;
use super::bar::Bar;
use super::seat::Seated;
use super::words::Words;
use crate::api::Api;
use crate::api::StatusView;

/// Who sits here.
pub(super) struct Who {
    pub(super) name: String,
    pub(super) csrf: String,
    pub(super) acts: bool,
    pub(super) administers: bool,
}

/// A way in the head of the page.
pub(super) struct Way {
    pub(super) href: &'static str,
    pub(super) key: &'static str,
    pub(super) here: bool,
}

/// What every page has. Templates call it `page`.
pub(super) struct Page {
    pub(super) words: &'static Words,
    pub(super) office: String,
    pub(super) who: Option<Who>,
    pub(super) bar: Option<Bar>,
    pub(super) path: String,
}

const WAYS: [(&str, &str); 7] = [
    ("/", "way-start"),
    ("/find", "way-find"),
    ("/acts/new", "way-act"),
    ("/acts", "way-acts"),
    ("/cases", "way-cases"),
    ("/quality", "way-quality"),
    ("/link", "way-link"),
];

/// What the administrator of the office sees besides.
const OWN_WAYS: [(&str, &str); 2] = [("/readings", "way-readings"), ("/officers", "way-officers")];

impl Page {
    /// A page for whoever sits here.
    pub(super) fn of(api: &Api, seated: &Seated) -> Page {
        let status = StatusView::of(api);
        let officer = seated.seat.account.officer();
        Page {
            words: seated.words,
            office: status.office_name.clone(),
            who: Some(Who {
                name: officer.name.as_str().to_owned(),
                csrf: seated.session.csrf(),
                acts: seated.seat.may_act(),
                administers: seated.seat.administers(),
            }),
            bar: Some(Bar::of(&status, seated.words)),
            path: seated.path.clone(),
        }
    }

    /// A page before anybody has signed in.
    pub(super) fn outside(api: &Api, words: &'static Words, path: &str) -> Page {
        let status = StatusView::of(api);
        Page {
            words,
            office: status.office_name,
            who: None,
            bar: None,
            path: path.to_owned(),
        }
    }

    pub(super) fn t(&self, key: &str) -> String {
        self.words.t(key)
    }

    pub(super) fn n(&self, key: &str, n: usize) -> String {
        self.words.n(key, i64::try_from(n).unwrap_or(i64::MAX))
    }

    pub(super) fn csrf(&self) -> &str {
        self.who.as_ref().map_or("", |who| who.csrf.as_str())
    }

    pub(super) fn may_act(&self) -> bool {
        self.who.as_ref().is_some_and(|who| who.acts)
    }

    pub(super) fn administers(&self) -> bool {
        self.who.as_ref().is_some_and(|who| who.administers)
    }

    pub(super) fn ways(&self) -> Vec<Way> {
        let at = self.path.split('?').next().unwrap_or_default();
        let longest = WAYS
            .iter()
            .filter(|(href, _)| {
                at == *href || (*href != "/" && at.starts_with(&format!("{href}/")))
            })
            .map(|(href, _)| href.len())
            .max();
        WAYS.iter()
            .filter(|(href, _)| *href != "/acts/new" || self.may_act())
            .map(|(href, key)| Way {
                href,
                key,
                here: longest == Some(href.len())
                    && (at == *href || at.starts_with(&format!("{href}/"))),
            })
            .collect()
    }

    /// The ways of whoever administers the office, which open from one place in the head.
    pub(super) fn own_ways(&self) -> Vec<Way> {
        let at = self.path.split('?').next().unwrap_or_default();
        let own: &[(&str, &str)] = if self.administers() { &OWN_WAYS } else { &[] };
        own.iter()
            .map(|(href, key)| Way {
                href,
                key,
                here: at == *href || at.starts_with(&format!("{href}/")),
            })
            .collect()
    }

    /// Whether this page is behind one of them.
    pub(super) fn at_own_way(&self) -> bool {
        self.own_ways().iter().any(|way| way.here)
    }

    pub(super) fn style(&self) -> &'static str {
        assets::name("style")
    }

    pub(super) fn script(&self) -> &'static str {
        assets::name("app")
    }

    pub(super) fn htmx(&self) -> &'static str {
        assets::name("htmx")
    }

    pub(super) fn version(&self) -> &'static str {
        env!("CARGO_PKG_VERSION")
    }
}

/// Makes the answer of a page.
pub(super) fn show(page: &impl Template) -> Response {
    show_as(StatusCode::OK, page)
}

/// The same with another status.
pub(super) fn show_as(status: StatusCode, page: &impl Template) -> Response {
    match page.render() {
        Ok(html) => (
            status,
            [(header::CONTENT_TYPE, "text/html; charset=utf-8")],
            html,
        )
            .into_response(),
        Err(error) => {
            tracing::error!("a page was not made: {error}");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}

/// Sends the browser to another page with GET.
pub(super) fn go(to: &str) -> Response {
    axum::response::Redirect::to(to).into_response()
}
