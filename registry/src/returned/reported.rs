//! Why an act comes back that no clerk can put right: somebody is told.

use super::{Reason, by, same};
use crate::procedure::Refusal;
use crate::words::words;

/// The reasons that are reported.
pub(super) const REPORTED: &[Reason] = &[
    same(None, Refusal::Damaged),
    by(
        "withdrawal_too_wide",
        None,
        words(
            "việc rút đổi cả những gì hồ sơ được rút không đổi; báo người quản trị thiết bị: lỗi của chương trình",
            "the withdrawal changes more than the act that it withdraws; report it, the node's software is at fault",
        ),
    ),
    by(
        "act_central_only",
        None,
        words(
            "chỉ trung tâm làm được việc này; báo người quản trị thiết bị",
            "only the central registry makes this kind of act; report it",
        ),
    ),
    by(
        "field_not_of_act",
        None,
        words(
            "hồ sơ đổi một mục mà thủ tục này không đổi; báo người quản trị thiết bị: lỗi của chương trình",
            "this kind of act does not change such an item; report it, the node's software is at fault",
        ),
    ),
    by(
        "target_placed",
        None,
        words(
            "hồ sơ tự xếp chỗ cho một người, việc chỉ trung tâm làm; báo người quản trị thiết bị: lỗi của chương trình",
            "the act places a person itself, which only the central registry does; report it, the node's software is at fault",
        ),
    ),
    by(
        "record_exists",
        None,
        words(
            "hồ sơ lập một bản ghi đã có; báo người quản trị thiết bị: lỗi của chương trình",
            "the act makes a record that exists already; report it, the node's software is at fault",
        ),
    ),
    by(
        "record_misfit",
        None,
        words(
            "bản ghi mới không đúng loại; báo người quản trị thiết bị: lỗi của chương trình",
            "the new record does not fit its kind; report it, the node's software is at fault",
        ),
    ),
    by(
        "document_too_large",
        None,
        words(
            "lịch sử của bản ghi đã quá giới hạn; báo người quản trị thiết bị mã của bản ghi",
            "the record's history is at its limit; call the central registry's operator",
        ),
    ),
    by(
        "document_internal",
        None,
        words(
            "chương trình từ chối một thay đổi của bản ghi; báo người quản trị thiết bị",
            "the document library refused a change; report it with the log",
        ),
    ),
    by(
        "addition_to_nothing",
        Some("of"),
        words(
            "không rõ bổ sung cho hồ sơ hay vụ việc nào; báo người quản trị thiết bị: lỗi của chương trình",
            "the act does not say what it adds to; report it, the node's software is at fault",
        ),
    ),
    by(
        "additions_too_many",
        None,
        words(
            "đã bổ sung quá nhiều, không ai đọc thêm nữa; gọi người giải quyết",
            "so much was added already that nobody reads more; call the reviewer",
        ),
    ),
    by(
        "quarantined",
        None,
        words(
            "trung tâm không đọc được hồ sơ; đơn vị vận hành trung tâm đang xem, không mất gì",
            "the centre cannot read this act; its operator looks at it, nothing is lost",
        ),
    ),
];
