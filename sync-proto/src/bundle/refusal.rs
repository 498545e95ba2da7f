//! Why a bundle is not taken, for the person with the stick. Nothing of what a bundle holds is ever
//! repeated in the words.

use crate::SessionError;
use crate::error::coded;

coded!(
    /// Why a bundle is not taken; nothing of it has happened unless the words say so.
    BundleRefusal {
        /// Another kind of file.
        "bundle_not_one" NotOne = "this file is no bundle; choose the file that the office, or the centre, wrote onto the stick",
        /// Bits are wrong or the end is missing.
        "bundle_damaged" Damaged = "the file is damaged or cut off; write it onto the stick once more, and take the stick out only when its light is out",
        /// More bytes than a bundle has.
        "bundle_too_large" TooLarge { /// The limit.
            max: usize } = "the file is larger than a bundle can be ({max} bytes); choose the file that the office, or the centre, wrote",
        /// Made by a later release.
        "bundle_newer" Newer { /// Its version.
            theirs: u8, /// What is read here.
            ours: u8 } = "the bundle is of version {theirs} and this release reads {ours}; upgrade this side, the bundle stays good meanwhile",
        /// An answer at the centre, or a bundle for the centre at an office.
        "bundle_wrong_way" WrongWay { /// Where it belongs.
            to: &'static str } = "this bundle is on its way to {to}; take it there",
        /// Too old.
        "bundle_expired" Expired { /// When it was over, seconds since 1970.
            at_s: i64 } = "the bundle is over since second {at_s}; make a new one at the office, which holds everything that was in it",
        /// Sealed to a key that is not here.
        "bundle_other_centre" OtherCentre = "the bundle is sealed for another centre, or for a key that this centre has given up long ago; the office makes a new one after its next contact by line",
        /// The seal does not open with the right key.
        "bundle_seal_broken" SealBroken = "the seal of the bundle does not open: it was changed on the way; make a new one, and report it",
        /// Not signed by whom it names.
        "bundle_signature" Signature = "the bundle is not signed by the device, or the centre, that it names; make a new one, and report it",
        /// For or from another office.
        "bundle_other_office" OtherOffice = "the bundle belongs to another office; choose the file of this one",
        /// From before a decree made the office a part of another: it speaks of another feed.
        "bundle_before_decree" BeforeDecree = "the answer is from before the office became a part of another by decree; nothing was taken from it. Make a new bundle and take its answer, or give the office a line",
        /// The centre does not know the device.
        "bundle_device_unknown" DeviceUnknown = "no device of this name ever joined this centre",
        /// The device is revoked, lost or replaced.
        "bundle_device_shut_out" DeviceShutOut = "the device that made the bundle is shut out; the bundle is kept in quarantine for people to look at, and nothing of it was taken",
        /// Made before the device began its present life.
        "bundle_old_life" OldLife = "the bundle is of an earlier life of the device, whose unsent acts were filed again since; make a new one at the office",
        /// Other acts than those that are here under the same numbers.
        "bundle_chain_broken" ChainBroken = "the centre has other acts of this device under the same numbers: it was restored or copied. Give it a line once, so that it begins a new life",
        /// Acts before those in it are missing.
        "bundle_gap" Gap { /// What.
            what: &'static str, /// The number that is due.
            due: u64, /// The number that came.
            came: u64 } = "{what}: number {due} is due and the bundle begins with {came}; take the earlier bundle in first, or make a new one",
        /// The office has heard more than this centre ever said.
        "bundle_node_ahead" NodeAhead = "the office has more of the feed than the centre; the centre lost data: restore its newest backup before anything is taken",
        /// A count that nobody reaches.
        "bundle_count_ahead" CountAhead = "the device counts lives past anything possible; look at the device before anything of it is taken",
        /// An answer to no bundle of this office.
        "bundle_answer_unasked" AnswerUnasked = "no bundle of this device asked for this answer, or its key is given up; make a new bundle, and take its answer",
        /// The office cannot seal yet.
        "bundle_no_key" NoKey = "this office has not heard the centre's key for bundles; give it a line once, it comes with the first greeting",
        /// Frames that break the rules of the session.
        "bundle_content" Content { /// Which rule.
            error: SessionError } = "what is in the bundle breaks the rules of the line: {error}",
    }
);

impl From<SessionError> for BundleRefusal {
    fn from(error: SessionError) -> Self {
        Self::Content { error }
    }
}
