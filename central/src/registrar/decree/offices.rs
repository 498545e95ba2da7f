//! Offices follow a decree: what each is told, whose officers and nodes it gets, and where a feed
//! that ends sends its nodes.

use std::collections::BTreeMap;

use registry::OfficerId;
use registry::feed::OfficeChange;

use super::*;
use crate::registrar::officers::move_password;
use crate::slices::tell_feed;

/// Most nodes of one office that are looked for.
const NODES_MAX: usize = 10_000;

/// Remembers where the feeds stand that offices of dissolved communes will follow. From here on
/// what is for them goes to those feeds, though they hear of it only when they are told.
pub(super) fn begin(unit: &mut Unit<'_>, issued: &Issued) -> Result<(), UnitError> {
    for commune in issued.table.communes().map(|commune| commune.code) {
        if dissolved_into(issued, commune).next().is_some() {
            let head = unit.office(commune)?.head;
            unit.put(tables::META, &follow_key(issued.edition, commune), &head)?;
        }
    }
    Ok(())
}

fn follow_key(edition: Edition, commune: OfficeCode) -> Vec<u8> {
    let (edition, commune) = (edition.get().to_be_bytes(), commune.to_be_bytes());
    [b"decree followed from ".as_slice(), &edition, &commune].concat()
}

/// The communes that a decree makes a part of this one.
fn dissolved_into(issued: &Issued, commune: OfficeCode) -> impl Iterator<Item = OfficeCode> {
    let olds = issued.predecessors(commune).iter().copied();
    olds.filter(move |old| *old != commune && issued.decree.office(*old) == commune)
}

/// Tells the office of a commune, and makes those that are dissolved into it part of it.
pub(super) fn tell(
    unit: &mut Unit<'_>,
    issued: &Issued,
    commune: OfficeCode,
) -> Result<(), UnitError> {
    let dissolved: Vec<OfficeCode> = dissolved_into(issued, commune).collect();
    let key = follow_key(issued.edition, commune);
    let follow: Option<FeedSeq> = unit.get(tables::META, &key)?;
    unit.delete(tables::META, &key);
    let mut heard = is_staffed(unit, commune)?;
    let mut ending = Vec::new();
    for old in dissolved {
        if is_staffed(unit, old)? {
            heard = true;
            ending.push(old);
        }
    }
    if !heard {
        // Whoever joins there first is told of everything then.
        return Ok(());
    }
    let (renamed, passwords) = join_officers(unit, commune, &ending)?;
    let extent = (!issued.leaves_extent(commune)).then(|| OfficeChange {
        commune,
        follow: None,
        renamed: Vec::new(),
    });
    tell_units(unit, commune, issued, extent)?;
    let follow = match follow {
        Some(follow) => follow,
        None => unit.office(commune)?.head,
    };
    if !ending.is_empty() {
        let officers: Vec<Officer> = unit
            .get(tables::OFFICERS, &commune.to_be_bytes())?
            .unwrap_or_default();
        tell_feed(unit, commune, &FeedItem::Officers(officers))?;
        for password in &passwords {
            tell_feed(unit, commune, password)?;
        }
    }
    for old in ending {
        let change = OfficeChange {
            commune,
            follow: Some(follow),
            renamed: renamed.get(&old).cloned().unwrap_or_default(),
        };
        tell_units(unit, old, issued, Some(change))?;
        move_nodes(unit, issued.edition, old, commune)?;
    }
    Ok(())
}

/// Of which edition a feed has been told last.
fn told_key(feed: OfficeCode) -> Vec<u8> {
    [b"units told to ".as_slice(), &feed.to_be_bytes()].concat()
}

/// Tells a feed of a decree, and before it of all since the beginning of which it was not told: there
/// may have been no device while those were carried out, though records came and went.
fn tell_units(
    unit: &mut Unit<'_>,
    feed: OfficeCode,
    issued: &Issued,
    office: Option<OfficeChange>,
) -> Result<(), UnitError> {
    let units = Arc::clone(unit.units());
    let told = tell_beginning(unit, feed)?;
    let mut earlier = units.issued().iter();
    while let Some(it) = earlier.find(|it| it.edition > told && it.edition < issued.edition) {
        tell_decree(unit, feed, it, None)?;
    }
    tell_decree(unit, feed, issued, office)?;
    unit.put(tables::META, &told_key(feed), &issued.edition)
}

/// Tells a feed with which edition the registry began, unless it was told; gives the edition of which
/// it was told last.
fn tell_beginning(unit: &mut Unit<'_>, feed: OfficeCode) -> Result<Edition, UnitError> {
    let key = told_key(feed);
    if let Some(told) = unit.get(tables::META, &key)? {
        return Ok(told);
    }
    let base = unit.units().base();
    if base != Edition::SINCE_JULY_2025 {
        let begins = UnitsNotice {
            edition: base,
            commit: registry::CommitSeq::new(0),
            change: UnitsChange::Begins,
            office: None,
        };
        tell_feed(unit, feed, &FeedItem::Units(Box::new(begins)))?;
    }
    unit.put(tables::META, &key, &base)?;
    Ok(base)
}

/// Tells a feed of a decree: its table, in parts if it is large, and then what it means.
fn tell_decree(
    unit: &mut Unit<'_>,
    feed: OfficeCode,
    issued: &Issued,
    office: Option<OfficeChange>,
) -> Result<(), UnitError> {
    let unwritable = UnitError::Unwritable {
        table: tables::FEEDS.0,
    };
    let (parts, change) = told(issued.edition, &issued.decree).ok_or(unwritable)?;
    for part in parts {
        tell_feed(unit, feed, &FeedItem::DecreePart(Box::new(part)))?;
    }
    let notice = UnitsNotice {
        edition: issued.edition,
        commit: issued.commit,
        change,
        office,
    };
    tell_feed(unit, feed, &FeedItem::Units(Box::new(notice)))
}

/// Whether anybody follows the feed of a commune, or once did.
fn is_staffed(unit: &mut Unit<'_>, office: OfficeCode) -> Result<bool, UnitError> {
    Ok(unit.office(office)?.head > FeedSeq::new(0)
        || !unit
            .keys(tables::NODES, &office.to_be_bytes(), 1)?
            .is_empty())
}

/// Two accounts of one name in two offices are two people: the successor's own keeps the name.
type Renamed = BTreeMap<OfficeCode, Vec<(OfficerId, OfficerId)>>;

fn join_officers(
    unit: &mut Unit<'_>,
    commune: OfficeCode,
    ending: &[OfficeCode],
) -> Result<(Renamed, Vec<FeedItem>), UnitError> {
    let key = commune.to_be_bytes();
    let mut officers: Vec<Officer> = unit.get(tables::OFFICERS, &key)?.unwrap_or_default();
    let mut renamed = Renamed::new();
    let mut passwords = Vec::new();
    for old in ending {
        let more: Vec<Officer> = unit
            .get(tables::OFFICERS, &old.to_be_bytes())?
            .unwrap_or_default();
        for mut officer in more {
            let was = officer.id.clone();
            if officers.iter().any(|known| known.id == officer.id) {
                let Some(name) = another_name(&officer.id, *old) else {
                    continue;
                };
                let before = std::mem::replace(&mut officer.id, name.clone());
                renamed.entry(*old).or_default().push((before, name));
            }
            let (from, to) = ((*old, &was), (commune, &officer.id));
            passwords.extend(move_password(unit, from, to)?);
            officers.push(officer);
        }
    }
    if !ending.is_empty() {
        unit.put(tables::OFFICERS, &key, &officers)?;
    }
    Ok((renamed, passwords))
}

/// `lan` of the commune 00001 is `lan.00001` in the office that hers became part of.
fn another_name(id: &OfficerId, office: OfficeCode) -> Option<OfficerId> {
    let name: String = id.as_str().chars().take(34).collect();
    format!("{name}.{office}").parse().ok()
}

fn move_nodes(
    unit: &mut Unit<'_>,
    edition: Edition,
    old: OfficeCode,
    commune: OfficeCode,
) -> Result<(), UnitError> {
    for key in unit.keys(tables::NODES, &old.to_be_bytes(), NODES_MAX)? {
        let Some(node) = key.get(4..).and_then(NodeId::from_slice) else {
            continue;
        };
        let Some(mut row) = unit.get::<NodeRow>(tables::NODES, &key)? else {
            continue;
        };
        // It has nothing of the feed that it is to follow.
        row.applied = FeedSeq::new(0);
        unit.delete(tables::NODES, &key);
        unit.put(tables::NODES, &tables::node_key(commune, &node), &row)?;
        remember(unit, &node, old, commune, edition)?;
    }
    Ok(())
}

fn remember(
    unit: &mut Unit<'_>,
    node: &NodeId,
    old: OfficeCode,
    commune: OfficeCode,
    edition: Edition,
) -> Result<(), UnitError> {
    let mut former = unit.former(node)?.unwrap_or(FormerRow {
        offices: Vec::new(),
        home: old,
    });
    former.offices.push((old, edition));
    former.home = commune;
    unit.put(tables::FORMER, &tables::node_mark(node), &former)
}

/// Tells the first node of an office of the units, and places one whose commune was dissolved
/// since its token was written; gives the commune whose office it is of.
pub(in crate::registrar) fn place_newcomer(
    unit: &mut Unit<'_>,
    joining: &Joining,
) -> Result<OfficeCode, UnitError> {
    let office = joining.office;
    let commune = unit.office_now(office);
    if let Some(former) = unit.former(&joining.node)?
        && former.offices.iter().any(|(known, _)| *known == office)
    {
        return Ok(former.home);
    }
    let edition = unit.edition_for(commune);
    tell_history(unit, commune, edition, None)?;
    if commune != office {
        let follow = unit.office(commune)?.head;
        let change = OfficeChange {
            commune,
            follow: Some(follow),
            renamed: Vec::new(),
        };
        tell_history(unit, office, edition, Some(&change))?;
        remember_stations(unit, joining, commune, edition)?;
    }
    Ok(commune)
}

/// Remembers each office that a newcomer's commune has been a part of since its token was written:
/// where that had devices, its feed leads there decree by decree.
fn remember_stations(
    unit: &mut Unit<'_>,
    joining: &Joining,
    commune: OfficeCode,
    edition: Edition,
) -> Result<(), UnitError> {
    let units = Arc::clone(unit.units());
    let mut at = joining.office;
    for issued in units.issued().iter().filter(|it| it.edition <= edition) {
        let next = issued.decree.office(at);
        if next != at {
            remember(unit, &joining.node, at, next, issued.edition)?;
            at = next;
        }
    }
    if at == commune {
        return Ok(());
    }
    remember(unit, &joining.node, at, commune, edition)
}

/// Tells a feed with which edition the registry began and which decrees there were since, up to
/// this edition and as far as it was not told; with the last of them, what has become of the office.
fn tell_history(
    unit: &mut Unit<'_>,
    office: OfficeCode,
    up_to: Edition,
    change: Option<&OfficeChange>,
) -> Result<(), UnitError> {
    let told = tell_beginning(unit, office)?;
    let units = Arc::clone(unit.units());
    let mut issued = units.issued().iter().rev();
    let last = issued.find(|it| it.edition <= up_to);
    let is_news =
        |it: &&Issued| it.edition > units.base() && (change.is_some() || it.edition > told);
    match last.filter(is_news) {
        Some(last) => tell_units(unit, office, last, change.cloned()),
        None => Ok(()),
    }
}
