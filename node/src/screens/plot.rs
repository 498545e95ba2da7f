//! Plots that the server draws: bars beside each other, bars against each other, a share. A page
//! puts them into SVG with a title and a description, and the numbers in a table below.

/// A bar, in units of its plot.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Bar {
    pub(super) x: u64,
    pub(super) y: u64,
    pub(super) width: u64,
    pub(super) height: u64,
}

/// A line with its number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Mark {
    pub(super) at: u64,
    pub(super) label: String,
}

/// A share as a bar of a thousand.
pub(super) const fn share(permille: u64) -> Bar {
    Bar {
        x: 0,
        y: 0,
        width: if permille > 1000 { 1000 } else { permille },
        height: 8,
    }
}

/// Where a scale ends that holds a number, and the steps on the way: round numbers, five at most.
pub(super) fn scale(highest: u64) -> (u64, Vec<u64>) {
    let highest = highest.max(4);
    let mut step = 1_u64;
    'found: loop {
        for times in [1, 2, 5] {
            if step.saturating_mul(times).saturating_mul(5) >= highest {
                step = step.saturating_mul(times);
                break 'found;
            }
        }
        match step.checked_mul(10) {
            Some(next) => step = next,
            None => break,
        }
    }
    let steps = highest.div_ceil(step).max(1);
    let marks: Vec<u64> = (0..=steps).map(|n| n.saturating_mul(step)).collect();
    (step.saturating_mul(steps), marks)
}

/// How long a bar is that stands for a number, where the scale is `length` long. Nobody is drawn
/// as nothing, and one as something.
pub(super) fn length(number: u64, scale: u64, length: u64) -> u64 {
    let exact = number
        .saturating_mul(length)
        .checked_div(scale)
        .unwrap_or(0);
    exact.max(u64::from(number > 0)).min(length)
}

/// A pair of bars against each other, with the label between them.
pub(super) struct Rung {
    pub(super) label: String,
    pub(super) left: Bar,
    pub(super) right: Bar,
    pub(super) middle: u64,
}

/// Bars against each other, from the bottom up.
pub(super) struct Ladder {
    pub(super) width: u64,
    pub(super) height: u64,
    pub(super) axis_y: u64,
    pub(super) centre: u64,
    pub(super) rungs: Vec<Rung>,
    pub(super) left: Vec<Mark>,
    pub(super) right: Vec<Mark>,
}

/// Half the room for the labels between both sides.
const GAP: u64 = 26;
/// Length of the longest bar of one side.
const SIDE: u64 = 280;
/// From bar to bar.
const RUNG: u64 = 16;
/// Room for the marks.
const MARGIN: u64 = 20;

/// Draws `(label, left, right)` from the bottom up.
pub(super) fn ladder(rungs: &[(String, u64, u64)]) -> Ladder {
    let highest = rungs.iter().map(|(_, left, right)| *left.max(right)).max();
    let (end, marks) = scale(highest.unwrap_or(0));
    let count = u64::try_from(rungs.len()).unwrap_or(u64::MAX);
    let body = count.saturating_mul(RUNG);
    let centre = SIDE + GAP + MARGIN;
    let drawn = (0_u64..)
        .zip(rungs)
        .map(|(place, (label, left, right))| {
            let y = body.saturating_sub((place + 1).saturating_mul(RUNG));
            let (left, right) = (length(*left, end, SIDE), length(*right, end, SIDE));
            let bar = |x, width| Bar {
                x,
                y: y + 1,
                width,
                height: RUNG - 3,
            };
            Rung {
                label: label.clone(),
                left: bar(centre - GAP - left, left),
                right: bar(centre + GAP, right),
                middle: y + RUNG - 5,
            }
        })
        .collect();
    let mark = |at: u64, number: u64| Mark {
        at,
        label: grouped(number),
    };
    Ladder {
        width: 2 * centre,
        height: body + MARGIN,
        axis_y: body,
        centre,
        rungs: drawn,
        left: marks
            .iter()
            .map(|n| mark(centre - GAP - length(*n, end, SIDE), *n))
            .collect(),
        right: marks
            .iter()
            .map(|n| mark(centre + GAP + length(*n, end, SIDE), *n))
            .collect(),
    }
}

/// Two bars that stand for one month.
pub(super) struct Pair {
    pub(super) label: Mark,
    pub(super) a: Bar,
    pub(super) b: Bar,
}

/// Pairs of bars beside each other.
pub(super) struct Columns {
    pub(super) width: u64,
    pub(super) height: u64,
    pub(super) left: u64,
    pub(super) axis_y: u64,
    pub(super) pairs: Vec<Pair>,
    pub(super) marks: Vec<Mark>,
}

/// From pair to pair.
const PAIR: u64 = 52;
/// Height of the highest bar.
const RISE: u64 = 180;
/// Room for the numbers at the side.
const LEFT: u64 = 40;
/// Room above the highest bar.
const TOP: u64 = 10;

/// Draws `(label, a, b)` from left to right.
pub(super) fn columns(pairs: &[(String, u64, u64)]) -> Columns {
    let highest = pairs.iter().map(|(_, a, b)| *a.max(b)).max();
    let (end, marks) = scale(highest.unwrap_or(0));
    let axis_y = TOP + RISE;
    let count = u64::try_from(pairs.len()).unwrap_or(u64::MAX);
    let drawn = (0_u64..)
        .zip(pairs)
        .map(|(place, (label, a, b))| {
            let x = LEFT + place.saturating_mul(PAIR);
            let bar = |x: u64, number: u64| {
                let height = length(number, end, RISE);
                Bar {
                    x,
                    y: axis_y - height,
                    width: 17,
                    height,
                }
            };
            Pair {
                label: Mark {
                    at: x + PAIR / 2,
                    label: label.clone(),
                },
                a: bar(x + 8, *a),
                b: bar(x + 27, *b),
            }
        })
        .collect();
    Columns {
        width: LEFT + count.saturating_mul(PAIR) + TOP,
        height: axis_y + MARGIN,
        left: LEFT,
        axis_y,
        pairs: drawn,
        marks: marks
            .iter()
            .map(|number| Mark {
                at: axis_y - length(*number, end, RISE),
                label: grouped(*number),
            })
            .collect(),
    }
}

/// A number with points between thousands, as Viet Nam writes it.
pub(super) fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (left, digit) in (0..digits.len()).rev().zip(digits.chars()) {
        out.push(digit);
        if left > 0 && left % 3 == 0 {
            out.push('.');
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_scale_ends_in_a_round_number_over_the_highest() {
        assert_eq!(scale(0), (4, vec![0, 1, 2, 3, 4]));
        assert_eq!(scale(17), (20, vec![0, 5, 10, 15, 20]));
        assert_eq!(scale(1001), (1500, vec![0, 500, 1000, 1500]));
        for highest in [1, 9, 10, 99, 12_345, u64::MAX / 100] {
            let (end, marks) = scale(highest);
            assert!(end >= highest && marks.len() <= 6, "{highest}");
        }
    }

    #[test]
    fn a_bar_stands_for_its_number_and_one_person_is_seen() {
        assert_eq!(length(0, 100, 280), 0);
        assert_eq!(length(1, 100_000, 280), 1);
        assert_eq!(length(50, 100, 280), 140);
        assert_eq!(length(100, 100, 280), 280);
        assert_eq!(share(1000).width, 1000);
    }

    #[test]
    fn both_sides_of_a_ladder_begin_at_the_middle_and_go_out() {
        let ladder = ladder(&[("0–4".to_owned(), 10, 20), ("5–9".to_owned(), 0, 5)]);
        let [low, high] = ladder.rungs.as_slice() else {
            panic!("two rungs");
        };
        assert!(low.left.y > high.left.y, "the youngest stand at the bottom");
        assert_eq!(low.left.x + low.left.width, ladder.centre - GAP);
        assert_eq!(low.right.x, ladder.centre + GAP);
        assert_eq!((low.left.width * 2, high.left.width), (low.right.width, 0));
        assert!(low.right.x + low.right.width <= ladder.width);
    }

    #[test]
    fn columns_stand_on_their_axis_within_the_plot() {
        let plot = columns(&[("01".to_owned(), 3, 0), ("02".to_owned(), 1, 4)]);
        for pair in &plot.pairs {
            for bar in [pair.a, pair.b] {
                assert_eq!(bar.y + bar.height, plot.axis_y);
                assert!(bar.x >= plot.left && bar.x + bar.width <= plot.width);
            }
        }
        assert!(columns(&[]).pairs.is_empty());
    }

    #[test]
    fn thousands_are_parted_by_points() {
        let shown = [0, 999, 1000, 150_000, 1_234_567].map(grouped);
        assert_eq!(shown, ["0", "999", "1.000", "150.000", "1.234.567"]);
    }
}
