//! `root-certificate`: what other machines of the office have to trust.

use serde_json::json;

use super::{Cli, Exit, Failure, Format};
use crate::device;
use crate::lan::sha256_fingerprint;

/// The certificate goes to standard output and can be redirected to a file; what to do with it goes
/// to standard error.
pub(super) fn root_certificate(cli: &Cli) -> Result<Exit, Failure> {
    let path = device::screens_root(&cli.data);
    let missing = |_| {
        let words = "the centre has issued no certificate for the screens yet: start `commune-node run` with --lan ADDRESS:PORT and wait for the line; `commune-node status` tells how it stands";
        Failure::new(Exit::Refused, "root_certificate_missing", words)
    };
    let pem = device::read(&path).map_err(missing)?;
    let fingerprint = sha256_fingerprint(&device::root_certificate(&path)?);
    if cli.format == Format::Json {
        println!("{}", json!({ "pem": pem, "sha256": fingerprint }));
        return Ok(Exit::Done);
    }
    print!("{pem}");
    eprintln!("{}", instructions(&fingerprint));
    Ok(Exit::Done)
}

fn instructions(fingerprint: &str) -> String {
    format!(
        "SHA-256 {fingerprint}

Bring the file to the other machine on a stick, and have it trusted there as a certification authority:
  Windows   certutil -addstore Root root.pem   (as administrator; Chrome and Edge use it)
  Debian    cp root.pem /usr/local/share/ca-certificates/npd-office.crt && update-ca-certificates
            Chrome, each user: certutil -d sql:$HOME/.pki/nssdb -A -t C,, -n npd-office -i root.pem
  Firefox   Settings, Privacy & Security, View Certificates, Authorities, Import: for web sites
Compare the fingerprint that is shown there with the one above before you accept. It is good for
names under office.internal and for private addresses alone; nothing else can be pretended with it."
    )
}
