//! Ages in words, as a person says them.

/// Seconds since 1970, now.
pub(crate) fn now_s() -> i64 {
    jiff::Timestamp::now().as_second()
}

/// An age: `12 s`, `3 min`, `5 h`, `2 d`.
pub(crate) fn age(seconds: i64) -> String {
    match seconds {
        ..0 => "0 s".to_owned(),
        0..=119 => format!("{seconds} s"),
        120..=7_199 => format!("{} min", seconds / 60),
        7_200..=172_799 => format!("{} h", seconds / 3_600),
        _ => format!("{} d", seconds / 86_400),
    }
}

/// A moment as local words of Viet Nam (UTC+7), `21/11/2026 18:05`.
pub(crate) fn moment(at_s: i64) -> String {
    let zone = jiff::tz::TimeZone::fixed(jiff::tz::offset(7));
    jiff::Timestamp::from_second(at_s).map_or_else(
        |_| String::from("?"),
        |moment| moment.to_zoned(zone).strftime("%d/%m/%Y %H:%M").to_string(),
    )
}

/// Today in Viet Nam, as acts are dated.
pub(crate) fn today() -> jiff::civil::Date {
    let zone = jiff::tz::TimeZone::fixed(jiff::tz::offset(7));
    jiff::Timestamp::now().to_zoned(zone).date()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ages_grow_their_unit() {
        let cases = [
            (-5, "0 s"),
            (0, "0 s"),
            (119, "119 s"),
            (120, "2 min"),
            (7_200, "2 h"),
            (172_800, "2 d"),
        ];
        for (seconds, words) in cases {
            assert_eq!(age(seconds), words);
        }
    }

    #[test]
    fn moments_are_told_in_the_country_s_zone() {
        assert_eq!(moment(0), "01/01/1970 07:00");
    }
}
