//! `provision`: makes the authority, central's certificate and join tokens. The rules are in the
//! library; here are the command line, the clock and the files.
//!
//! Exit codes: 0 done, 1 refused or failed (the reason and its code on standard error), 2 the
//! command line is wrong.

mod arguments;
mod show;

use std::path::Path;
use std::process::ExitCode;

use anyhow::Context;
use clap::Parser;
use provisioning::files::{self, FileError};
use provisioning::{
    Authority, FirstOfficer, IssueError, JoinToken, NewToken, ScreensAuthority, TokenError,
    TokenId, Validity,
};

use crate::arguments::{Arguments, Command, Format, TokenArguments};

const DAY_S: i64 = 86_400;

fn main() -> ExitCode {
    match run(Arguments::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("provision: {error:#}{}", code_of(&error));
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: Arguments) -> anyhow::Result<()> {
    match arguments.command {
        Command::Init { dir } => init(&dir),
        Command::Central {
            dir,
            names,
            ips,
            days,
        } => {
            let names: Vec<String> = names
                .into_iter()
                .chain(ips.iter().map(ToString::to_string))
                .collect();
            central(&dir, &names, days)
        }
        Command::Screens { dir } => screens(&dir),
        Command::Token(token) => issue(token),
        Command::Show { file, format } => {
            let text = files::read_text(&file)?;
            let shown = show::read(&text).with_context(|| {
                format!(
                    "{} cannot be shown: give a certificate (root.pem, node.pem, …) or the file of `provision token --out`",
                    file.display()
                )
            })?;
            print(&shown, format)
        }
    }
}

fn init(dir: &Path) -> anyhow::Result<()> {
    let authority = Authority::create(now())?;
    files::store_authority(dir, &authority)?;
    println!("Made the authority in {}.", dir.display());
    println!();
    println!(
        "Now carry {} and {} away: copy them to two sticks, keep them",
        files::ROOT_KEY,
        files::SCREENS_ROOT_KEY
    );
    println!("apart and offline, and delete them here. They are needed again in five years, to");
    println!("sign the next issuing keys; everything else works without them.");
    Ok(())
}

fn central(dir: &Path, names: &[String], days: u32) -> anyhow::Result<()> {
    let issuer = files::load_issuer(dir)?;
    let (chain, key) = issuer.certify_server(names, Validity::from_now(now(), days)?)?;
    files::store_central(dir, &chain, &key)?;
    println!(
        "Wrote {} and {} for {}.",
        files::CENTRAL_PEM,
        files::CENTRAL_KEY,
        names.join(", ")
    );
    println!(
        "Central needs them, and {}, {} and {}; for the screens of offices also",
        files::ROOT_PEM,
        files::ISSUING_PEM,
        files::ISSUING_KEY
    );
    println!(
        "{}, {} and {}.",
        files::SCREENS_ROOT_PEM,
        files::SCREENS_ISSUING_PEM,
        files::SCREENS_ISSUING_KEY
    );
    Ok(())
}

fn screens(dir: &Path) -> anyhow::Result<()> {
    files::store_screens(dir, &ScreensAuthority::create(now())?)?;
    println!(
        "Wrote {}, {}, {} and {}.",
        files::SCREENS_ROOT_PEM,
        files::SCREENS_ROOT_KEY,
        files::SCREENS_ISSUING_PEM,
        files::SCREENS_ISSUING_KEY
    );
    println!(
        "Carry {} away as you did with {}; bring the others to central and start it again.",
        files::SCREENS_ROOT_KEY,
        files::ROOT_KEY
    );
    Ok(())
}

fn issue(arguments: TokenArguments) -> anyhow::Result<()> {
    let issuer = files::load_issuer(&arguments.dir)?;
    let mut id = [0; 16];
    getrandom::fill(&mut id).map_err(|_| anyhow::anyhow!("the system gives no random numbers"))?;
    let new = NewToken {
        id: TokenId::new(id),
        office: arguments.commune,
        expires_at: now().saturating_add(i64::from(arguments.expires_days) * DAY_S),
        addresses: arguments.addresses,
        server_name: arguments.server_name,
        officer: FirstOfficer {
            id: arguments.officer,
            display_name: arguments.officer_name,
            roles: arguments.roles,
        },
    };
    let token = JoinToken::issue(&issuer, new)?;
    let text = token.to_text();
    match &arguments.out {
        Some(file) => {
            files::write_secret(file, &format!("{text}\n"))?;
            println!("Wrote {}.", file.display());
            print(&show::of_token(&token), arguments.format)
        }
        None => {
            println!("{text}");
            Ok(())
        }
    }
}

fn print(shown: &show::Shown, format: Format) -> anyhow::Result<()> {
    match format {
        Format::Table => print!("{}", shown.to_table()),
        Format::Json => {
            println!(
                "{}",
                serde_json::to_string_pretty(shown).context("cannot write JSON")?
            );
        }
    }
    Ok(())
}

fn now() -> i64 {
    jiff::Timestamp::now().as_second()
}

/// The stable code of an error, for scripts; empty if it has none.
fn code_of(error: &anyhow::Error) -> String {
    let code = error
        .downcast_ref::<FileError>()
        .map(FileError::code)
        .or_else(|| error.downcast_ref::<IssueError>().map(IssueError::code))
        .or_else(|| error.downcast_ref::<TokenError>().map(TokenError::code))
        .or_else(|| {
            error
                .downcast_ref::<provisioning::AuthorityError>()
                .map(|error| error.code())
        });
    code.map(|code| format!(" [{code}]")).unwrap_or_default()
}
