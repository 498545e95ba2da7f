//! Every limit of the shell in one place, with the threat beside it. What a peer may send on a
//! line is limited in `sync_proto::limits`.

use std::time::Duration;

/// Lines that are served at once: one for each commune, and as many again that reconnect.
pub const CONNECTIONS_MAX: usize = 8_192;
/// Lines on which nodes join, at once: they have proved nothing yet.
pub const JOINS_MAX: usize = 64;
/// How long a joining node may take for its request.
pub const JOIN_TIME_MAX: Duration = Duration::from_secs(30);
/// Work that waits for the registrar; past that, sessions wait and their senders with them.
pub const COMMANDS_MAX: usize = 1_024;
/// Batches that share one sync of the disk: more would make the first of them wait too long, and
/// fill what the store holds before a sync.
pub const GROUP_COMMANDS_MAX: usize = 16;
/// Answers that one line may wait for before no more is read from it.
pub const ANSWERS_MAX: usize = 12;
/// Reads of pages, feeds and lists that run at once, each on a thread of its own.
pub const READS_MAX: usize = 8;
/// How often the contact with a node is written down, at most.
pub const CONTACT_INTERVAL: Duration = Duration::from_secs(60);
/// When a node is asked to come back after the store has refused, milliseconds; jitter comes on
/// top, so that a region does not return in one second.
pub const RETRY_MS: u64 = 30_000;
/// The same when the centre goes down for a restart, and while a decree is carried out.
pub const RESTART_MS: u64 = 5_000;
/// How long a peer may take for the last frames of a line.
pub const FINISH_TIME_MAX: Duration = Duration::from_secs(5);
/// How long before and after its validity a node's certificate is let through: an office that was
/// dark for months comes back by its key. Whether it is shut out is looked up at each connection.
pub const CERTIFICATE_GRACE: Duration = Duration::from_secs(180 * 86_400);

/// Body of a request to the interface, bytes.
pub const BODY_BYTES_MAX: usize = 64 << 10;
/// How long a caller may take for the body of a request.
pub const BODY_TIME_MAX: Duration = Duration::from_secs(30);
/// Largest request that brings a decree: its file within JSON, where each line end takes two bytes.
pub const DECREE_BYTES_MAX: usize = registry::unit::FILE_BYTES_MAX + (512 << 10);
/// Largest request that brings a bundle: one byte more than is taken, so that who sends too much is
/// told how much it may be.
pub const BUNDLE_BODY_BYTES_MAX: usize = sync_proto::limits::BUNDLE_BYTES_MAX + 1;
/// Rows of a list that the interface gives at once.
pub const ROWS_MAX: usize = 10_000;
/// Rows of a list when nobody says how many.
pub const ROWS_DEFAULT: usize = 200;
/// Accounts of one office, closed ones included: they travel in one entry of its feed.
pub const OFFICERS_MAX: usize = 500;
/// Readings that are gone through for one answer.
pub const READINGS_SCANNED_MAX: usize = 20_000;
/// Operators.
pub const OPERATORS_MAX: usize = 1_000;
/// Shortest time between two countings of all records for the summary.
pub const COUNT_INTERVAL: Duration = Duration::from_secs(10);

/// Between two looks whether a commune is to be surveyed, when none was.
pub const SURVEY_PAUSE: Duration = Duration::from_secs(10);
/// After a survey the surveyor rests so many times as long as it took.
pub const SURVEY_REST: u32 = 9;
/// How long the surveyor goes by the pairs that it has gathered, because it goes through all that
/// were ever found to gather them: as long as a commune that has changed waits for its survey.
pub const SURVEY_PAIRS_AGE_MAX: Duration = Duration::from_secs(3_600);

/// How long answers of the interface may take to finish when the registry goes down.
pub const API_FINISH_TIME_MAX: Duration = Duration::from_secs(1);

/// After trouble with the disk a decree is carried on so much later.
pub const DECREE_RETRY: Duration = Duration::from_secs(30);
