//! `import`: people from a CSV file into a registry that is not running.

use std::fs::File;
use std::io::{BufWriter, IsTerminal as _};
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::Context as _;
use indicatif::{ProgressBar, ProgressStyle};
use registry::date::Date;
use registry::record::Record;

use super::{Exit, ImportArgs, OutputFormat};
use crate::clock;
use crate::home::Home;
use crate::import::{self, ColumnMap, Plan, RegistryKey, Stored, Summary};
use crate::registrar::Registrar;
use crate::unit::UnitError;

pub(super) fn import(args: &ImportArgs) -> anyhow::Result<Exit> {
    let map = args
        .map
        .as_deref()
        .map(ColumnMap::load)
        .transpose()?
        .unwrap_or_default();
    let file =
        File::open(&args.file).with_context(|| format!("cannot open {}", args.file.display()))?;
    let bytes = file.metadata().map(|metadata| metadata.len()).unwrap_or(0);
    let rejects = args.rejects.as_deref().map(create).transpose()?;
    let home = if args.dry_run {
        None
    } else {
        Some(Home::open(&args.data)?)
    };
    let this_year = Date::in_viet_nam(clock::now_s()).year();
    let key = home
        .as_ref()
        .map_or(RegistryKey([0; 16]), Home::registry_key);
    let plan = Plan {
        map,
        key,
        this_year,
    };
    let registrar = home
        .as_ref()
        .map(super::run::registrar_without_key)
        .transpose()?;
    if let Some(home) = &home {
        home.store.begin_bulk();
    }
    let bar = bar(bytes);
    let begun = Instant::now();
    let summary = import::run(
        file,
        rejects,
        &plan,
        |read| bar.set_position(read),
        |records| match &registrar {
            Some(registrar) => store(registrar, records),
            None => Ok(counted(&records)),
        },
    )?;
    if let Some(home) = &home {
        home.store.end_bulk()?;
    }
    bar.finish_and_clear();
    print(&summary, begun.elapsed(), args)?;
    Ok(Exit::Done)
}

fn create(path: &Path) -> anyhow::Result<BufWriter<File>> {
    let file = File::create(path).with_context(|| format!("cannot write {}", path.display()))?;
    Ok(BufWriter::new(file))
}

/// What a dry run stores.
fn counted(records: &[Record]) -> Stored {
    Stored {
        imported: records.len() as u64,
        already_there: 0,
    }
}

fn store(registrar: &Arc<Registrar>, records: Vec<Record>) -> Result<Stored, UnitError> {
    let handed = records.len() as u64;
    let (imported, _) = registrar.import(clock::now_s(), records)?;
    let store = registrar.store();
    if store.health().checkpoint_due {
        store.checkpoint()?;
    }
    Ok(Stored {
        imported,
        already_there: handed.saturating_sub(imported),
    })
}

fn bar(bytes: u64) -> ProgressBar {
    if !std::io::stderr().is_terminal() {
        return ProgressBar::hidden();
    }
    let bar = ProgressBar::new(bytes);
    let form = "{wide_bar} {bytes}/{total_bytes} {bytes_per_sec} {eta}";
    if let Ok(style) = ProgressStyle::with_template(form) {
        bar.set_style(style);
    }
    bar
}

fn print(summary: &Summary, took: Duration, args: &ImportArgs) -> anyhow::Result<()> {
    let seconds = took.as_secs_f64();
    let records = summary.imported.saturating_add(summary.already_there);
    #[allow(clippy::cast_precision_loss)] // shown in whole numbers
    let per_second = (records as f64 / seconds.max(0.001)).round();
    if args.format == OutputFormat::Json {
        let mut json = serde_json::to_value(summary)?;
        if let Some(fields) = json.as_object_mut() {
            fields.insert("seconds".to_owned(), seconds.into());
            fields.insert("records_per_second".to_owned(), per_second.into());
            fields.insert("dry_run".to_owned(), args.dry_run.into());
        }
        println!("{json}");
        return Ok(());
    }
    for reject in &summary.first_rejects {
        let column = if reject.column.is_empty() {
            "(row)"
        } else {
            reject.column
        };
        eprintln!(
            "line {}: {column}: {} [{}]",
            reject.line, reject.words, reject.code
        );
    }
    if summary.rejected > 0 && args.rejects.is_none() {
        eprintln!("give --rejects FILE for the list of all rows that were not imported");
    }
    let dry = if args.dry_run {
        " (dry run: nothing was stored)"
    } else {
        ""
    };
    println!("read           {:>12}{dry}", summary.read);
    println!("imported       {:>12}", summary.imported);
    println!("  households   {:>12}", summary.households);
    println!("already there  {:>12}", summary.already_there);
    println!("rejected       {:>12}", summary.rejected);
    println!("seconds        {seconds:>12.1}");
    println!("records/s      {per_second:>12.0}");
    Ok(())
}
