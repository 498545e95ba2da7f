//! Good inputs of every target, from which mutations start: what the programs themselves write.

use bytes::Bytes;
use provisioning::{
    FirstOfficer, JoinRefusal, JoinRequest, JoinResponse, JoinToken, NewToken, NodeKey, ScreensKey,
    ScreensName, ScreensRequest, TokenId, answer, pem_of,
};
use registry::act::ActBody;
use registry::columns::encode_page;
use registry::edit::Edit;
use registry::feed::{ActOutcome, FeedItem, Officer, PastLife, Receipts, SliceReason};
use registry::password::{PasswordSet, Verifier};
use registry::population::{write_csv, write_qcvn};
use registry::record::{Content, Record};
use registry::schema::Field;
use registry::value::{Line as Words, Value};
use registry::{ActNumber, CaseId, CommitSeq, Incarnation, NodeId};

use crate::joining::{NOW, authority};
use crate::line::Side;
use crate::office::{act_on, here, office, people};
use crate::{receipts, store, wire};

/// Acts of one office, one of each procedure, as the documentation shows them.
const ACTS: &str = include_str!("../../../docs/acts.md");

/// Decrees: a commune divided by hamlets, one that goes whole into another, a new one.
const DECREES: [&str; 3] = [
    "old_code,new_code,share,default,hamlets,name,kind,province,lat,lon\n\
     00004,00008,part,1,,,,,,\n00004,00004,part,0,Tổ 5;Tổ 6,Ba Đình,Phường,01,21.03,105.83\n",
    "old_code,new_code,share,default\n00008,00004,whole,1\n",
    "\u{feff}old_code,new_code,share,default,name,kind,province\n\
     00008,99998,whole,1,Đường Mới,Đặc khu,31\n,99999,,,Đảo Mới,Xã,79\n",
];

/// Good inputs of the target of this name.
pub fn good_inputs(target: &str) -> Vec<Vec<u8>> {
    match target {
        "wire_stream" => vec![
            vec![6, 3, b'a', b'b', b'c', 0, 0x81, 0x01, 9],
            [&[0xff, 0x80, 0x01][..], &[7; 200]].concat(),
            vec![1, 0xff, 0xff, 0x7f],
        ],
        "wire_frame" => frames(),
        "wire_payload" => payloads(),
        "session" => sequences(),
        "act" => acts()
            .iter()
            .filter_map(|body| body.encode().ok())
            .collect(),
        "act_json" => act_texts(),
        "attachment" => crate::attachments::good(),
        "picture" => crate::pictures::good(),
        "page" => pages(),
        "record" => records()
            .iter()
            .filter_map(|record| record.encode().ok())
            .collect(),
        "document" => documents(),
        "feed_entry" => feed_entries(),
        "import_rows" => vec![csv(6), csv(1), b"pin,name\n".to_vec()],
        "import_xml" => messages(),
        "import_map" => vec![
            [
                &b"dates = \"ddmmyyyy\"\n[constants]\nethnic_table = \"1979\"\n\0"[..],
                &csv(2),
            ]
            .concat(),
            b"separator = \";\"\n[columns]\npin = \"so\"\nname = \"ten\"\n\0so;ten\n1;2\n".to_vec(),
        ],
        "decree" => DECREES.map(|rows| rows.as_bytes().to_vec()).to_vec(),
        "join_token" => vec![token().to_text().into_bytes()],
        "join_messages" => join_messages(),
        "certificate" => certificates(),
        "store_files" => (0..2_u8)
            .flat_map(|which| {
                [
                    vec![which, 0xff, 0xff, 0xff, 0xff],
                    vec![which, 130, 0, 131, 0, 7],
                    vec![which, 40, 0, 0xff, 0xff, 1, 2, 3],
                ]
            })
            .collect(),
        "store_content" => store_contents(),
        "text" => lines(&[
            "Nguyễn Thị Hoà",
            "ĐẶNG VĂN Ý",
            "30/02/1950",
            "1941-05",
            "2026-10-30",
            "12/1990",
            "001090123456",
            "+84 912 345 678",
            "lan@example.vn",
            "00004",
            "1979:01",
            "male",
            "VN",
            "3f1c0a9be24d5b7788aa6d0192c3e4f5",
            "Ho\u{300}a\u{309}  B\u{131}nh",
            "permanent/g3",
        ]),
        "bundle" => crate::bundles::good(),
        "receipt" => receipts::good(&certificates()),
        "card_qr" => lines(&[
            "008185000017||Lò Thị Mẫu|12031985|Nữ|Bản Mẫu, Xã Lâm Bình, Tuyên Quang|20072021",
            "079087001234|023456789|Nguyễn Văn Mẫu|01011987|Nam|Số 1 Đường Mẫu|15082024|Cha|Mẹ|",
            "\u{feff}008185000017||Lo Thi Mau|12031985|Nu|Ban Mau|20072021\r\n",
            "008185000017~~Lof Thij Maaux~12031985~Nuwx~Ban Mau~20072021",
            "]Q1008185000017||LÒ THỊ MẪU|--/--/1985|Nữ|Bản Mẫu|20/07/2021",
            "008185000017||Lâê Thu\u{309}\u{309}y|30021985|N\u{fffd}|?|20072021",
            "００８１８５０００００１７｜｜Lò Mẫu｜１２０３１９８５｜Nữ｜Bản｜２００７２０２１",
        ]),
        "card_mrz" => lines(&[
            "IDVNM1850000176008185000017<<4\n8503127F4503129VNM<<<<<<<<<<<6\nLO<<THI<MAU<<<<<<<<<<<<<<<<<<<",
            "idvnm1850000176008185000017  4\r\n8503127f4503129vnm           6\r\nlo  thi mau",
            "IDVNM18500OOI76OO8185000017<<48503127F4503129VNM<<<<<<<<<<<6LO<<THI<MAU",
            "1DVNM1850000176008185000017«4\n85<<<<2F4503129VNM<6\nKSỎ<<H<BOM",
        ]),
        "search" => lines(&[
            "nguyen van an 1990",
            "Nguyễn Thị Hoà",
            "001090123456",
            "0912345678",
            "thôn 3",
            "nguyeenx thij hoaf",
            "tran hoa 1950-1960",
            "Nguyên",
        ]),
        _ => Vec::new(),
    }
}

fn lines(lines: &[&str]) -> Vec<Vec<u8>> {
    lines.iter().map(|line| line.as_bytes().to_vec()).collect()
}

/// Every frame that two honest sessions send while they greet, push, feed, fill and mend.
fn frames() -> Vec<Vec<u8>> {
    let mut frames = Vec::new();
    for state in 0..6 {
        let mut line = wire::line_in(state);
        if state == 1 {
            line.change(2, 9, 9);
            line.act(Bytes::from_static(b"an act"));
            line.pass(700_000);
        }
        for _ in 0..6 {
            for class in 0..5_u8 {
                for (side, bit) in [(Side::Node, 0), (Side::Central, 1)] {
                    if let Some(frame) = line.queue(side, usize::from(class)).front() {
                        frames.push([&[state, class << 1 | bit][..], frame].concat());
                    }
                }
            }
            line.round();
        }
    }
    frames.sort();
    frames.dedup_by(|a, b| a.get(1..4) == b.get(1..4));
    frames
}

fn payloads() -> Vec<Vec<u8>> {
    let parcel = [&[4_u8][..], b"abcd", &[0, 2], b"xy"].concat();
    let bomb = |length: usize| {
        let packed = zstd::bulk::compress(&vec![0; length], 3).expect("packed");
        // A frame travels without its four magic bytes, behind the number of its form.
        [&[1_u8][..], packed.get(4..).expect("a frame")].concat()
    };
    let mut payloads = Vec::new();
    for carrier in 0..4_u8 {
        payloads.push([&[carrier << 1][..], &parcel].concat());
        payloads.push([&[carrier << 1 | 1, 0][..], &parcel].concat());
        payloads.push([&[carrier << 1 | 1][..], &bomb(300_000)].concat());
        payloads.push([&[carrier << 1 | 1][..], &bomb(64 << 20)].concat());
    }
    payloads
}

/// Sequences of steps: an honest day, and days on which the line is somebody else's.
fn sequences() -> Vec<Vec<u8>> {
    let confirm = 13 << 1 | 2 << 5;
    let rounds = 15 << 1;
    let on = |action: u8, class: u8, side: u8| action << 1 | class << 5 | side;
    vec![
        vec![
            3 << 3 | 2,
            confirm,
            rounds,
            rounds,
            on(9, 0, 0),
            5,
            rounds,
            on(10, 0, 0),
            4,
            rounds,
        ],
        vec![
            0xff,
            confirm,
            rounds,
            on(14, 0, 0),
            confirm,
            rounds,
            rounds,
            on(11, 3, 0),
            200,
            rounds,
        ],
        vec![
            0xff,
            confirm,
            6,
            on(5, 1, 1),
            on(5, 2, 0),
            6,
            on(6, 2, 0),
            on(4, 0, 1),
            rounds,
        ],
        vec![
            0x2a,
            confirm,
            on(0, 0, 1),
            on(2, 0, 1),
            on(0, 0, 0),
            on(7, 1, 1),
            9,
            3,
            rounds,
        ],
        vec![
            0x2a,
            on(8, 0, 0),
            1,
            0,
            3,
            1,
            2,
            3,
            confirm,
            on(8, 1, 1),
            11,
            255,
            4,
            1,
            1,
            1,
            1,
        ],
        vec![
            0x2a,
            confirm,
            rounds,
            on(10, 7, 0),
            8,
            rounds,
            on(10, 0, 0),
            9,
            rounds,
            on(13, 1, 1),
        ],
        vec![0x2a, on(11, 7, 0), 255, on(12, 0, 1), on(12, 0, 0), rounds],
    ]
}

fn acts() -> Vec<ActBody> {
    let desk = crate::office::desk();
    let mut bodies: Vec<ActBody> = act_texts()
        .iter()
        .filter_map(|text| serde_json::from_slice(text).ok())
        .filter_map(|filing| registry::procedure::plan(&filing, &desk, office()).ok())
        .map(|plan| plan.body)
        .collect();
    let ids: Vec<_> = office().records.keys().copied().collect();
    for (id, number) in ids.iter().zip(20_u64..).take(3) {
        let name = "Trần Văn Tư".parse().expect("a name");
        bodies.push(act_on(*id, number, vec![Edit::Put(Field::Name, Value::Name(name))]).body);
        let edits = vec![Edit::Clear(Field::Phone)];
        bodies.push(act_on(*id, number, edits).body);
    }
    bodies
}

/// The examples of the documentation, about people whom the small office holds.
fn act_texts() -> Vec<Vec<u8>> {
    let id = office()
        .records
        .keys()
        .next()
        .expect("a record")
        .to_string();
    let examples = ACTS.split("```json\n").skip(1);
    let examples = examples.filter_map(|rest| rest.split("```").next());
    examples
        .map(|text| {
            text.split('"')
                .map(|part| {
                    let hex = part.len() == 32 && part.bytes().all(|b| b.is_ascii_hexdigit());
                    if hex { id.as_str() } else { part }
                })
                .collect::<Vec<_>>()
                .join("\"")
                .into_bytes()
        })
        .collect()
}

fn records() -> Vec<Record> {
    office().records.values().cloned().collect()
}

fn documents() -> Vec<Vec<u8>> {
    let all = records();
    let mut documents = Vec::new();
    for record in &all {
        match &record.content {
            Content::Document(bytes) => documents.push(bytes.clone()),
            Content::Genesis(_) if documents.len() < 2 => {
                documents.push(record.document().expect("a document").save());
            }
            Content::Genesis(_) => {}
        }
    }
    documents
}

fn pages() -> Vec<Vec<u8>> {
    let all = records();
    [&all[..], &all[..2], &all[..0]]
        .into_iter()
        .filter_map(|records| encode_page(records).ok())
        .collect()
}

fn feed_entries() -> Vec<Vec<u8>> {
    let words = Words::parse("the record is not here").expect("a line");
    let receipts = Receipts {
        node: NodeId::new([7; 16]),
        incarnation: Incarnation::new(1),
        first: ActNumber::new(3),
        outcomes: vec![
            ActOutcome::Accepted,
            ActOutcome::InCase(CaseId::new([4; 16])),
            ActOutcome::Returned {
                code: words.clone(),
                words: words.clone(),
            },
        ],
        chain: [1; 32],
        commit: CommitSeq::new(9),
        at_s: NOW,
        signature: vec![2; 64],
    };
    let officer = Officer {
        id: "lan".parse().expect("an account"),
        name: words,
        roles: vec![registry::code::Role::CivilStatus],
        active: true,
    };
    let id = *office().records.keys().next().expect("a record");
    let past = vec![act_on(id, 3, vec![Edit::Clear(Field::Phone)])];
    let mut items = vec![
        FeedItem::PastLife(Box::new(PastLife::fitting(receipts.clone(), past))),
        FeedItem::Receipts(receipts),
        FeedItem::Act(act_on(id, 4, vec![Edit::Clear(Field::Phone)])),
        FeedItem::Leaves {
            id,
            to: vec![here()],
            reason: SliceReason::Moved,
        },
        FeedItem::Officers(vec![officer]),
        FeedItem::Password(Box::new(PasswordSet {
            officer: "lan".parse().expect("an account"),
            epoch: CommitSeq::new(3),
            at_s: NOW,
            verifier: Some(Verifier::decoy()),
            once: true,
        })),
        FeedItem::CaseLeaves(CaseId::new([4; 16])),
    ];
    for record in records().into_iter().take(3) {
        items.push(FeedItem::Enters {
            record,
            reason: SliceReason::New,
        });
    }
    let bytes = items.iter().filter_map(|item| item.encode().ok());
    bytes
        .map(|(kind, bytes)| [&[kind][..], &bytes].concat())
        .collect()
}

fn csv(households: usize) -> Vec<u8> {
    let mut file = Vec::new();
    let some = people().iter().take(households).cloned();
    write_csv(some, &mut file).expect("memory");
    file
}

/// Messages of the form of QCVN 109, ours and others'.
fn messages() -> Vec<Vec<u8>> {
    let mut ours = Vec::new();
    let some = people().iter().take(2).cloned();
    write_qcvn(some, "2026-11-21", &mut ours).expect("memory");
    vec![
        ours,
        b"<s:Envelope xmlns:s='e'><s:Body><n:CongdanCollection ThoiDiemDuLieu='2026-01-02'>\
          <n:CongDan><n:SoDinhDanh>001090000001</n:SoDinhDanh><n:HoVaTen><n:Ho/>\
          <n:Ten>L&amp;&#xEA; A</n:Ten></n:HoVaTen><n:GioiTinh>1</n:GioiTinh><n:NgayThangNamSinh>\
          <n:Nam>1990</n:Nam></n:NgayThangNamSinh><n:ThuongTru><n:MaPhuongXa>00004</n:MaPhuongXa>\
          <![CDATA[x]]></n:ThuongTru><n:La><n:La>?</n:La></n:La></n:CongDan>\
          </n:CongdanCollection></s:Body></s:Envelope>"
            .to_vec(),
        b"<!DOCTYPE a [<!ENTITY b 'bbbb'>]><CongdanCollection>&b;</CongdanCollection>".to_vec(),
        "<a>".repeat(40).into_bytes(),
    ]
}

fn token() -> JoinToken {
    let new = NewToken {
        id: TokenId::new([3; 16]),
        office: here(),
        expires_at: NOW - 1,
        addresses: vec!["central.npd:7443".to_owned()],
        server_name: "central.npd".to_owned(),
        officer: FirstOfficer {
            id: "lan".parse().expect("an account"),
            display_name: "Nguyễn Thị Lan".to_owned(),
            roles: vec!["civil-status".to_owned()],
        },
    };
    let other = provisioning::Authority::create(NOW).expect("an authority");
    JoinToken::issue(&other.issuer, new).expect("a token")
}

fn join_messages() -> Vec<Vec<u8>> {
    let key = NodeKey::generate().expect("a key");
    let request = JoinRequest::V1 {
        token: token().to_text(),
        request: key.request().expect("a request"),
    };
    let refusal = answer(&authority().issuer, &request.encode(), NOW, 90, |_| None).err();
    let refusal = JoinResponse::from(&refusal.unwrap_or(JoinRefusal::Used));
    let own = ScreensName::of_office(here());
    let screens = ScreensKey::generate().expect("a key");
    let screens = ScreensRequest::new(here(), &key, &screens, &[own]).expect("a request");
    let screens = JoinRequest::Screens(screens);
    vec![request.encode(), refusal.encode(), screens.encode()]
}

fn certificates() -> Vec<Vec<u8>> {
    let key = NodeKey::generate().expect("a key");
    let validity = provisioning::Validity::from_now(NOW, 90).expect("a validity");
    let request = key.request().expect("a request");
    let made = authority().issuer.certify_node(&request, here(), validity);
    let mut inputs = made.expect("a certificate").chain;
    inputs.push(authority().root.certificate().to_vec());
    inputs.push(pem_of(authority().root.certificate()).into_bytes());
    inputs
}

fn store_contents() -> Vec<Vec<u8>> {
    let group = [&[0, 2][..], &[2, 1, 7, 1, 3, 9, 9, 9], &[2, 1, 8, 0]].concat();
    let plain = [&[1, 0][..], &13_u32.to_le_bytes(), &group[1..]].concat();
    let long = vec![0; 4_000];
    let packed = zstd::bulk::compress(&long, 1).expect("packed");
    let mut inputs = vec![
        group,
        plain,
        [&[1, 1][..], &4_000_u32.to_le_bytes(), &packed].concat(),
        vec![2, 5, 1, 2, 3],
    ];
    for (_, file) in store::good() {
        inputs.push([&[3][..], file.get(..112).unwrap_or_default()].concat());
    }
    inputs
}
