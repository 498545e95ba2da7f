//! What the decision of a case leaves an office to do whose acts made claims in it.

use super::{Case, CaseNotice, CaseState, ClaimStands, Outcome};
use crate::dispute::Matter;
use crate::schema::Field;
use crate::words::Said;
use crate::{ActId, OfficeCode};

impl CaseNotice {
    /// The next step of an office after a decision about its acts; none before one, and for an
    /// office that claimed nothing. `ours` tells whether an office is that one, be it under an
    /// earlier code.
    pub fn task(&self, ours: impl Fn(OfficeCode) -> bool) -> Option<Said> {
        let parties = self.parties.iter();
        let own: Vec<ActId> = parties
            .filter(|party| party.office.is_some_and(&ours))
            .filter_map(|party| party.act)
            .collect();
        if own.is_empty() {
            return None;
        }
        if let CaseState::Reversed { next, .. } = &self.case.state {
            return Some(decided_anew(*next));
        }
        let outcome = self.case.ruled()?;
        Some(match (self.case.dispute.matter, outcome) {
            (Matter::Parked(_), Outcome::Keep(_)) => carried_out(),
            (Matter::Parked(_), _) => came_back(),
            (Matter::BookNumber(_), Outcome::Keep(_)) if self.case.lost_to_another(&own) => {
                number_empty()
            }
            (Matter::TwoHeads, Outcome::Keep(_)) if self.case.lost_to_another(&own) => {
                not_the_head()
            }
            (matter, _) => {
                let lost = |(act, stands): &(ActId, ClaimStands)| {
                    own.contains(act) && *stands == ClaimStands::SetAside
                };
                if self.claimants().iter().any(lost) {
                    replaced(matter)
                } else {
                    upheld()
                }
            }
        })
    }
}

impl Case {
    /// Whether the number of a book, or the place of the head, went to another than these acts.
    fn lost_to_another(&self, own: &[ActId]) -> bool {
        match self.ruled() {
            Some(Outcome::Keep(kept)) => self
                .claim(*kept)
                .is_ok_and(|kept| kept.act.is_none_or(|act| !own.contains(&act))),
            _ => false,
        }
    }
}

fn decided_anew(next: Option<u64>) -> Said {
    let number = next.map(|next| format!(" {next}")).unwrap_or_default();
    Said::new(
        format!(
            "Quyết định đã bị hủy: thủ tục của cơ quan lại được xem xét trong vụ việc{number}. Bổ sung giấy tờ nếu có; báo người dân chờ"
        ),
        format!(
            "The decision was undone: your act is under review again in case{number}. Add papers if there are any; tell the person to wait"
        ),
    )
}

fn carried_out() -> Said {
    Said::new(
        "Thủ tục được thực hiện: trả kết quả cho người dân",
        "The act was carried out: hand the result to the person",
    )
}

fn came_back() -> Said {
    Said::new(
        "Thủ tục bị trả lại: đọc lý do, sửa và nộp lại nếu vẫn cần",
        "The act came back: read the reason, correct it and file it again if it is still needed",
    )
}

fn number_empty() -> Said {
    Said::new(
        "Việc vẫn có hiệu lực nhưng số trong sổ để trống: xem sổ và ghi số đúng",
        "The entry stands without its number: look into the book and enter the right one",
    )
}

fn not_the_head() -> Said {
    Said::new(
        "Người do cơ quan ghi là chủ hộ không phải chủ hộ, vẫn ở trong hộ: báo hộ đó; ghi lại quan hệ của họ với chủ hộ",
        "Whom your act told to be the head is not, and stays in the household: tell the household, and enter what they are to the head",
    )
}

fn upheld() -> Said {
    Said::new(
        "Thủ tục của cơ quan có hiệu lực: trả kết quả cho người dân, nếu chưa trả",
        "Your act stands: hand the result to the person, if that was not done",
    )
}

/// What a lost claim means at the counter, by what was in dispute.
fn replaced(matter: Matter) -> Said {
    match matter {
        Matter::Residence(Field::Temporary) => Said::new(
            "Tạm trú tại xã này không còn: báo người dân; nếu họ đang ở đây, đăng ký lại kèm giấy tờ về chỗ ở",
            "The temporary residence here no longer stands: tell the person; if they live here, register it again with papers on the dwelling",
        ),
        Matter::Residence(_) => Said::new(
            "Thường trú tại xã này không còn, nơi kia được giữ: mời người dân đến, thu lại giấy đã cấp; nếu họ ở đây, nộp hồ sơ mới kèm giấy tờ về chỗ ở",
            "The permanent residence here no longer stands, the other one was kept: call the person in and take back what was handed out; if they live here, file a new act with papers on the dwelling",
        ),
        Matter::Marriage | Matter::Divorce => Said::new(
            "Việc hôn nhân do cơ quan ghi bị hủy: báo cả hai bên, thu hồi giấy đã cấp, không cấp bản sao",
            "What your office entered on the marriage was taken back: tell both sides, take back the certificate, issue no copy",
        ),
        Matter::SamePerson => Said::new(
            "Hồ sơ do cơ quan lập bị hủy, hồ sơ kia được giữ: báo gia đình, thu hồi giấy khai sinh hoặc giấy đã cấp, từ nay dùng số định danh của hồ sơ được giữ",
            "The record that your office made was revoked, the other one was kept: tell the family, take back the certificate, use the number of the record that stays",
        ),
        Matter::Life => Said::new(
            "Thủ tục của cơ quan trái với quyết định về việc sống, chết của người này và bị hủy: báo gia đình, thu hồi trích lục hoặc giấy đã cấp",
            "Your act is against the decision on this person's life or death, and was taken back: tell the family, take back the extract or paper",
        ),
        Matter::Field(_) => Said::new(
            "Giá trị do cơ quan ghi không được giữ: báo người dân; có giấy tờ mới thì làm thủ tục cải chính",
            "The value that your office entered was not kept: tell the person; with new papers, file a correction",
        ),
        _ => Said::new(
            "Thủ tục của cơ quan bị hủy: báo người dân, thu hồi kết quả đã trả; nếu vẫn cần, làm lại theo tình trạng hiện nay",
            "Your act was taken back: tell the person, take back the result; if it is still needed, file it anew as things stand now",
        ),
    }
}
