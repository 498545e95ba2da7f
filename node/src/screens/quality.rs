//! How good the office's data are by the four words (đúng – đủ – sạch – sống), for the office and
//! by hamlet, with lists to work through. What counts as a problem is in [`registry::quality`].

use askama::Template;
use axum::extract::{Path, Query, State};
use axum::response::Response;
use registry::RecordId;
use registry::quality::{Problem, Score, Word, same_hamlet};
use serde::Deserialize;

use super::fault::Fault;
use super::page::{Page, show as shown_page};
use super::plot::{Bar, share};
use super::seat::{Seated, encoded};
use super::shown::day;
use super::surveyed::{surveyed, walked};
use super::words::Words;
use crate::api::Api;
use crate::clock;
use crate::office::ToMend;

/// People of one page of a list to work through.
const PEOPLE: usize = 50;

/// One of the four words, with its share.
struct Measure {
    key: &'static str,
    means: String,
    percent: String,
    missing: usize,
    bar: Bar,
}

/// Something to mend.
struct ProblemLine {
    href: String,
    word: &'static str,
    label: &'static str,
    mend: &'static str,
    people: u64,
}

/// A hamlet.
struct HamletLine {
    href: String,
    name: String,
    people: u64,
    measures: Vec<Measure>,
}

/// Of which hamlet.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Wanted {
    hamlet: Option<String>,
    after: Option<String>,
}

#[derive(Template)]
#[template(path = "quality.html")]
struct QualityPage {
    page: Page,
    heading: String,
    of_hamlet: bool,
    day: String,
    people: u64,
    sound: String,
    measures: Vec<Measure>,
    problems: Vec<ProblemLine>,
    hamlets: Vec<HamletLine>,
}

pub(super) async fn show(
    State(api): State<Api>,
    seated: Seated,
    Query(wanted): Query<Wanted>,
) -> Response {
    let survey = match surveyed(&api, &seated).await {
        Ok(survey) => survey,
        Err(response) => return response,
    };
    let words = seated.words;
    let hamlets = survey.survey.hamlets();
    let asked = wanted.hamlet.as_deref();
    let one = asked.and_then(|asked| {
        let mut named = hamlets.iter();
        named.find(|hamlet| same_hamlet(&hamlet.name, asked))
    });
    let score = match (asked, one) {
        (None, _) => &survey.survey.score,
        (Some(_), Some(hamlet)) => &hamlet.score,
        (Some(_), None) => return Fault::Unknown.page(&api, &seated),
    };
    let page = QualityPage {
        heading: match one {
            Some(hamlet) => hamlet_name(&hamlet.name, words),
            None => words.t("way-quality"),
        },
        of_hamlet: one.is_some(),
        day: day(survey.today),
        people: score.people,
        sound: percent(score.sound.saturating_mul(1000).checked_div(score.people)),
        measures: measures(score, words),
        problems: problems(score, one.map(|hamlet| hamlet.name.as_str()), words),
        hamlets: if one.is_some() {
            Vec::new()
        } else {
            let line = |hamlet: &&registry::statistics::Hamlet| HamletLine {
                href: format!("/quality?hamlet={}", encoded(&hamlet.name)),
                name: hamlet_name(&hamlet.name, words),
                people: hamlet.score.people,
                measures: measures(&hamlet.score, words),
            };
            hamlets.iter().map(line).collect()
        },
        page: Page::of(&api, &seated),
    };
    shown_page(&page)
}

fn hamlet_name(name: &str, words: &Words) -> String {
    if name.is_empty() {
        words.t("quality-no-hamlet")
    } else {
        name.to_owned()
    }
}

/// The name of a word in messages and styles.
const fn word_key(word: Word) -> &'static str {
    match word {
        Word::Accurate => "word-accurate",
        Word::Complete => "word-complete",
        Word::Clean => "word-clean",
        Word::Live => "word-live",
    }
}

fn measures(score: &Score, words: &Words) -> Vec<Measure> {
    Word::ALL
        .iter()
        .map(|word| {
            let permille = score.permille(*word);
            Measure {
                key: word_key(*word),
                means: words.t(&format!("{}-means", word_key(*word))),
                percent: percent(permille),
                missing: usize::try_from(score.people.saturating_sub(score.of(*word)))
                    .unwrap_or(usize::MAX),
                bar: share(permille.unwrap_or(0)),
            }
        })
        .collect()
}

/// Tenths of a percent with the comma that Viet Nam writes.
fn percent(permille: Option<u64>) -> String {
    match permille {
        Some(permille) => format!("{},{} %", permille / 10, permille % 10),
        None => "–".to_owned(),
    }
}

/// What there is to mend, the most frequent first.
fn problems(score: &Score, hamlet: Option<&str>, words: &Words) -> Vec<ProblemLine> {
    let mut problems: Vec<ProblemLine> = score
        .problems
        .iter()
        .filter(|(_, people)| **people > 0)
        .map(|(problem, people)| {
            let rule = problem.rule();
            ProblemLine {
                href: list_href(*problem, hamlet, None),
                word: word_key(rule.word),
                label: words.pick(rule.label_vi, rule.label_en),
                mend: words.pick(rule.mend_vi, rule.mend_en),
                people: *people,
            }
        })
        .collect();
    problems.sort_by_key(|line| std::cmp::Reverse(line.people));
    problems
}

fn list_href(problem: Problem, hamlet: Option<&str>, after: Option<RecordId>) -> String {
    let mut query: Vec<String> = Vec::new();
    query.extend(hamlet.map(|hamlet| format!("hamlet={}", encoded(hamlet))));
    query.extend(after.map(|after| format!("after={after}")));
    let key = problem.key();
    if query.is_empty() {
        format!("/quality/{key}")
    } else {
        format!("/quality/{key}?{}", query.join("&"))
    }
}

/// A person of whom something is to be mended.
struct MendLine {
    href: String,
    person: ToMend,
    state: String,
    others: Vec<&'static str>,
}

#[derive(Template)]
#[template(path = "quality_list.html")]
struct ListPage {
    page: Page,
    label: &'static str,
    mend: &'static str,
    word: &'static str,
    hamlet: Option<String>,
    back: String,
    people: Vec<MendLine>,
    later: bool,
    first: String,
    next: Option<String>,
}

pub(super) async fn list(
    State(api): State<Api>,
    seated: Seated,
    Path(key): Path<String>,
    Query(wanted): Query<Wanted>,
) -> Response {
    let Some(problem) = Problem::from_key(&key) else {
        return Fault::Unknown.page(&api, &seated);
    };
    let after = match wanted.after.as_deref().map(str::parse::<RecordId>) {
        None => None,
        Some(Ok(after)) => Some(after),
        Some(Err(_)) => return Fault::Unknown.page(&api, &seated),
    };
    let hamlet = wanted.hamlet.clone();
    let found = walked(&api, &seated, move |office| {
        let hamlet = hamlet.as_deref();
        office.to_mend(problem, hamlet, after, PEOPLE, clock::device_s())
    });
    let found = match found.await {
        Ok(found) => found,
        Err(response) => return response,
    };
    let words = seated.words;
    let rule = problem.rule();
    let hamlet = wanted.hamlet.as_deref();
    let line = |person: ToMend| MendLine {
        href: format!("/people/{}?reason=quality", person.person.id),
        state: words.t(&format!("record-{}", person.person.state)),
        others: person
            .problems
            .iter()
            .filter(|other| **other != problem)
            .map(|other| words.pick(other.rule().label_vi, other.rule().label_en))
            .collect(),
        person,
    };
    shown_page(&ListPage {
        page: Page::of(&api, &seated),
        label: words.pick(rule.label_vi, rule.label_en),
        mend: words.pick(rule.mend_vi, rule.mend_en),
        word: word_key(rule.word),
        back: match hamlet {
            Some(hamlet) => format!("/quality?hamlet={}", encoded(hamlet)),
            None => "/quality".to_owned(),
        },
        hamlet: hamlet.map(|hamlet| hamlet_name(hamlet, words)),
        later: after.is_some(),
        first: list_href(problem, hamlet, None),
        next: found
            .next
            .map(|after| list_href(problem, hamlet, Some(after))),
        people: found.people.into_iter().map(line).collect(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_are_said_with_a_comma_and_of_nobody_not_at_all() {
        assert_eq!(percent(Some(975)), "97,5 %");
        assert_eq!(percent(Some(1000)), "100,0 %");
        assert_eq!(percent(None), "–");
    }

    #[test]
    fn a_list_keeps_its_hamlet_and_its_place() {
        let problem = Problem::SexMissing;
        assert_eq!(list_href(problem, None, None), "/quality/sex_missing");
        let after = RecordId::new([1; 16]);
        let href = list_href(problem, Some("Thôn 3"), Some(after));
        let wanted = format!("/quality/sex_missing?hamlet=Th%C3%B4n%203&after={after}");
        assert_eq!(href, wanted);
    }
}
