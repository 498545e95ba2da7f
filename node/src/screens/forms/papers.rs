//! What papers are called that acts rest on: suggested at the input, so that one paper has one name
//! in all offices. Any other name is taken too.

/// Papers by act; those of every act stand at the end. The names are those of the forms of Circular
/// 04/2020/TT-BTP (civil status), Circular 53/2025/TT-BCA (residence) and of the laws themselves.
const PAPERS: &[(&[&str], &[&str])] = &[
    (
        &["birth", "late_birth"],
        &[
            "giấy chứng sinh",
            "giấy tờ thay giấy chứng sinh",
            "giấy chứng nhận kết hôn",
            "văn bản cam đoan",
        ],
    ),
    (
        &["repeated_birth"],
        &["bản sao giấy khai sinh", "văn bản cam đoan"],
    ),
    (
        &["death", "death_revoked"],
        &[
            "giấy báo tử",
            "giấy tờ thay giấy báo tử",
            "quyết định của Tòa án",
        ],
    ),
    (
        &["marriage"],
        &[
            "tờ khai đăng ký kết hôn",
            "giấy xác nhận tình trạng hôn nhân",
        ],
    ),
    (
        &[
            "divorce",
            "marriage_annulled",
            "parent_recognition",
            "guardianship",
            "guardianship_end",
        ],
        &["bản án của Tòa án", "quyết định của Tòa án"],
    ),
    (&["registry_correction"], &["DC02", "phiếu xét nghiệm"]),
    (
        &["correction", "registry_correction"],
        &["tờ khai", "bản chính giấy khai sinh", "trích lục hộ tịch"],
    ),
    (
        &[
            "permanent_registration",
            "temporary_registration",
            "household_split",
            "household_merge",
            "change_of_head",
            "permanent_deletion",
            "temporary_deletion",
            "temporary_renewal",
            "residence_adjustment",
        ],
        &[
            "CT01",
            "giấy tờ chứng minh chỗ ở hợp pháp",
            "văn bản đồng ý của chủ hộ",
            "văn bản thống nhất cử chủ hộ",
            "CT02",
        ],
    ),
    (&["temporary_absence"], &["CT03"]),
    (
        &["collection"],
        &["DC01", "giấy khai sinh", "sổ hộ khẩu cũ"],
    ),
];

/// Papers of any act.
const ALWAYS: &[&str] = &["tờ khai", "ảnh chân dung", "quyết định", "công văn"];

/// The names to suggest for an act, each once.
pub(super) fn of(act: &str) -> Vec<&'static str> {
    let own = PAPERS.iter().filter(|(acts, _)| acts.contains(&act));
    let mut names: Vec<&str> = own.flat_map(|(_, names)| names.iter().copied()).collect();
    for name in ALWAYS {
        if !names.contains(name) {
            names.push(name);
        }
    }
    names
}

#[cfg(test)]
mod tests {
    use super::super::table::form_of;
    use super::*;

    #[test]
    fn every_act_of_the_table_has_a_form_and_no_paper_is_named_twice() {
        for act in PAPERS.iter().flat_map(|(acts, _)| acts.iter()) {
            assert!(form_of(act).is_some(), "{act}");
            let mut names = of(act);
            let count = names.len();
            names.sort_unstable();
            names.dedup();
            assert_eq!(names.len(), count, "{act}");
        }
        assert!(of("birth").contains(&"giấy chứng sinh"));
    }
}
