//! The look over an act before it is filed: what would change, before and after; what the clerk
//! should know; and who may be registered already.

use askama::Template;
use registry::act::kind::ActRule;

use super::super::changed::{self, RecordTold};
use super::super::page::Page;
use super::super::seat::Seated;
use super::super::shown::Shown;
use super::meant;
use super::spec::Form;
use super::typed::Typed;
use crate::api::Api;
use crate::office::{Checked, DraftId, LikePerson};

/// Somebody who may be registered already.
pub(super) struct Alike {
    pub(super) href: String,
    pub(super) text: String,
    pub(super) strong: bool,
    pub(super) reasons: Vec<&'static str>,
}

#[derive(Template)]
#[template(path = "review.html")]
pub(super) struct ReviewPage {
    page: Page,
    heading: &'static str,
    act: &'static str,
    draft: String,
    typed: Vec<(String, String)>,
    notices: Vec<String>,
    records: Vec<RecordTold>,
    alike: Vec<Alike>,
    meant: Vec<(String, String, String)>,
}

pub(super) fn page(
    api: &Api,
    seated: &Seated,
    form: &'static Form,
    rule: &ActRule,
    draft: &DraftId,
    typed: &Typed,
    checked: &Checked,
) -> ReviewPage {
    let words = seated.words;
    let shown = Shown::new(&api.office, words).with_made(&checked.differences);
    let notice = |notice: &registry::procedure::Notice| {
        let key = serde_json::to_value(notice).unwrap_or_default();
        let key = key.as_str().unwrap_or_default().replace('_', "-");
        words.t(&format!("notice-{key}"))
    };
    ReviewPage {
        page: Page::of(api, seated),
        heading: words.pick(rule.label_vi, rule.label_en),
        act: form.act,
        draft: draft.to_string(),
        typed: typed
            .pairs()
            .map(|(path, text)| (path.to_owned(), text.to_owned()))
            .collect(),
        notices: checked.notices.iter().map(notice).collect(),
        meant: meant::names(form, typed),
        records: changed::records(&checked.differences, &shown, words),
        alike: checked
            .duplicates
            .iter()
            .map(|found| alike(&found.like, words))
            .collect(),
    }
}

pub(super) fn alike(found: &LikePerson, words: &super::super::words::Words) -> Alike {
    let person = &found.person;
    Alike {
        href: format!("/people/{}?reason=act_in_hand", person.id),
        text: super::super::shown::joined([
            person.name.clone(),
            person.birth_date.clone().unwrap_or_default(),
            person.pin_masked.clone().unwrap_or_default(),
            person.address.clone().unwrap_or_default(),
        ]),
        strong: found.hint == registry::duplicate::Hint::Strong,
        reasons: found
            .explanation
            .iter()
            .take(5)
            .map(|finding| words.pick(finding.vi, finding.en))
            .collect(),
    }
}
