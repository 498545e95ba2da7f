//! What can be wrong with a record, as a table: each thing, which of the four words it denies, and
//! what is to be done.

use serde::{Deserialize, Serialize};

/// One of the four words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Word {
    /// đúng
    Accurate,
    /// đủ
    Complete,
    /// sạch
    Clean,
    /// sống
    Live,
}

impl Word {
    /// All four, in the order in which they are said.
    pub const ALL: [Word; 4] = [Word::Accurate, Word::Complete, Word::Clean, Word::Live];

    /// The word in Vietnamese.
    pub const fn label_vi(self) -> &'static str {
        match self {
            Word::Accurate => "đúng",
            Word::Complete => "đủ",
            Word::Clean => "sạch",
            Word::Live => "sống",
        }
    }
}

/// One line of the table of problems.
#[derive(Debug, Clone, Copy)]
pub struct ProblemRule {
    /// The problem.
    pub problem: Problem,
    /// Name in JSON and on the command line; never changes.
    pub key: &'static str,
    /// Which of the four words it denies.
    pub word: Word,
    /// What the clerk reads.
    pub label_vi: &'static str,
    /// The same in English.
    pub label_en: &'static str,
    /// What is to be done.
    pub mend_vi: &'static str,
    /// The same in English.
    pub mend_en: &'static str,
}

macro_rules! problems {
    ($($code:literal $problem:ident $key:literal $word:ident
        $label_vi:literal $label_en:literal $mend_vi:literal $mend_en:literal;)*) => {
        /// Something to mend. The number is its bit in [`Problems`] and never changes.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[repr(u8)]
        pub enum Problem {
            $(#[doc = $label_en] #[serde(rename = $key)] $problem = $code,)*
        }
        impl Problem {
            /// The table, in the order of codes.
            pub const TABLE: &'static [ProblemRule] = &[
                $(ProblemRule {
                    problem: Problem::$problem, key: $key, word: Word::$word,
                    label_vi: $label_vi, label_en: $label_en,
                    mend_vi: $mend_vi, mend_en: $mend_en,
                },)*
            ];
            /// Its line of the table.
            pub const fn rule(self) -> &'static ProblemRule {
                match self {
                    $(Problem::$problem => const { &ProblemRule {
                        problem: Problem::$problem, key: $key, word: Word::$word,
                        label_vi: $label_vi, label_en: $label_en,
                        mend_vi: $mend_vi, mend_en: $mend_en,
                    } },)*
                }
            }
        }
    };
}

problems! {
    0  NameMissing              "name_missing"               Complete "Thiếu họ, chữ đệm và tên" "Full name missing"
        "Bổ sung họ tên bằng thủ tục cải chính, kèm giấy khai sinh"
        "Add the full name by a correction with the birth registration";
    1  BirthDateMissing         "birth_date_missing"         Complete "Thiếu ngày, tháng, năm sinh" "Date of birth missing"
        "Bổ sung ngày sinh theo giấy tờ, biết đến đâu ghi đến đó"
        "Add the date of birth, as far as a paper tells it";
    2  SexMissing               "sex_missing"                Complete "Thiếu giới tính" "Sex missing"
        "Bổ sung giới tính bằng thủ tục cải chính"
        "Add the sex by a correction";
    3  BirthRegistrationMissing "birth_registration_missing" Complete "Thiếu nơi đăng ký khai sinh" "Place of birth registration missing"
        "Bổ sung nơi đăng ký khai sinh"
        "Add the place of birth registration";
    4  NativePlaceMissing       "native_place_missing"       Complete "Thiếu quê quán" "Native place missing"
        "Bổ sung quê quán"
        "Add the native place";
    5  EthnicMissing            "ethnic_missing"             Complete "Thiếu dân tộc" "Ethnic group missing"
        "Bổ sung dân tộc"
        "Add the ethnic group";
    6  NationalityMissing       "nationality_missing"        Complete "Thiếu quốc tịch" "Nationality missing"
        "Trung tâm bổ sung quốc tịch: báo cho trung tâm"
        "The centre adds the nationality: report it";
    7  CaseOpen                 "case_open"                  Accurate "Đang có vụ việc chờ giải quyết" "A case is open"
        "Trả lời nếu được hỏi, rồi chờ quyết định của vụ việc"
        "A case is open: answer what is asked, wait for the decision";
    8  Disputed                 "disputed"                   Accurate "Có thông tin đang mâu thuẫn" "A value is in dispute"
        "Hai cơ quan khai khác nhau: vụ việc sẽ quyết định"
        "Two offices disagree about a value: the case decides";
    9  BirthDateImpossible      "birth_date_impossible"      Accurate "Ngày sinh trên giấy tờ không có trong lịch" "Date of birth is not in the calendar"
        "Cải chính ngày sinh, kèm giấy tờ"
        "The paper has a day that the calendar has not: correct it with evidence";
    10 BornInFuture             "born_in_future"             Accurate "Ngày sinh ở tương lai" "Born in the future"
        "Đối chiếu với giấy khai sinh rồi cải chính"
        "The birth lies in the future: compare with the birth registration";
    11 TooOld                   "too_old"                    Accurate "Tuổi trên 120 mà chưa khai tử" "Older than 120 and not dead"
        "Xem người này đã chết mà chưa đăng ký khai tử hay không"
        "Older than 120 and not dead: look whether the death was never registered";
    12 HomesTwo                 "homes_two"                  Accurate "Hai nơi thường trú cùng hiệu lực" "Two permanent residences at one time"
        "Một trong hai nơi đã hết: xóa nơi không còn ở"
        "Two permanent residences are open: one of them ended";
    13 HomeNone                 "home_none"                  Accurate "Không có nơi thường trú, tạm trú" "No residence"
        "Xác minh nơi người này đang ở rồi đăng ký cư trú"
        "No residence is open: find out where the person lives";
    14 HomeBeforeBirth          "home_before_birth"          Accurate "Cư trú trước ngày sinh" "Residence before birth"
        "Cải chính một trong hai ngày"
        "A residence begins before the birth: correct one of the dates";
    15 HouseholdNone            "household_none"             Accurate "Thường trú mà không thuộc hộ nào" "Permanent residence without a household"
        "Đăng ký hộ cho người này"
        "Permanent residence without a household: register the household";
    16 DuplicateSuspected       "duplicate_suspected"        Clean    "Nghi trùng với hồ sơ khác" "Perhaps a duplicate"
        "Có vụ việc hỏi hai hồ sơ có phải một người thì trả lời; cặp hồ sơ chỉ do trung tâm tìm thấy thì chờ người duyệt"
        "Answer the case that asks whether this is another record's person; a pair that only the centre's search found waits for a reviewer";
    17 NeverConfirmed           "never_confirmed"            Live     "Chưa được xác minh lần nào" "Never confirmed"
        "Chưa ai xác minh từ khi chuyển dữ liệu: hỏi khi gặp người dân"
        "Nobody has confirmed the record since it was taken over: ask at the next visit";
    18 ContactOld               "contact_old"                Live     "Lâu chưa được xác minh" "Confirmed long ago"
        "Lần xác minh cuối đã lâu: hỏi khi gặp người dân"
        "The last act on the record is old: ask at the next visit";
    19 HouseholdHeadless        "household_headless"         Accurate "Hộ không có chủ hộ" "Household without a head"
        "Chủ hộ đã chết, đã đi hoặc chưa ghi: đổi chủ hộ theo thỏa thuận của các thành viên; hộ chỉ còn một người thì người đó là chủ hộ"
        "The head has died, has left or was never entered: change the head as the members agree; who is alone in a household is its head";
    20 TemporaryExpired         "temporary_expired"          Accurate "Tạm trú đã hết thời hạn" "Temporary residence past its term"
        "Hỏi người này: còn ở thì gia hạn, đã đi thì xóa đăng ký tạm trú"
        "Ask the person: extend the residence if they stay, delete the registration if they have left";
    21 MaritalStatusDiffers     "marital_status_differs"     Accurate "Tình trạng hôn nhân khi chuyển dữ liệu khác với các cuộc hôn nhân đã ghi" "Marital status of the import contradicts the marriages"
        "Xem sổ hộ tịch: còn thiếu cuộc hôn nhân thì đăng ký theo ngày và số trong sổ; không thiếu thì cấp giấy xác nhận khi người dân cần"
        "Look into the civil-status book: enter the marriage that is missing with its day and number; if none is, the next confirmation of marital status settles it";
    22 MarriagesTwo             "marriages_two"              Accurate "Hai cuộc hôn nhân cùng hiệu lực" "Two marriages stand"
        "Một trong hai đã chấm dứt: ghi chú ly hôn, hủy kết hôn, hoặc khai tử của bên kia"
        "One of the two has ended: note the divorce or the annulment, or register the other's death";
    23 HouseholdHeadsTwo        "household_heads_two"        Accurate "Hộ có hai người cùng ghi là chủ hộ" "Two members said to be the head"
        "Hộ ghi chủ hộ là người khác: hỏi các thành viên, rồi đổi chủ hộ hoặc điều chỉnh quan hệ với chủ hộ"
        "The household names another head: ask the members, then change the head or put the relation right";
    24 HouseholdClosed          "household_closed"           Accurate "Thuộc hộ đã đóng" "Member of a household that is closed"
        "Hộ đã đóng khi người này chưa rời hộ: hỏi họ đang ở hộ nào, rồi điều chỉnh hộ hoặc đăng ký thường trú"
        "The household was closed before this member had left it: ask whose household they live in, then put the household right or register the residence";
    25 OwnParent                "own_parent"                 Accurate "Cha hoặc mẹ là chính người này" "Father or mother is the person"
        "Cha hoặc mẹ mang số định danh của chính người này: xem giấy khai sinh rồi cải chính"
        "The father or mother has the person's own number: look at the birth registration and correct it";
    26 MarriageBeforeBirth      "marriage_before_birth"      Accurate "Kết hôn trước ngày sinh" "Marriage before birth"
        "So ngày sinh với giấy khai sinh, ngày kết hôn với sổ hộ tịch: ngày sinh sai thì cải chính, ngày kết hôn sai thì báo nơi giữ sổ"
        "Compare the birth with its registration and the marriage with the book: correct the birth date if it is wrong, tell the keeper of the book if the day of the marriage is";
    27 TemporaryAtHome          "temporary_at_home"          Accurate "Tạm trú tại chính xã thường trú" "Temporary residence in the commune of the home"
        "Sau sắp xếp, hai nơi thuộc một xã: xóa đăng ký tạm trú; nếu đã chuyển hẳn thì đăng ký thường trú hoặc điều chỉnh địa chỉ"
        "A decree put both into one commune: delete the temporary residence; if they have moved for good, register the residence or put the address right";
}

impl Problem {
    /// Its name.
    pub const fn key(self) -> &'static str {
        self.rule().key
    }
    /// The problem with this name.
    pub fn from_key(key: &str) -> Option<Problem> {
        let rule = Problem::TABLE.iter().find(|rule| rule.key == key)?;
        Some(rule.problem)
    }
}

/// A set of problems.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Problems(u32);

impl Problems {
    /// Adds one.
    pub const fn add(&mut self, problem: Problem) {
        self.0 |= 1 << problem as u8;
    }
    /// Adds one if something is so.
    pub const fn add_if(&mut self, so: bool, problem: Problem) {
        if so {
            self.add(problem);
        }
    }
    /// Whether it is there.
    pub const fn has(self, problem: Problem) -> bool {
        self.0 & (1 << problem as u8) != 0
    }
    /// Whether there is none.
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }
    /// Those that are there, in the order of codes.
    pub fn iter(self) -> impl Iterator<Item = Problem> {
        let all = Problem::TABLE.iter().map(|rule| rule.problem);
        all.filter(move |problem| self.has(*problem))
    }
    /// Whether one of them denies a word.
    pub fn deny(self, word: Word) -> bool {
        self.iter().any(|problem| problem.rule().word == word)
    }
}
