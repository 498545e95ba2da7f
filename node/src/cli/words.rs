//! Moments, ages, sizes and counts as people write them, in the time of Viet Nam.

use registry::date::Date;

/// Viet Nam is seven hours ahead, all year.
const VIET_NAM_S: i64 = 7 * 3600;
const MINUTE_S: i64 = 60;
const HOUR_S: i64 = 3600;
const DAY_S: i64 = 86_400;

/// A moment to the minute: `21/11/2026 14:02`.
pub(super) fn moment(at_s: i64) -> String {
    let (year, month, day) = Date::in_viet_nam(at_s).ymd();
    let of_day = at_s.saturating_add(VIET_NAM_S).rem_euclid(DAY_S);
    let (hour, minute) = (of_day / HOUR_S, of_day % HOUR_S / MINUTE_S);
    format!("{day:02}/{month:02}/{year} {hour:02}:{minute:02}")
}

/// How long: `8 s`, `12 min`, `2 h 5 min`, `3 d 4 h`.
pub(super) fn span(seconds: i64) -> String {
    match seconds.max(0) {
        s @ 0..MINUTE_S => format!("{s} s"),
        s @ MINUTE_S..HOUR_S => format!("{} min", s / MINUTE_S),
        s @ HOUR_S..DAY_S => format!("{} h {} min", s / HOUR_S, s % HOUR_S / MINUTE_S),
        s => format!("{} d {} h", s / DAY_S, s % DAY_S / HOUR_S),
    }
}

/// A number of bytes in the unit that reads best.
pub(super) fn size(bytes: u64) -> String {
    let tenths = |unit: u64| {
        let tenths = bytes.saturating_mul(10) / unit;
        format!("{}.{}", tenths / 10, tenths % 10)
    };
    match bytes {
        0..1_000 => format!("{bytes} B"),
        1_000..1_000_000 => format!("{} kB", tenths(1_000)),
        1_000_000..1_000_000_000 => format!("{} MB", tenths(1_000_000)),
        _ => format!("{} GB", tenths(1_000_000_000)),
    }
}

/// `1 act`, `3 acts`.
pub(super) fn count(number: u64, one: &str) -> String {
    match number {
        1 => format!("1 {one}"),
        more => format!("{more} {one}s"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_spans_sizes_and_counts_read_as_people_write_them() {
        assert_eq!(moment(0), "01/01/1970 07:00");
        assert_eq!(moment(1_795_219_320), "21/11/2026 07:02");
        let spans = [0, 59, 60, 3_599, 7_500, 90_000, -5].map(span);
        assert_eq!(
            spans,
            [
                "0 s",
                "59 s",
                "1 min",
                "59 min",
                "2 h 5 min",
                "1 d 1 h",
                "0 s"
            ]
        );
        let sizes = [999, 1_250, 34_100_000, 2_000_000_000].map(size);
        assert_eq!(sizes, ["999 B", "1.2 kB", "34.1 MB", "2.0 GB"]);
        assert_eq!(
            (count(1, "act"), count(0, "act")),
            ("1 act".into(), "0 acts".into())
        );
    }
}
