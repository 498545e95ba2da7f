//! What a receipt says, as a CBOR map with small numbers for keys.

use coset::cbor::Value;

use super::ReceiptMalformed;
use crate::act::{ActKind, Entered};
use crate::{ActId, ActNumber, Incarnation, OfficeCode};

/// How the act stood when the receipt was printed. The number is its code and never changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum Standing {
    /// Durable at the office; the centre has not answered.
    Provisional = 0,
    /// It took effect.
    Final = 1,
    /// It took effect and a case is open about it.
    Disputed = 2,
    /// It was refused.
    Returned = 3,
    /// People look at it.
    Examined = 4,
    /// Its office took it back.
    Withdrawn = 5,
    /// It took effect, and a decision of a case replaced it.
    SetAside = 6,
}

impl Standing {
    /// All of them.
    pub const ALL: [Standing; 7] = [
        Self::Provisional,
        Self::Final,
        Self::Disputed,
        Self::Returned,
        Self::Examined,
        Self::Withdrawn,
        Self::SetAside,
    ];

    /// Its name.
    pub const fn key(self) -> &'static str {
        match self {
            Self::Provisional => "provisional",
            Self::Final => "final",
            Self::Disputed => "disputed",
            Self::Returned => "returned",
            Self::Examined => "examined",
            Self::Withdrawn => "withdrawn",
            Self::SetAside => "set_aside",
        }
    }

    /// In words, for the citizen.
    pub const fn words_vi(self) -> &'static str {
        match self {
            Self::Provisional => "Tạm: có giá trị chính thức khi Trung ương xác nhận",
            Self::Final => "Chính thức",
            Self::Disputed => "Đã ghi nhận, đang được xem xét",
            Self::Returned => "Bị trả lại",
            Self::Examined => "Đang được xem xét",
            Self::Withdrawn => "Đã rút",
            Self::SetAside => "Bị quyết định thay thế",
        }
    }

    /// In English.
    pub const fn words_en(self) -> &'static str {
        match self {
            Self::Provisional => "provisional until the central receipt",
            Self::Final => "final",
            Self::Disputed => "registered; a case is open about it",
            Self::Returned => "returned",
            Self::Examined => "people look at it",
            Self::Withdrawn => "withdrawn",
            Self::SetAside => "set aside by a decision",
        }
    }
}

/// What a receipt says. Nothing of it names a person.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ReceiptContent {
    /// The act.
    pub act: ActId,
    /// Its procedure.
    pub kind: ActKind,
    /// The office.
    pub office: OfficeCode,
    /// The device's life in which it was entered.
    pub incarnation: Incarnation,
    /// Its number there.
    pub number: ActNumber,
    /// When it was entered, by the device's clock, and how far that clock may be off.
    pub entered: Entered,
    /// BLAKE3 of the act as it is sent.
    pub act_hash: [u8; 32],
    /// How it stood when this was printed.
    pub standing: Standing,
    /// When this was printed, seconds since 1970, by the device's clock.
    pub printed_s: i64,
}

impl ReceiptContent {
    pub(super) fn to_cbor(self) -> Value {
        let number = |number: u64| Value::Integer(number.into());
        let place = vec![number(self.incarnation.get()), number(self.number.get())];
        let fields = [
            Value::Bytes(self.act.as_bytes().to_vec()),
            number(self.kind as u64),
            number(self.office.get().into()),
            Value::Array(place),
            Value::Integer(self.entered.at_s.into()),
            number(self.entered.error_s.into()),
            Value::Bytes(self.act_hash.to_vec()),
            number(self.standing as u64),
            Value::Integer(self.printed_s.into()),
        ];
        let keyed = (1_u64..).map(number).zip(fields);
        Value::Map(keyed.collect())
    }

    pub(super) fn from_cbor(value: Value) -> Result<ReceiptContent, ReceiptMalformed> {
        let Value::Map(pairs) = value else {
            return Err(ReceiptMalformed::Damaged);
        };
        if pairs.len() > FIELDS {
            return Err(ReceiptMalformed::Newer);
        }
        Self::read(&pairs).ok_or(ReceiptMalformed::Damaged)?
    }

    fn read(pairs: &[(Value, Value)]) -> Option<Result<ReceiptContent, ReceiptMalformed>> {
        let field = |key: u64| {
            let key = Value::Integer(key.into());
            let pair = pairs.iter().find(|(known, _)| *known == key);
            pair.map(|(_, value)| value)
        };
        let bytes = |key| field(key).and_then(Value::as_bytes);
        let signed = |key| field(key)?.as_integer()?.try_into().ok();
        let unsigned = |value: &Value| u64::try_from(value.as_integer()?).ok();
        let small = |key| u8::try_from(unsigned(field(key)?)?).ok();
        let [incarnation, number] = field(4)?.as_array()?.as_slice() else {
            return None;
        };
        let (kind, standing) = (small(2)?, small(8)?);
        let mut standings = Standing::ALL.into_iter();
        let standing = standings.find(|known| *known as u8 == standing);
        let (Some(kind), Some(standing)) = (ActKind::from_code(kind), standing) else {
            // A later release has procedures that this one does not know.
            return Some(Err(ReceiptMalformed::Newer));
        };
        Some(Ok(ReceiptContent {
            act: ActId::from_slice(bytes(1)?)?,
            kind,
            office: OfficeCode::new(u32::try_from(unsigned(field(3)?)?).ok()?)?,
            incarnation: Incarnation::new(unsigned(incarnation)?),
            number: ActNumber::new(unsigned(number)?),
            entered: Entered {
                at_s: signed(5)?,
                error_s: u32::try_from(unsigned(field(6)?)?).ok()?,
            },
            act_hash: bytes(7)?.as_slice().try_into().ok()?,
            standing,
            printed_s: signed(9)?,
        }))
    }
}

/// Fields of this form.
const FIELDS: usize = 9;
