//! `export`: people into a file. It holds citizens' data, so whoever asks says that they know it,
//! the file is for its owner alone, and the audit chain has a word of it before the first byte.

use std::fs::{File, OpenOptions};
use std::io::{BufWriter, IsTerminal as _, Write};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};
use std::time::Instant;

use anyhow::{Context as _, bail};
use indicatif::{ProgressBar, ProgressStyle};
use registry::date::{Date, PartialDate};
use registry::unit::Units;
use registry_store::Store as _;

use super::{Exit, ExportArgs};
use crate::clock;
use crate::export::{self, Exported, FileForm, Scope, Wanted};
use crate::home::Home;

const BUFFER_BYTES: usize = 1 << 20;

pub(super) fn export(args: &ExportArgs) -> anyhow::Result<Exit> {
    if !args.reveal {
        bail!(
            "the file will hold names, numbers and addresses of citizens, unsealed: say --reveal \
             to write it; the export is logged"
        );
    }
    let form = match args.format {
        super::ExportForm::Csv => FileForm::Csv,
        super::ExportForm::Qcvn => FileForm::Qcvn,
    };
    let target = args.out.as_deref().filter(|path| *path != Path::new("-"));
    let draft = target
        .map(|path| Draft::begin(path, args.force))
        .transpose()?;
    let home = Home::open(&args.data)?;
    let registrar = super::run::registrar_without_key(&home)?;
    let units = registrar.units()?;
    let scope = scope(args, &units)?;
    let office = match scope {
        Scope::Office(office) => Some(office),
        _ => None,
    };
    let what = match scope {
        Scope::Province(province) => format!("export of province {province}"),
        _ => "export".to_owned(),
    };
    let begun_s = clock::now_s();
    registrar.note_export(begun_s, &format!("{what} begun"), office, 0)?;
    let today = PartialDate::from(Date::in_viet_nam(begun_s)).to_iso();
    let bar = spinner();
    let begun = Instant::now();
    let wanted = Wanted {
        store: home.store.as_ref(),
        units: &units,
        scope,
        form,
    };
    let progress = |people| bar.set_position(people);
    let exported = match draft {
        Some(mut draft) => {
            let exported = export::write_file(wanted, &today, &mut draft.file, &progress)?;
            draft.finish()?;
            exported
        }
        None => {
            let out = BufWriter::with_capacity(BUFFER_BYTES, std::io::stdout().lock());
            export::write(wanted, &today, out, &progress)?
        }
    };
    bar.finish_and_clear();
    registrar.note_export(clock::now_s(), &what, office, exported.people)?;
    home.store.sync()?;
    report(&exported, begun.elapsed().as_secs_f64());
    Ok(Exit::Done)
}

fn scope(args: &ExportArgs, units: &Units) -> anyhow::Result<Scope> {
    match (args.office, args.province) {
        (Some(office), _) if !units.exists(office) => {
            let now = units.office(office, units.base());
            if units.exists(now) {
                // It has more people than the one that was asked for had.
                bail!(
                    "commune {office} was dissolved; its people are in {now} today: say --office {now}"
                )
            }
            bail!("there is no commune {office} in the table of units")
        }
        (_, Some(province)) if units.province(province).is_none() => {
            bail!("there is no province {province} in the table of units")
        }
        (Some(office), _) => Ok(Scope::Office(office)),
        (None, Some(province)) => Ok(Scope::Province(province)),
        (None, None) => Ok(Scope::Nation),
    }
}

/// To the standard error output: the standard output may be the file.
fn report(exported: &Exported, seconds: f64) {
    #[allow(clippy::cast_precision_loss)] // shown in whole numbers
    let per_second = (exported.people as f64 / seconds.max(0.001)).round();
    eprintln!("people         {:>12}", exported.people);
    eprintln!(
        "  in part      {:>12}  (the registry knows more than a file can say)",
        exported.in_part
    );
    eprintln!("revoked        {:>12}  (left out)", exported.revoked);
    eprintln!("seconds        {seconds:>12.1}");
    eprintln!("people/s       {per_second:>12.0}");
}

fn spinner() -> ProgressBar {
    if !std::io::stderr().is_terminal() {
        return ProgressBar::hidden();
    }
    let bar = ProgressBar::new_spinner();
    if let Ok(style) = ProgressStyle::with_template("{spinner} {human_pos} people {per_sec}") {
        bar.set_style(style);
    }
    bar
}

/// A file that has its name once it is whole and on the disk.
struct Draft {
    file: BufWriter<File>,
    path: PathBuf,
    target: PathBuf,
    finished: bool,
}

impl Draft {
    fn begin(target: &Path, force: bool) -> anyhow::Result<Self> {
        if target.exists() && !force {
            bail!(
                "{} is there already: say --force to replace it",
                target.display()
            );
        }
        let mut name = target.file_name().unwrap_or_default().to_owned();
        name.push(".new");
        let path = target.with_file_name(name);
        // A draft that a power cut left behind may have other permissions.
        let _ = std::fs::remove_file(&path);
        let file = OpenOptions::new()
            .write(true)
            .create_new(true)
            .mode(0o600)
            .open(&path)
            .with_context(|| format!("cannot write {}", path.display()))?;
        Ok(Self {
            file: BufWriter::with_capacity(BUFFER_BYTES, file),
            path,
            target: target.to_owned(),
            finished: false,
        })
    }

    fn finish(mut self) -> anyhow::Result<()> {
        let failed = || format!("cannot write {}", self.target.display());
        self.file.flush().with_context(failed)?;
        self.file.get_ref().sync_all().with_context(failed)?;
        std::fs::rename(&self.path, &self.target).with_context(failed)?;
        let folder = self
            .target
            .parent()
            .filter(|dir| !dir.as_os_str().is_empty());
        File::open(folder.unwrap_or(Path::new(".")))
            .and_then(|dir| dir.sync_all())
            .with_context(failed)?;
        self.finished = true;
        Ok(())
    }
}

impl Drop for Draft {
    fn drop(&mut self) {
        if !self.finished {
            // Half of the people in a file that nobody asked for.
            let _ = std::fs::remove_file(&self.path);
        }
    }
}
