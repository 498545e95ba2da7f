//! The receipt that a citizen takes home (A5): what was taken in, by whom and when, how it stands,
//! and the square code that any node or phone can verify. What the code says is in
//! [`registry::receipt`]; the names stand on the paper alone.

use askama::Template;
use axum::extract::{Path, State};
use axum::response::Response;
use registry::ActId;
use registry::receipt::Standing;

use super::acts::about_of;
use super::fault::{Fault, of_code};
use super::page::{Page, show as shown_page};
use super::seat::Seated;
use super::shown::{Shown, day, joined, moment};
use super::words::Words;
use crate::api::Api;
use crate::clock;
use crate::office::{ActView, OfficeError};
use crate::receipt::{Receipt, ReceiptError, receipt_svg};

#[derive(Template)]
#[template(path = "receipt.html")]
struct ReceiptPage {
    page: Page,
    back: String,
    label: &'static str,
    about: String,
    officer: String,
    entered: String,
    effective: String,
    due: Option<String>,
    papers: Vec<String>,
    receipt: Option<Shape>,
    wrong: Option<String>,
}

/// The signed part.
struct Shape {
    tracking: String,
    standing: &'static str,
    standing_key: &'static str,
    provisional: bool,
    printed: String,
    /// A picture that [`receipt_svg`] drew: the one text of a page that is not escaped.
    picture: Option<String>,
    text: String,
}

pub(super) async fn show(
    State(api): State<Api>,
    seated: Seated,
    Path(id): Path<String>,
) -> Response {
    let Ok(id) = id.parse::<ActId>() else {
        return Fault::Unknown.page(&api, &seated);
    };
    if !seated.seat.may_act() && !seated.seat.administers() {
        return Fault::Role.page(&api, &seated);
    }
    let act = match api.office.act_view(&id) {
        Ok(Some(act)) => act,
        Ok(None) => return Fault::Unknown.page(&api, &seated),
        Err(error) => return Fault::Office(error.code()).page(&api, &seated),
    };
    match receipt_page(&api, &seated, &act) {
        Ok(page) => shown_page(&page),
        Err(error) => Fault::Office(error.code()).page(&api, &seated),
    }
}

fn receipt_page(api: &Api, seated: &Seated, act: &ActView) -> Result<ReceiptPage, OfficeError> {
    let words = seated.words;
    let made = api
        .receipts
        .receipt(&api.office, &act.act, clock::device_s());
    let (receipt, wrong) = match made {
        Ok(receipt) => (Some(shape_of(&receipt, words)), None),
        Err(ReceiptError::Office(error)) => return Err(error),
        Err(error) => {
            if !matches!(error, ReceiptError::OfOther | ReceiptError::Unsaved) {
                tracing::error!(code = error.code(), "a receipt was not made: {error}");
            }
            let wrong = of_code(words, error.code(), &error.to_string());
            (None, Some(wrong))
        }
    };
    let rule = act.kind.rule();
    let officer = api.office.officer(&act.officer);
    let shown = Shown::new(&api.office, words);
    let office = act.office.map(|code| shown.commune(code));
    Ok(ReceiptPage {
        page: Page::of(api, seated),
        back: format!("/acts/{}", act.act),
        label: words.pick(rule.label_vi, rule.label_en),
        about: about_of(act, &shown, words),
        officer: joined([
            officer.map_or_else(
                || act.officer.to_string(),
                |officer| officer.name.as_str().to_owned(),
            ),
            office.unwrap_or_default(),
        ]),
        entered: moment(act.entered_s),
        effective: act.effective.to_string(),
        due: act.due.map(day),
        papers: act
            .papers
            .iter()
            .map(|view| {
                joined([
                    view.paper.kind.as_str().to_owned(),
                    view.paper.number.as_str().to_owned(),
                ])
            })
            .collect(),
        receipt,
        wrong,
    })
}

fn shape_of(receipt: &Receipt, words: &Words) -> Shape {
    let standing = receipt.content.standing;
    Shape {
        tracking: receipt.tracking.clone(),
        standing: words.pick(standing.words_vi(), standing.words_en()),
        standing_key: standing.key(),
        provisional: standing == Standing::Provisional,
        printed: moment(receipt.content.printed_s),
        // Without a picture the letters serve: they can be typed and verified as well.
        picture: receipt_svg(&receipt.text).ok(),
        text: receipt.text.clone(),
    }
}
