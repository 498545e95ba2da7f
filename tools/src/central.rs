//! Where the central registry is and with whose word we speak to it.

use std::fs;
use std::path::Path;

use crate::cli::Global;
use crate::client::{Api, ApiFile};
use crate::failure::Failure;

/// The central registry that the arguments and the environment tell of.
pub(crate) fn connect(global: &Global) -> Result<Api, Failure> {
    let place = global.central.as_str();
    if place.starts_with("http://") || place.starts_with("https://") {
        let token = global.token.as_deref().ok_or_else(|| {
            Failure::Usage(
                "an address needs a token: set REGISTRYCTL_TOKEN, or give the central registry's data folder with --central".into(),
            )
        })?;
        return Api::new("the central registry", place, token);
    }
    let data = Path::new(place);
    if !data.join("api.json").exists() {
        return Err(Failure::Unreachable {
            what: "the central registry",
            address: data.display().to_string(),
            reason: "its data folder holds no api.json".into(),
            advice:
                "Start `central-registry run`, or name its data folder or address with --central."
                    .into(),
        });
    }
    let file = ApiFile::read(data)?;
    Api::new(
        "the central registry",
        &file.address,
        global.token.as_deref().unwrap_or(&file.token),
    )
}

/// The same with the token of another person, if a file with it is given.
pub(crate) fn speaking_as(api: Api, token_file: Option<&Path>) -> Result<Api, Failure> {
    match token_file {
        None => Ok(api),
        Some(path) => {
            let token = fs::read_to_string(path).map_err(|error| Failure::file(path, &error))?;
            Ok(api.with_token(&token))
        }
    }
}
