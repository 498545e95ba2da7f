//! The words of the screens, from the files in `web/messages`: Vietnamese first, English complete.

use std::sync::OnceLock;

use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource, FluentValue};

/// A language of the screens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Lang {
    /// Tiếng Việt.
    Vi,
    /// English.
    En,
}

impl Lang {
    /// The language with this code; Vietnamese for any other.
    pub(crate) fn from_tag(code: &str) -> Lang {
        if code == "en" { Lang::En } else { Lang::Vi }
    }

    /// The code of BCP 47.
    pub(crate) const fn tag(self) -> &'static str {
        match self {
            Lang::Vi => "vi",
            Lang::En => "en",
        }
    }

    /// As its speakers call it.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Lang::Vi => "Tiếng Việt",
            Lang::En => "English",
        }
    }

    const fn files(self) -> &'static [&'static str] {
        match self {
            Lang::Vi => VI,
            Lang::En => EN,
        }
    }
}

macro_rules! messages {
    ($($file:literal)*) => {
        const VI: &[&str] = &[$(include_str!(concat!("../../web/messages/vi/", $file, ".ftl"))),*];
        const EN: &[&str] = &[$(include_str!(concat!("../../web/messages/en/", $file, ".ftl"))),*];
    };
}

messages! {
    "frame" "entry" "find" "records" "acts" "forms" "link" "cases" "quality" "readings" "receipt"
    "verification" "officers" "errors" "reasons" "countries"
}

/// The words of one language.
pub(crate) struct Words {
    lang: Lang,
    bundle: FluentBundle<FluentResource>,
}

/// The words of a language; made once.
pub(crate) fn words(lang: Lang) -> &'static Words {
    static MADE: [OnceLock<Words>; 2] = [OnceLock::new(), OnceLock::new()];
    let [vi, en] = &MADE;
    let cell = match lang {
        Lang::Vi => vi,
        Lang::En => en,
    };
    cell.get_or_init(|| Words::read(lang))
}

impl Words {
    fn read(lang: Lang) -> Words {
        let identifier = lang.tag().parse().unwrap_or_default();
        let mut bundle = FluentBundle::new_concurrent(vec![identifier]);
        // Marks of direction would stand in values that people copy.
        bundle.set_use_isolating(false);
        for file in lang.files() {
            let resource = match FluentResource::try_new((*file).to_owned()) {
                Ok(resource) | Err((resource, _)) => resource,
            };
            // A message that stands twice keeps its first words; a test finds it.
            let _ = bundle.add_resource(resource);
        }
        Words { lang, bundle }
    }

    /// The language.
    pub(crate) const fn lang(&self) -> Lang {
        self.lang
    }

    /// Its code.
    pub(crate) const fn tag(&self) -> &'static str {
        self.lang.tag()
    }

    /// The language to change to.
    pub(crate) const fn other(&self) -> Lang {
        match self.lang {
            Lang::Vi => Lang::En,
            Lang::En => Lang::Vi,
        }
    }

    /// The words with this key; the key itself where there are none.
    pub(crate) fn t(&self, key: &str) -> String {
        self.find(key, None).unwrap_or_else(|| key.to_owned())
    }

    /// The words with this key, if there are any: for what a table of codes may name.
    pub(crate) fn try_t(&self, key: &str) -> Option<String> {
        self.find(key, None)
    }

    /// Words with a number in them, as `$n`.
    pub(crate) fn n(&self, key: &str, n: impl Into<i64>) -> String {
        let n: i64 = n.into();
        self.args(key, |args| args.set("n", FluentValue::from(n)))
    }

    /// Words with values in them, by their names.
    pub(crate) fn with(&self, key: &str, values: &[(&'static str, &str)]) -> String {
        self.args(key, |args| {
            for (name, value) in values {
                args.set(*name, FluentValue::from((*value).to_owned()));
            }
        })
    }

    /// The one of two texts that is in this language.
    pub(crate) const fn pick<'t>(&self, vi: &'t str, en: &'t str) -> &'t str {
        match self.lang {
            Lang::Vi => vi,
            Lang::En => en,
        }
    }

    fn args(&self, key: &str, fill: impl FnOnce(&mut FluentArgs<'_>)) -> String {
        let mut args = FluentArgs::new();
        fill(&mut args);
        self.find(key, Some(&args))
            .unwrap_or_else(|| key.to_owned())
    }

    fn find(&self, key: &str, args: Option<&FluentArgs<'_>>) -> Option<String> {
        let pattern = self.bundle.get_message(key)?.value()?;
        let mut faults = Vec::new();
        Some(
            self.bundle
                .format_pattern(pattern, args, &mut faults)
                .into_owned(),
        )
    }
}

/// The name of a country by its code of ISO 3166; the code itself for one that has none.
pub(crate) fn country(words: &Words, code: &str) -> String {
    let key = format!("country-{}", code.to_ascii_lowercase());
    words.try_t(&key).unwrap_or_else(|| code.to_owned())
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::path::Path;

    use registry::returned::reason;

    use super::*;

    fn keys(lang: Lang) -> BTreeSet<String> {
        let mut keys = BTreeSet::new();
        for file in lang.files() {
            let resource = FluentResource::try_new((*file).to_owned()).expect("sound messages");
            for entry in resource.entries() {
                if let fluent_syntax::ast::Entry::Message(message) = entry {
                    assert!(
                        keys.insert(message.id.name.to_owned()),
                        "{} stands twice",
                        message.id.name
                    );
                }
            }
        }
        keys
    }

    #[test]
    fn both_languages_have_the_same_messages() {
        let (vi, en) = (keys(Lang::Vi), keys(Lang::En));
        assert!(vi.len() > 100);
        let lacking: Vec<_> = vi.symmetric_difference(&en).collect();
        assert!(lacking.is_empty(), "in one language only: {lacking:?}");
    }

    /// Every key that a template or the code names has words.
    #[test]
    fn every_key_that_is_used_has_words() {
        let known = keys(Lang::Vi);
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        let mut files = Vec::new();
        for dir in ["web/templates", "src/screens"] {
            gather(&root.join(dir), &mut files);
        }
        let (mut used, mut missing) = (0, Vec::new());
        for file in files {
            let text = std::fs::read_to_string(&file).unwrap();
            for call in [".t(\"", ".n(\"", ".with(\""] {
                for part in text.split(call).skip(1) {
                    let key = part.split('"').next().unwrap();
                    used += 1;
                    if !known.contains(key) {
                        missing.push(format!("{key} ({})", file.display()));
                    }
                }
            }
        }
        assert!(used > 50);
        assert!(missing.is_empty(), "without words: {missing:?}");
    }

    /// What comes back with a code alone (an act that was returned, a door that stays shut) has
    /// words in both languages for every code of those sections of `docs/errors.md`.
    #[test]
    fn every_code_that_comes_alone_has_words() {
        const SECTIONS: &[&str] = &[
            "Filing an act",
            "Acts that came back",
            "Signing in at an office",
        ];
        // Met by a command or in a log only.
        const ELSEWHERE: &[&str] = &["sign_in_wait", "read_reason_unknown", "readings_unreadable"];
        let known = keys(Lang::Vi);
        let page = include_str!("../../../docs/errors.md");
        let mut seen = 0;
        for section in page.split("\n## ").skip(1) {
            if !SECTIONS.iter().any(|name| section.starts_with(name)) {
                continue;
            }
            let rows = section.lines().filter_map(|line| line.strip_prefix("| `"));
            for code in rows.filter_map(|row| row.split('`').next()) {
                seen += 1;
                let key = format!("error-{}", code.replace('_', "-"));
                let has_words = known.contains(&key) || reason(code).is_some();
                assert!(has_words || ELSEWHERE.contains(&code), "{key}");
            }
        }
        assert!(seen > 70, "{seen}");
    }

    /// Why an act came back is said beside the rule, once; the messages have what is left.
    #[test]
    fn no_reason_is_told_in_two_places() {
        for text in [
            include_str!("../../web/messages/vi/reasons.ftl"),
            include_str!("../../web/messages/en/reasons.ftl"),
        ] {
            let keys = text.lines().filter_map(|line| line.strip_prefix("error-"));
            let keys: Vec<&str> = keys.filter_map(|rest| rest.split(" =").next()).collect();
            assert!(keys.len() > 20);
            let twice = keys.iter().map(|key| key.replace('-', "_"));
            let twice: Vec<String> = twice.filter(|code| reason(code).is_some()).collect();
            assert!(twice.is_empty(), "{twice:?}");
        }
    }

    /// On a Vietnamese page a code without words is told as a code, never as English.
    #[test]
    fn an_unknown_code_is_told_in_the_language_of_the_page() {
        use crate::screens::fault::of_code;
        let told = |lang| of_code(words(lang), "brand_new", "something new went wrong");
        assert_eq!(told(Lang::En), "something new went wrong");
        assert!(told(Lang::Vi).contains("brand_new") && told(Lang::Vi).contains("quản trị"));
    }

    fn gather(dir: &Path, files: &mut Vec<std::path::PathBuf>) {
        for entry in std::fs::read_dir(dir).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                gather(&path, files);
            } else if path.file_name().is_some_and(|name| name != "words.rs") {
                files.push(path);
            }
        }
    }

    /// What is made of a code at run time has words for every code that there is.
    #[test]
    fn every_key_that_is_made_of_a_code_has_words() {
        use registry::code::{Capture, CardReason, Relation, Request, Role};
        let known = keys(Lang::Vi);
        let mut made: Vec<String> = Vec::new();
        let mut of = |prefix: &str, codes: &mut dyn Iterator<Item = &'static str>| {
            made.extend(codes.map(|code| format!("{prefix}-{code}")));
        };
        of("request", &mut Request::ALL.iter().map(|it| it.as_str()));
        of(
            "card-reason",
            &mut CardReason::ALL.iter().map(|it| it.as_str()),
        );
        of("capture", &mut Capture::ALL.iter().map(|it| it.as_str()));
        of("relation", &mut Relation::ALL.iter().map(|it| it.as_str()));
        of("role", &mut Role::ALL.iter().map(|it| it.as_str()));
        let reasons = registry::reading::REASONS.iter();
        of("reason", &mut reasons.map(|rule| rule.key));
        let states = super::super::acts::STATES.into_iter();
        of("state", &mut states.map(super::super::shown::state_key));
        let effects = crate::office::Effect::ALL.iter();
        let effects = effects.filter(|it| **it != crate::office::Effect::Stands);
        of("act-effect", &mut effects.map(|it| it.key()));
        of("harm", &mut ["1", "2", "3", "4", "5"].into_iter());
        of(
            "record",
            &mut ["official", "provisional", "left"].into_iter(),
        );
        of("file", &mut ["jpeg", "png", "pdf"].into_iter());
        of("cause", &mut ["court", "error"].into_iter());
        of("declared", &mut ["missing", "dead"].into_iter());
        of("religion", &mut RELIGIONS.into_iter());
        let dossiers = [
            "received",
            "supplement_asked",
            "accepted",
            "refused",
            "decided",
            "withdrawn",
        ];
        of("dossier", &mut dossiers.into_iter());
        made.extend(notices());
        let missing: Vec<&String> = made.iter().filter(|key| !known.contains(*key)).collect();
        assert!(missing.is_empty(), "without words: {missing:?}");
    }

    const RELIGIONS: [&str; 15] = [
        "none", "01", "02", "03", "04", "05", "06", "07", "08", "09", "10", "11", "12", "13", "14",
    ];

    /// The keys of all notices, as the enumeration names them.
    fn notices() -> Vec<String> {
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        let text = std::fs::read_to_string(root.join("../registry/src/procedure.rs")).unwrap();
        let (_, rest) = text.split_once("pub enum Notice {").unwrap();
        let (list, _) = rest.split_once("\n}").unwrap();
        let names = list.lines().map(str::trim);
        let names = names.filter(|line| !line.is_empty() && !line.starts_with("//"));
        let key = |name: &str| {
            let mut key = "notice".to_owned();
            for letter in name.trim_end_matches(',').chars() {
                if letter.is_ascii_uppercase() {
                    key.push('-');
                }
                key.push(letter.to_ascii_lowercase());
            }
            key
        };
        let keys: Vec<String> = names.map(key).collect();
        assert!(keys.contains(&"notice-late-filing".to_owned()));
        keys
    }

    #[test]
    fn countries_have_names_and_an_unknown_code_stays_one() {
        assert_eq!(country(words(Lang::Vi), "VN"), "Việt Nam");
        assert_eq!(country(words(Lang::En), "VN"), "Viet Nam");
        assert_eq!(country(words(Lang::En), "LA"), "Laos");
        assert_eq!(country(words(Lang::Vi), "XZ"), "XZ");
    }

    #[test]
    fn numbers_and_values_stand_in_the_words() {
        assert!(words(Lang::Vi).n("people-found", 3).contains('3'));
        assert_ne!(words(Lang::Vi).t("sign-in"), words(Lang::En).t("sign-in"));
    }
}
