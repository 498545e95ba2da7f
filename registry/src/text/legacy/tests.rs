//! What the old encodings look like, and that they come back as they were.

use super::*;
use crate::text::clean;

const NAMES: &str = "Nguyễn Văn Đức,Trần Thị Hà,Lê Hoàng Phương,Phạm Quỳnh Hương,Đặng Thuỳ Dương,\
    Bùi Hữu Nghĩa,Võ Ngọc Ánh,Hồ Xuân Hoà,Đỗ Mỹ Linh,Lý Thường Kiệt,Dương Tử Kỳ,Phan Đình Khải";

/// Writes text in an encoding of single bytes, the other way than it is read.
fn written(encoding: Encoding, text: &str) -> Vec<u8> {
    let mut bytes = Vec::new();
    for c in text.chars() {
        let find = |table: &[(u8, char)]| {
            let found = table.iter().find(|(_, letter)| *letter == c);
            found.map(|(byte, _)| *byte)
        };
        match encoding {
            Encoding::Tcvn3 => match find(TCVN3) {
                Some(byte) => bytes.push(byte),
                // A large letter with a tone is a small one in a font of large letters.
                None if !c.is_ascii() => {
                    let small = c.to_lowercase().next().unwrap();
                    bytes.push(TCVN3.iter().find(|(_, of)| *of == small).unwrap().0);
                }
                None => bytes.push(c as u8),
            },
            Encoding::Vni => {
                let small = c.to_lowercase().next().unwrap();
                let marked = VNI_MARKED.iter().find(|(_, _, of)| *of == small);
                match (find(VNI_SINGLE), marked) {
                    (Some(byte), _) => bytes.push(byte),
                    (None, Some((base, mark, _))) => {
                        let large = c.is_uppercase();
                        let base = if large {
                            base.to_uppercase().next().unwrap()
                        } else {
                            *base
                        };
                        let single = VNI_SINGLE.iter().find(|(_, of)| *of == base);
                        bytes.push(single.map_or(base as u8, |(byte, _)| *byte));
                        bytes.push(if large { mark & !0x20 } else { *mark });
                    }
                    (None, None) => bytes.push(c as u8),
                }
            }
            Encoding::Windows1258 => {
                let tones = ['\u{300}', '\u{301}', '\u{303}', '\u{309}', '\u{323}'];
                let parts: Vec<char> =
                    unicode_normalization::UnicodeNormalization::nfd(c.to_string().as_str())
                        .collect();
                let base: String = parts.iter().filter(|c| !tones.contains(c)).collect();
                let base: String =
                    unicode_normalization::UnicodeNormalization::nfc(base.as_str()).collect();
                let tone = parts.iter().copied().filter(|c| tones.contains(c));
                for part in base.chars().chain(tone) {
                    let listed = WINDOWS_1258.iter().find(|(_, of)| *of == part);
                    bytes.push(listed.map_or_else(|| byte_of(part).unwrap(), |(byte, _)| *byte));
                }
            }
            other => panic!("{other} is not written here"),
        }
    }
    bytes
}

fn decoded(encoding: Encoding, bytes: &[u8], pieces: usize) -> String {
    let mut decoder = Decoder::new(encoding, bytes);
    let mut text = String::new();
    for piece in bytes.chunks(pieces) {
        decoder.push(piece, &mut text);
    }
    decoder.finish(&mut text);
    text
}

/// The letters that TCVN3 has no large form of come back small.
fn without_large_tones(text: &str) -> String {
    text.chars()
        .map(|c| {
            if TCVN3.iter().any(|(_, of)| *of == c) || c.is_ascii() {
                c
            } else {
                c.to_lowercase().next().unwrap()
            }
        })
        .collect()
}

#[test]
fn well_known_bytes_are_read() {
    for (encoding, bytes, text) in [
        (
            Encoding::Tcvn3,
            &b"Nguy\xd4n V\xa8n \xa7\xf8c, Tr\xc7n Th\xde H\xb5, D\xad\xac\x6eg"[..],
            "Nguyễn Văn Đức, Trần Thị Hà, Dương",
        ),
        (
            Encoding::Vni,
            &b"Nguye\xe3n Va\xean \xd1\xf6\xf9c, Tra\xe0n Th\xf2 Ha\xf8, D\xf6\xf4ng, Thu\xfby"[..],
            "Nguyễn Văn Đức, Trần Thị Hà, Dương, Thủy",
        ),
        (
            Encoding::Windows1258,
            &b"Nguy\xea\xden V\xe3n \xd0\xfd\xecc, Tr\xe2\xccn Th\x69\xf2 Ha\xcc, D\xfd\xf5ng"[..],
            "Nguyễn Văn Đức, Trần Thị Hà, Dương",
        ),
        (
            Encoding::Utf8Twice,
            "Nguyá»…n VÄƒn Ä\u{90}á»©c".as_bytes(),
            "Nguyễn Văn Đức",
        ),
    ] {
        for pieces in [1, 2, 3, 1000] {
            assert_eq!(clean(&decoded(encoding, bytes, pieces)), text, "{encoding}");
        }
    }
}

#[test]
fn every_encoding_is_found_and_comes_back_bare_and_behind_utf8() {
    for encoding in [Encoding::Tcvn3, Encoding::Vni, Encoding::Windows1258] {
        let bare = written(encoding, NAMES);
        let behind: String = bare.iter().map(|byte| latin(*byte)).collect();
        let expected = match encoding {
            Encoding::Tcvn3 => without_large_tones(NAMES),
            _ => NAMES.to_owned(),
        };
        for bytes in [bare.as_slice(), behind.as_bytes()] {
            assert_eq!(detect(bytes), Looks::Surely(encoding));
            for pieces in [1, 5, 4096] {
                assert_eq!(
                    clean(&decoded(encoding, bytes, pieces)),
                    expected,
                    "{encoding}"
                );
            }
        }
    }
    let twice: String = NAMES.bytes().map(latin).collect();
    assert_eq!(detect(twice.as_bytes()), Looks::Surely(Encoding::Utf8Twice));
    for pieces in [1, 5, 4096] {
        assert_eq!(
            decoded(Encoding::Utf8Twice, twice.as_bytes(), pieces),
            NAMES
        );
    }
}

#[test]
fn utf16_is_read_in_either_order_and_in_pieces() {
    let text = format!("\u{feff}{NAMES} \u{20000}");
    let little: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let big: Vec<u8> = text.encode_utf16().flat_map(u16::to_be_bytes).collect();
    for bytes in [little, big] {
        assert_eq!(detect(&bytes), Looks::Surely(Encoding::Utf16));
        for pieces in [1, 3, 4096] {
            let read = decoded(Encoding::Utf16, &bytes, pieces);
            assert_eq!(read, format!("{NAMES} \u{20000}"));
        }
    }
    let unmarked: Vec<u8> = "pin,name"
        .encode_utf16()
        .flat_map(u16::to_le_bytes)
        .collect();
    assert_eq!(detect(&unmarked), Looks::Perhaps(Encoding::Utf16));
    assert_eq!(decoded(Encoding::Utf16, &unmarked, 3), "pin,name");
}

#[test]
fn good_files_are_left_alone_and_strange_ones_are_not_guessed() {
    assert_eq!(detect(NAMES.as_bytes()), Looks::Surely(Encoding::Utf8));
    assert_eq!(detect(b"pin,name\n001,An\n"), Looks::Surely(Encoding::Utf8));
    assert_eq!(detect(b""), Looks::Surely(Encoding::Utf8));
    // Decomposed, with a letter that is cut, and with one bad row.
    let parts: String = unicode_normalization::UnicodeNormalization::nfd(NAMES).collect();
    assert_eq!(detect(parts.as_bytes()), Looks::Surely(Encoding::Utf8));
    let cut = NAMES.as_bytes().split_last().unwrap().1;
    assert_eq!(detect(cut), Looks::Surely(Encoding::Utf8));
    let bad = [NAMES.as_bytes(), b"\xff\xfe\n"].concat();
    assert_eq!(detect(&bad), Looks::Surely(Encoding::Utf8));
    let byte = |n: u32| {
        if n.is_multiple_of(5) {
            b','
        } else {
            ((n * 7919) >> 3) as u8 | 0x80
        }
    };
    let noise: Vec<u8> = (0..4000).map(byte).collect();
    assert_eq!(detect(&noise), Looks::Unlike);
}

#[test]
fn a_file_in_utf8_whose_names_are_of_a_minority_is_utf8() {
    let names = "Y Ƀham Niê,H'Ƀlang Ayŭn,Y Ŏ Êban,H'Ĭ Kbuôr,Y Djăng Êñuôl,H'Čhĕ Kpă,Y Blŏ Mlô,\
                 H'Ñuăn Niê,Y Kŭn Siêng,H'Rŭk Niê,Buôn Đrăng";
    assert_eq!(detect(names.as_bytes()), Looks::Surely(Encoding::Utf8));
    // With some words that are syllables, as addresses have them, but not with most.
    let with_addresses = format!("{names},Xã Ea Tân,Thôn Một,Đường Hùng Vương");
    assert_eq!(
        detect(with_addresses.as_bytes()),
        Looks::Surely(Encoding::Utf8)
    );
    let khmer = "សុខ,ចាន់,វណ្ណា,ដារ៉ា";
    assert_eq!(detect(khmer.as_bytes()), Looks::Surely(Encoding::Utf8));
}

#[test]
fn a_name_that_was_typed_in_an_old_encoding_is_found_by_itself() {
    for name in NAMES.split(',') {
        for encoding in [Encoding::Tcvn3, Encoding::Vni] {
            let bytes = written(encoding, name);
            let taken: String = bytes.iter().map(|byte| latin(*byte)).collect();
            let looks = mistyped(&taken).unwrap();
            assert_eq!(looks.encodings, [encoding], "{name}: {taken}");
        }
        assert_eq!(mistyped(name), None, "{name}");
    }
    for (name, surely) in [
        ("NguyÔn V¨n Hïng", true),
        ("Leâ Thò Höông", true),
        ("Vaên Höng", true),
        // One letter of another country may stand in a name of it.
        ("Höng", false),
        ("Loïc Lê", false),
        ("Thaï Ba", false),
        ("Can Gün", false),
        ("Linh Hå", false),
    ] {
        assert_eq!(
            mistyped(name).map(|looks| looks.surely),
            Some(surely),
            "{name}"
        );
    }
    // One word alone may be either.
    let either = [Encoding::Tcvn3, Encoding::Vni];
    assert_eq!(mistyped("Höng").unwrap().encodings, either);
}

#[test]
fn names_of_minorities_and_of_foreigners_were_not_typed_in_an_old_encoding() {
    for name in [
        "Y Ƀham",
        "H'Hen Niê",
        "H’Hen Niê",
        "Bru",
        "Hồ Văn Brú",
        "Y Añ",
        "Nay Ñen",
        "Y Ñê Bia",
        "A Lêi",
        "Siu Blôh",
        "Aê Bia",
        "Y Khê Êban",
        "Ðào Thanh Hoà",
        "Lê Kim-Thoa",
        "Lü Min",
        "José",
        "François Müller",
        "Noël Thanh",
        "Nguyen Van An",
        "",
    ] {
        assert_eq!(mistyped(name), None, "{name}");
    }
}

#[test]
fn an_address_in_an_old_encoding_is_found_between_its_numbers_and_signs() {
    for address in [
        "Số 12/3A, ngõ 5, đường Trường Chinh",
        "Tổ dân phố 4 (khu B), phường Quảng Phú",
        "Xóm Đồng Tâm – nhà văn hoá",
    ] {
        for encoding in [Encoding::Tcvn3, Encoding::Vni] {
            let text = address.replace(" –", ",");
            let bytes = written(encoding, &text);
            let taken: String = bytes.iter().map(|byte| latin(*byte)).collect();
            let looks = mistyped_text(&taken).unwrap();
            assert_eq!((looks.encodings, looks.surely), (vec![encoding], true));
        }
        assert_eq!(mistyped_text(address), None, "{address}");
    }
    // One word alone may be another country's.
    for (text, surely) in [
        ("Hµ Néi", true),
        ("NghÖ An", false),
        ("§ång Nai", false),
        ("12 Hµ Giang", false),
    ] {
        assert_eq!(
            mistyped_text(text).map(|looks| looks.surely),
            Some(surely),
            "{text}"
        );
    }
    for text in [
        "12 Tran Phu",
        "Lô 5 × 7, 100 m² đất",
        "Lô 5 × 7, khu 3",
        "Lô 7, 5m×20m×4m",
        "Xã Hà Nam, 4m×5m, 3m×6m",
        "Calle 5ª entre 2ª y 4ª",
        "Xã Hà Nam, thôn Bình Hoà",
        "Thôn Lê Lai, xã Hà Tân, số 4-6",
        "n° 4, §2, 15 m²",
        "Düsseldorf",
        "Königsallee 5, Düsseldorf",
        "Malmö, Västra Götaland",
        "Rue Saint-Honoré, Île-de-France",
        "Buôn Êa Nuôl",
        "Làng Plei Ơp, Ðăk Đoa",
        "",
    ] {
        assert_eq!(mistyped_text(text), None, "{text}");
    }
}

#[test]
fn names_of_encodings_read_back() {
    for encoding in Encoding::ALL {
        assert_eq!(encoding.name().parse(), Ok(encoding));
    }
    assert_eq!("UTF8".parse(), Ok(Encoding::Utf8));
    assert!("latin1".parse::<Encoding>().is_err());
}

#[test]
fn a_file_of_which_a_column_is_in_an_old_encoding_is_not_decoded_whole() {
    let good = "Thôn Đông,Bình,Tân,Xã Ea Tân,Đường Hùng Vương,Thôn Một,Phường Bến Nghé,Hà Nội,\
                Ấp Giữa,Tổ Bốn";
    for encoding in [Encoding::Tcvn3, Encoding::Vni] {
        let bad: String = written(encoding, NAMES)
            .iter()
            .map(|byte| latin(*byte))
            .collect();
        for columns in [1, 2] {
            let mixed = format!("{}{good}", format!("{bad},").repeat(columns));
            let looks = detect(mixed.as_bytes());
            assert_eq!(looks, Looks::Mixed(encoding), "{columns}");
        }
    }
}
