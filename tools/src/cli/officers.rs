//! `registryctl officer` and `readings`: what is typed.

use clap::{Args, Subcommand};
use registry::code::Role;
use registry::date::Date;
use registry::{OfficeCode, OfficerId};

const OFFICER_EXAMPLES: &str = "\
Examples:
  registryctl officer add 00004 minh --name 'Trần Văn Minh' --role residence
  registryctl officer list 00004
  registryctl officer roles 00004 minh --role residence --role admin
  registryctl officer reset 00004 minh              a password for one sign-in, printed once
  registryctl officer close 00004 minh

What is done reaches the office with its feed. A password that is set here holds at the office whatever
the officer has changed there; what the officer changes afterwards stays at the office until it is set
here again.";

#[derive(Debug, Args)]
#[command(after_help = OFFICER_EXAMPLES)]
pub(crate) struct OfficerArguments {
    #[command(subcommand)]
    pub(crate) action: OfficerAction,
}

#[derive(Debug, Subcommand)]
pub(crate) enum OfficerAction {
    /// Opens an account, or one that was closed again. Then give it a password with `reset`, or let
    /// an administrator of the office give one.
    Add(OfficerAddArguments),
    /// The accounts of an office.
    List {
        /// The office's commune, five digits.
        office: OfficeCode,
    },
    /// Gives an officer these roles in place of the ones before.
    Roles {
        /// The office's commune, five digits.
        office: OfficeCode,
        /// Account name.
        name: OfficerId,
        /// civil-status, residence, identification, viewer or admin; may be given again.
        #[arg(long = "role", required = true, value_name = "ROLE")]
        roles: Vec<Role>,
    },
    /// Closes an account; its sessions at the office end when the feed comes.
    Close {
        /// The office's commune, five digits.
        office: OfficeCode,
        /// Account name.
        name: OfficerId,
    },
    /// Gives an officer a password for one sign-in, or takes the password away.
    Reset {
        /// The office's commune, five digits.
        office: OfficeCode,
        /// Account name.
        name: OfficerId,
        /// Give none: for an account that somebody else may be using.
        #[arg(long)]
        take_away: bool,
    },
}

#[derive(Debug, Args)]
pub(crate) struct OfficerAddArguments {
    /// The office's commune, five digits.
    pub(crate) office: OfficeCode,
    /// Account name: a-z, 0-9, dot, dash, underscore.
    pub(crate) name: OfficerId,
    /// Name as shown.
    #[arg(long = "name", value_name = "NAME")]
    pub(crate) shown: String,
    /// civil-status, residence, identification, viewer or admin; may be given again.
    #[arg(long = "role", required = true, value_name = "ROLE")]
    pub(crate) roles: Vec<Role>,
}

const READINGS_EXAMPLES: &str = "\
Examples:
  registryctl readings --office 00004 --since 2026-11-01
  registryctl readings --office 00004 --officer minh --format json";

#[derive(Debug, Args)]
#[command(after_help = READINGS_EXAMPLES)]
pub(crate) struct ReadingsArguments {
    /// The office's commune, five digits.
    #[arg(long, value_name = "CODE")]
    pub(crate) office: OfficeCode,
    /// By this officer alone.
    #[arg(long, value_name = "NAME")]
    pub(crate) officer: Option<OfficerId>,
    /// Since this day.
    #[arg(long, value_name = "DAY")]
    pub(crate) since: Option<Date>,
    /// Behind this one, as the answer before told.
    #[arg(long, value_name = "PLACE")]
    pub(crate) after: Option<String>,
    /// At most so many.
    #[arg(long, default_value_t = 200, value_parser = clap::value_parser!(u32).range(1..=10_000))]
    pub(crate) limit: u32,
}
