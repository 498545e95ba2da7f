//! A case in words, in both languages: what it is about, who decides it, what happens next. One
//! place for reviewers, clerks and programs; what a kind of clash is comes from [`crate::clash`].

use super::{Case, CaseNotice, CaseState, Jurisdiction, Party};
use crate::clash::{self, Clash};
use crate::date::Date;
use crate::dispute::Matter;
use crate::schema::Field;
use crate::unit::Units;
use crate::words::Said;

impl Matter {
    /// What is in dispute; no value of it.
    pub fn words(&self) -> Said {
        match self {
            Matter::Field(field) => {
                let rule = field.rule();
                Said::new(
                    format!("hai giá trị của: {}", rule.label_vi.to_lowercase()),
                    format!("two values of: {}", rule.label_en.to_lowercase()),
                )
            }
            Matter::Residence(Field::Temporary) => Said::new(
                "hai nơi tạm trú cùng lúc",
                "two temporary residences at one time",
            ),
            Matter::Residence(_) => {
                Said::new("hai nơi thường trú", "two permanent residences at one time")
            }
            Matter::Marriage => Said::new("hai cuộc hôn nhân", "two marriages that stand"),
            Matter::Life => Said::new(
                "việc chết và dấu hiệu còn sống sau đó",
                "a death and a later sign of life",
            ),
            Matter::SamePerson => Said::new(
                "hai hồ sơ, có thể của một người",
                "two records of perhaps one person",
            ),
            Matter::MovedOut => Said::new(
                "hộ chuyển đi khi có người được thêm vào",
                "a household that moved out while somebody was added to it",
            ),
            Matter::HeadLeft => Said::new(
                "chủ hộ mới đã rời khỏi hộ",
                "a new head who has left the household",
            ),
            Matter::TwoHeads => Said::new(
                "hai thành viên của hộ cùng ghi là chủ hộ",
                "two members of a household who are said to be its head",
            ),
            Matter::HeadGone => Said::new(
                "chủ hộ đã chuyển đi, hộ chưa có chủ hộ mới",
                "a household whose head has moved away",
            ),
            Matter::Consent => Said::new(
                "chủ hộ đồng ý sau ngày chết",
                "a head's consent dated after the head's death",
            ),
            Matter::Deletion => Said::new(
                "xóa thường trú và khai báo tạm vắng",
                "residence deleted for an absence that was declared",
            ),
            Matter::Divorce => Said::new(
                "ly hôn và kết hôn trước khi ly hôn có hiệu lực",
                "a divorce, and a marriage from before it",
            ),
            Matter::Application => Said::new(
                "cải chính và hồ sơ cấp thẻ theo thông tin cũ",
                "a correction, and an application with the old value",
            ),
            Matter::BookNumber(_) => Said::new(
                "một số trong sổ hộ tịch đứng ở hai việc",
                "one number of a civil-status book on two entries",
            ),
            Matter::Divided(_) => Said::new(
                "địa chỉ nhập theo mã của xã đã bị chia",
                "an address under the code of a commune that was divided",
            ),
            Matter::Contested(_) => Said::new(
                "thủ tục đã có hiệu lực bị cho là sai",
                "an act that took effect and is said to be wrong",
            ),
            Matter::Parked(_) => Said::new(
                "thủ tục chờ người duyệt như một đề nghị",
                "an act that waits as a proposal",
            ),
        }
    }
}

impl Jurisdiction {
    /// Who decides; a province that the units do not know has its code for a name.
    pub fn words_in(self, units: &Units) -> Said {
        match self {
            Jurisdiction::National => Said::new("người duyệt trung ương", "national reviewers"),
            Jurisdiction::Province(code) => {
                let name = units
                    .province(code)
                    .map_or_else(|| code.to_string(), |province| province.name.to_string());
                Said::new(
                    format!("người duyệt của {name}"),
                    format!("reviewers of {name}"),
                )
            }
        }
    }
}

const MINUTE_S: u32 = 60;
const HOUR_S: u32 = 60 * MINUTE_S;
const DAY_S: u32 = 24 * HOUR_S;
const TWO_HOURS_S: u32 = 2 * HOUR_S;
const TWO_DAYS_S: u32 = 2 * DAY_S;

impl Party {
    /// The known error of the device's clock as it entered the act; none if no device entered it.
    pub fn clock(&self) -> Option<Said> {
        self.entered_s.and(self.office)?;
        let Some(error_s) = self.clock_error_s else {
            return Some(Said::new(
                "chưa biết đồng hồ máy sai bao nhiêu",
                "not known by how much the device's clock was wrong",
            ));
        };
        // Of what is told in the next larger unit, less than two would be too rough.
        let (number, vi, en) = match error_s {
            0..MINUTE_S => {
                return Some(Said::new(
                    "đồng hồ máy đúng, sai dưới 1 phút",
                    "the device's clock was right to within a minute",
                ));
            }
            MINUTE_S..TWO_HOURS_S => (error_s / MINUTE_S, "phút", "min"),
            TWO_HOURS_S..TWO_DAYS_S => (error_s / HOUR_S, "giờ", "h"),
            _ => (error_s / DAY_S, "ngày", "days"),
        };
        Some(Said::new(
            format!("đồng hồ máy sai khoảng {number} {vi}; giờ nhập đã tính đến"),
            format!(
                "the device's clock was about {number} {en} wrong; the time takes it into account"
            ),
        ))
    }
}

impl CaseNotice {
    /// What is known of the clocks by which the claims were entered, in the order of the parties.
    pub fn clocks(&self) -> Vec<Option<Said>> {
        self.parties.iter().map(Party::clock).collect()
    }
}

impl Case {
    /// Its line of the clash table.
    pub fn clash(&self) -> Option<&'static Clash> {
        clash::clash(self.dispute.row)
    }

    /// Who does what next, by when; provinces as `units` name them by now.
    pub fn next_step(&self, units: &Units) -> Said {
        let (owner, day) = (self.owner.words_in(units), day(self.due));
        match &self.state {
            CaseState::Open if self.dispute.harm >= 5 => Said::new(
                format!(
                    "hai {} phải quyết định như nhau, trước ngày {day}",
                    owner.vi
                ),
                format!("two {} must decide the same, by {day}", owner.en),
            ),
            CaseState::Open => Said::new(
                format!("{} quyết định trước ngày {day}", owner.vi),
                format!("one of the {} decides by {day}", owner.en),
            ),
            CaseState::Proposed(_) => Said::new(
                format!("một người đã quyết định; người thứ hai phải đồng ý trước ngày {day}"),
                format!("one reviewer has decided; a second one must agree by {day}"),
            ),
            CaseState::Decided { decision, .. } => Said::new(
                format!("đã quyết định: {}", decision.reason.as_str()),
                format!("decided: {}", decision.reason.as_str()),
            ),
            CaseState::Reversing { word, .. } => Said::new(
                format!(
                    "{} muốn hủy quyết định; người duyệt thứ hai phải đồng ý",
                    word.reviewer
                ),
                format!(
                    "{} wants the decision undone; a second reviewer must agree",
                    word.reviewer
                ),
            ),
            CaseState::Reversed { word, next, .. } => {
                let (vi, en) = next.map_or_else(
                    || (String::new(), String::new()),
                    |next| {
                        (
                            format!("; xem xét lại trong vụ việc {next}"),
                            format!("; it is decided anew in case {next}"),
                        )
                    },
                );
                let why = word.reason.as_str();
                Said::new(
                    format!("quyết định đã bị hủy: {why}{vi}"),
                    format!("the decision was undone: {why}{en}"),
                )
            }
            CaseState::Moot => Said::new(
                "đã đóng: không còn mâu thuẫn",
                "closed: the clash went away before a decision",
            ),
            CaseState::WentUp { to } => Said::new(
                format!("hai người duyệt quyết định khác nhau; vụ việc {to} ở cấp trên quyết định"),
                format!("two reviewers decided otherwise; case {to} decides it, one level up"),
            ),
        }
    }
}

fn day(date: Date) -> String {
    date.to_civil().strftime("%d/%m/%Y").to_string()
}
