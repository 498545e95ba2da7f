//! The people of the office in numbers: by age and sex, and births and deaths by month. Nobody is
//! named.

use askama::Template;
use axum::extract::{Query, State};
use axum::response::Response;
use registry::date::Date;
use registry::statistics::{Month, Months, Pyramid, Vital};
use serde::Deserialize;

use super::page::{Page, show as shown_page};
use super::plot::{Columns, Ladder, columns, grouped, ladder};
use super::seat::Seated;
use super::shown::day;
use super::surveyed::surveyed;
use super::words::Words;
use crate::api::Api;

/// Years to choose from, this one and those before.
const YEARS: u16 = 5;

/// Of which year.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Wanted {
    year: Option<u16>,
}

/// A band of ages.
struct BandLine {
    ages: String,
    male: String,
    female: String,
    unknown: String,
    total: String,
}

/// A month.
struct MonthLine {
    month: String,
    born: u64,
    born_registered: u64,
    died: u64,
    died_registered: u64,
}

struct YearChoice {
    year: u16,
    here: bool,
}

#[derive(Template)]
#[template(path = "statistics.html")]
struct StatisticsPage {
    page: Page,
    day: String,
    people: String,
    year: u16,
    years: Vec<YearChoice>,
    pyramid: Ladder,
    pyramid_words: String,
    bands: Vec<BandLine>,
    vital: Columns,
    vital_words: String,
    months: Vec<MonthLine>,
    total: MonthLine,
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
    let this_year = survey.today.year();
    let year = wanted.year.unwrap_or(this_year);
    let pyramid = &survey.survey.pyramid;
    let months = months(&survey.vital, year, survey.today);
    let total = sum(&survey.vital.of_year(year), words);
    shown_page(&StatisticsPage {
        page: Page::of(&api, &seated),
        day: day(survey.today),
        people: grouped(pyramid.total()),
        year,
        years: (0..YEARS)
            .map(|before| this_year.saturating_sub(before))
            .map(|choice| YearChoice {
                year: choice,
                here: choice == year,
            })
            .collect(),
        pyramid: ladder(&rungs(pyramid)),
        pyramid_words: pyramid_words(pyramid, words),
        bands: bands(pyramid, words),
        vital: columns(&pairs(&months)),
        vital_words: words.with(
            "vital-words",
            &[
                ("year", &year.to_string()),
                ("born", &total.born.to_string()),
                ("died", &total.died.to_string()),
            ],
        ),
        months,
        total,
    })
}

fn ages(from: u8) -> String {
    match from {
        100.. => "100+".to_owned(),
        _ => format!("{from}–{}", from.saturating_add(4)),
    }
}

fn rungs(pyramid: &Pyramid) -> Vec<(String, u64, u64)> {
    let bands = pyramid.bands.iter();
    bands
        .map(|band| (ages(band.from), band.people.male, band.people.female))
        .collect()
}

/// What the plot shows, for those who do not see it.
fn pyramid_words(pyramid: &Pyramid, words: &Words) -> String {
    let largest = pyramid.bands.iter().max_by_key(|band| band.people.total());
    words.with(
        "pyramid-words",
        &[
            ("people", &grouped(pyramid.total())),
            (
                "ages",
                &largest.map(|band| ages(band.from)).unwrap_or_default(),
            ),
        ],
    )
}

/// The bands, the oldest first as they stand in the plot; then those who are in none.
fn bands(pyramid: &Pyramid, words: &Words) -> Vec<BandLine> {
    let line = |ages: String, people: &registry::statistics::Sexes| BandLine {
        ages,
        male: grouped(people.male),
        female: grouped(people.female),
        unknown: grouped(people.sex_unknown),
        total: grouped(people.total()),
    };
    let known = pyramid.bands.iter().rev();
    let mut lines: Vec<BandLine> = known
        .map(|band| line(ages(band.from), &band.people))
        .collect();
    for (key, people) in [
        ("pyramid-uncertain", &pyramid.band_uncertain),
        ("pyramid-age-unknown", &pyramid.age_unknown),
    ] {
        if people.total() > 0 {
            lines.push(line(words.t(key), people));
        }
    }
    lines
}

/// The months of a year; of this one those that have begun.
fn months(vital: &Vital, year: u16, today: Date) -> Vec<MonthLine> {
    let (this_year, this_month, _) = today.ymd();
    let until = if year == this_year { this_month } else { 12 };
    let count = |months: &Months, month: u8| {
        let mut known = months.by_month.iter();
        let found = known.find(|(known, _)| is(**known, year, month));
        found.map_or(0, |(_, count)| *count)
    };
    (1..=until)
        .map(|month| MonthLine {
            month: format!("{month:02}/{year}"),
            born: count(&vital.births.happened, month),
            born_registered: count(&vital.births.registered, month),
            died: count(&vital.deaths.happened, month),
            died_registered: count(&vital.deaths.registered, month),
        })
        .collect()
}

fn is(known: Month, year: u16, month: u8) -> bool {
    known.year() == year && known.month() == u16::from(month)
}

/// The whole year, with what is known to lie in it and in no month.
fn sum(of_year: &Vital, words: &Words) -> MonthLine {
    MonthLine {
        month: words.t("vital-year"),
        born: of_year.births.happened.total(),
        born_registered: of_year.births.registered.total(),
        died: of_year.deaths.happened.total(),
        died_registered: of_year.deaths.registered.total(),
    }
}

fn pairs(months: &[MonthLine]) -> Vec<(String, u64, u64)> {
    months
        .iter()
        .map(|line| {
            let (month, _) = line.month.split_once('/').unwrap_or((&line.month, ""));
            (month.to_owned(), line.born, line.died)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::super::words::{Lang, words};
    use super::*;

    #[test]
    fn a_year_has_the_months_that_have_begun_and_what_lies_in_none_counts_in_the_sum() {
        let mut vital = Vital::default();
        let at = |text: &str| text.parse().unwrap();
        vital.births.happened.add(at("2026-03"), 2);
        vital.births.happened.add(at("2026"), 1);
        vital.births.registered.add(at("2026-04"), 3);
        vital.deaths.happened.add(at("2025-12-30"), 1);
        let today = Date::in_viet_nam(1_795_230_000);
        assert_eq!(today.year(), 2026);
        let lines = months(&vital, 2026, today);
        assert_eq!(lines.len(), usize::from(today.ymd().1));
        let march = lines.iter().find(|line| line.month == "03/2026").unwrap();
        assert_eq!((march.born, march.born_registered, march.died), (2, 0, 0));
        let whole = sum(&vital.of_year(2026), words(Lang::Vi));
        assert_eq!((whole.born, whole.born_registered, whole.died), (3, 3, 0));
        assert_eq!(months(&vital, 2025, today).len(), 12);
    }

    #[test]
    fn the_last_band_has_no_end() {
        assert_eq!([ages(0), ages(95), ages(100)], ["0–4", "95–99", "100+"]);
    }
}
