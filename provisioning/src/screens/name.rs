//! What an office's screens may be called: names that no other office can have, and addresses that
//! lead nowhere outside a private network.

use std::fmt;
use std::net::IpAddr;
use std::str::FromStr;

use registry::OfficeCode;

use super::PRIVATE;
use crate::error::ScreensRefused;

/// All names of screens end so. `internal` is reserved for private use: nobody can register it.
pub const SUFFIX: &str = "office.internal";
/// Most names of one certificate.
pub const NAMES_MAX: usize = 8;
const LABEL_BYTES_MAX: usize = 63;

/// A name or an address by which other machines of its network reach an office's screens.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum ScreensName {
    /// `office-00004.office.internal`, or one label before it; small letters.
    Dns(String),
    /// A private address.
    Address(IpAddr),
}

impl ScreensName {
    /// The name that every office has.
    pub fn of_office(office: OfficeCode) -> ScreensName {
        ScreensName::Dns(own(office))
    }

    /// Whether an office of these may be called so. A private address is everybody's.
    pub(super) fn is_of(&self, offices: &[OfficeCode]) -> bool {
        match self {
            ScreensName::Address(_) => true,
            ScreensName::Dns(name) => offices.iter().any(|office| {
                let own = own(*office);
                *name == own || name.strip_suffix(&own).is_some_and(|it| it.ends_with('.'))
            }),
        }
    }
}

impl FromStr for ScreensName {
    type Err = ScreensRefused;

    fn from_str(text: &str) -> Result<ScreensName, ScreensRefused> {
        let unusable = || ScreensRefused::Name {
            name: text
                .chars()
                .take(100)
                .filter(|it| !it.is_control())
                .collect(),
        };
        if let Ok(address) = text.parse::<IpAddr>() {
            let is_private = PRIVATE.iter().any(|net| is_within(address, *net));
            return if is_private {
                Ok(ScreensName::Address(address))
            } else {
                Err(unusable())
            };
        }
        let name = text.to_ascii_lowercase();
        let of_office = name
            .strip_suffix(SUFFIX)
            .and_then(|rest| rest.strip_suffix('.'))
            .ok_or_else(unusable)?;
        let (before, office) = match of_office.rsplit_once('.') {
            Some((before, office)) => (Some(before), office),
            None => (None, of_office),
        };
        let office: Option<OfficeCode> = office
            .strip_prefix("office-")
            .and_then(|code| code.parse().ok());
        // One spelling only: what is written is what was read.
        let is_office = office.is_some_and(|office| {
            let own = own(office);
            before.map_or(name == own, |before| name == format!("{before}.{own}"))
        });
        if is_office && before.is_none_or(is_label) {
            Ok(ScreensName::Dns(name))
        } else {
            Err(unusable())
        }
    }
}

impl fmt::Display for ScreensName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            ScreensName::Dns(name) => f.write_str(name),
            ScreensName::Address(address) => address.fmt(f),
        }
    }
}

fn own(office: OfficeCode) -> String {
    format!("office-{office}.{SUFFIX}")
}

fn is_label(label: &str) -> bool {
    let letters = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
    (1..=LABEL_BYTES_MAX).contains(&label.len())
        && label.bytes().all(letters)
        && !label.starts_with('-')
        && !label.ends_with('-')
}

/// Whether an address lies in a network.
fn is_within(address: IpAddr, (network, bits): (IpAddr, u8)) -> bool {
    match (address, network) {
        (IpAddr::V4(address), IpAddr::V4(network)) => {
            let away = address.to_bits() ^ network.to_bits();
            away.leading_zeros() >= u32::from(bits)
        }
        (IpAddr::V6(address), IpAddr::V6(network)) => {
            let away = address.to_bits() ^ network.to_bits();
            away.leading_zeros() >= u32::from(bits)
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_names_of_offices_and_private_addresses_are_taken() {
        for good in [
            "office-00004.office.internal",
            "pc2.office-00004.office.internal",
            "10.0.0.7",
            "172.16.0.1",
            "172.31.255.255",
            "192.168.1.10",
            "169.254.3.4",
            "fd12:3456::1",
        ] {
            let name: ScreensName = good.parse().unwrap();
            assert_eq!(name.to_string(), good);
        }
        for bad in [
            "",
            "office.internal",
            "vneid.gov.vn",
            "office-4.office.internal",
            "office-00004.office.internal.",
            "office-00004.office.internal.evil.vn",
            "office-00004office.internal",
            "xoffice.internal",
            "*.office-00004.office.internal",
            "a.b.office-00004.office.internal",
            "-a.office-00004.office.internal",
            ".office-00004.office.internal",
            "127.0.0.1",
            "172.32.0.1",
            "8.8.8.8",
            "0.0.0.0",
            "::1",
            "2001:db8::1",
        ] {
            let refused = bad.parse::<ScreensName>().unwrap_err();
            assert_eq!(refused.code(), "screens_name", "{bad}");
        }
        let upper: ScreensName = "PC2.Office-00004.OFFICE.internal".parse().unwrap();
        assert_eq!(upper.to_string(), "pc2.office-00004.office.internal");
    }

    #[test]
    fn a_name_is_of_one_office() {
        let [here, there] = [4, 8].map(|code| OfficeCode::new(code).unwrap());
        let name: ScreensName = "pc2.office-00004.office.internal".parse().unwrap();
        assert!(name.is_of(&[there, here]));
        assert!(ScreensName::of_office(here).is_of(&[here]));
        assert!(!name.is_of(&[there]));
        assert!(!name.is_of(&[]));
    }
}
