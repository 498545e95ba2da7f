//! The command line of `provision`, and the words that teach it.

use std::net::IpAddr;
use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};
use provisioning::CERTIFICATE_DAYS_CENTRAL;
use registry::code::Role;
use registry::unit::Units;
use registry::{OfficeCode, OfficerId};

const EXAMPLES: &str = "\
The usual way, on a computer that is not on the network:

  provision init --dir authority
  provision central --dir authority --name central.npd --ip 203.0.113.5
  provision token --dir authority --commune 00004 --address 203.0.113.5:7443 \\
      --officer lan --officer-name 'Nguyễn Thị Lan' \\
      --roles civil-status,residence,identification --out 00004.token
  provision show 00004.token

The token goes to the commune, on paper or on a stick; there: commune-node join.";

/// Makes the authority of the registry's nodes: root, issuing key, central's certificate, and join
/// tokens with which a commune's device becomes a node.
#[derive(Debug, Parser)]
#[command(name = "provision", version, after_long_help = EXAMPLES, after_help = EXAMPLES)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Make a root and its issuing key, and the same for the offices' screens.
    ///
    /// Writes root.pem, root.key, issuing.pem and issuing.key, and the four of `screens`; refuses
    /// if one is there already.
    Init {
        /// Directory of the authority; made if it is not there.
        #[arg(long, value_name = "DIR")]
        dir: PathBuf,
    },
    /// Issue central's certificate and key.
    ///
    /// Writes central.pem (its certificate and the issuing one) and central.key.
    #[command(after_help = "Example:\n  provision central --dir authority --name central.npd")]
    Central {
        /// Directory of the authority.
        #[arg(long, value_name = "DIR")]
        dir: PathBuf,
        /// Name by which nodes know central; may be given again. The first must be the one in the
        /// join tokens.
        #[arg(long = "name", value_name = "DNS NAME", required = true)]
        names: Vec<String>,
        /// Address by which nodes know central instead of a name; may be given again.
        #[arg(long = "ip", alias = "address", value_name = "IP")]
        ips: Vec<IpAddr>,
        /// How long the certificate is valid.
        #[arg(long, value_name = "DAYS", default_value_t = CERTIFICATE_DAYS_CENTRAL,
              value_parser = clap::value_parser!(u32).range(1..=825))]
        days: u32,
    },
    /// Make the keys that certify the offices' screens, for an authority that was made before there
    /// were any; `init` makes them too.
    ///
    /// Writes screens-root.pem, screens-root.key, screens-issuing.pem and screens-issuing.key.
    Screens {
        /// Directory of the authority.
        #[arg(long, value_name = "DIR")]
        dir: PathBuf,
    },
    /// Issue a join token: one device, one commune, one use.
    ///
    /// A token is a secret until it is used: whoever has it can join in the commune's place.
    Token(TokenArguments),
    /// Show what a certificate or a join token says; never a secret.
    #[command(after_help = "Example:\n  provision show 00004.token --format json")]
    Show {
        /// A token, or a certificate as PEM.
        #[arg(value_name = "FILE")]
        file: PathBuf,
        /// How to show it.
        #[arg(long, value_enum, default_value_t = Format::Table)]
        format: Format,
    },
}

#[derive(Debug, Args)]
pub(crate) struct TokenArguments {
    /// Directory of the authority.
    #[arg(long, value_name = "DIR")]
    pub(crate) dir: PathBuf,
    /// Official code of the commune, 5 digits.
    #[arg(long, value_name = "CODE", value_parser = commune)]
    pub(crate) commune: OfficeCode,
    /// Where the node dials central; may be given again, the best first.
    #[arg(long = "address", value_name = "HOST:PORT", required = true)]
    pub(crate) addresses: Vec<String>,
    /// Name in central's certificate.
    #[arg(long, value_name = "DNS NAME", default_value = "central.npd")]
    pub(crate) server_name: String,
    /// Account name of the officer who sets the node up.
    #[arg(long, value_name = "ACCOUNT")]
    pub(crate) officer: OfficerId,
    /// Name of that officer as it is shown.
    #[arg(long, value_name = "NAME")]
    pub(crate) officer_name: String,
    /// Roles of that officer.
    #[arg(long, value_name = "ROLE,...", value_delimiter = ',', required = true,
          value_parser = role)]
    pub(crate) roles: Vec<String>,
    /// How long the token can be used.
    #[arg(long, value_name = "DAYS", default_value_t = 14,
          value_parser = clap::value_parser!(u32).range(1..=90))]
    pub(crate) expires_days: u32,
    /// Write it here, readable by you alone, instead of printing it.
    #[arg(long, value_name = "FILE")]
    pub(crate) out: Option<PathBuf>,
    /// How to show what was written to a file.
    #[arg(long, value_enum, default_value_t = Format::Table)]
    pub(crate) format: Format,
}

/// A commune of the official list: a token for one that is not there would join and never be fed.
fn commune(text: &str) -> Result<OfficeCode, String> {
    let code: OfficeCode = text
        .parse()
        .map_err(|error: registry::IdError| error.to_string())?;
    if Units::built_in().exists(code) {
        Ok(code)
    } else {
        Err("no commune of the official list has this code".to_owned())
    }
}

/// A role by the name that it has everywhere.
fn role(text: &str) -> Result<String, String> {
    let role: Role = text
        .parse()
        .map_err(|error: registry::code::CodeError| error.to_string())?;
    Ok(role.to_string())
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// For people.
    Table,
    /// For programs.
    Json,
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn the_command_line_is_sound_and_its_examples_parse() {
        Arguments::command().debug_assert();
        let text = EXAMPLES.replace("\\\n", " ");
        let examples: Vec<Vec<String>> = text
            .lines()
            .filter(|line| line.trim_start().starts_with("provision "))
            .map(|line| line.replace("'Nguyễn Thị Lan'", "Lan"))
            .map(|line| line.split_whitespace().map(str::to_owned).collect())
            .collect();
        assert_eq!(examples.len(), 4);
        for example in examples {
            Arguments::try_parse_from(&example).unwrap();
        }
    }
}
