//! `import`: people from a file into a registry that is not running.

use std::fs::{File, OpenOptions};
use std::io::{BufWriter, IsTerminal as _, Read as _, Seek as _, SeekFrom};
use std::os::unix::fs::{MetadataExt as _, OpenOptionsExt as _};
use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::Context as _;
use indicatif::{ProgressBar, ProgressStyle};
use registry::date::Date;
use registry::schema::RecordKind;
use registry::text::legacy::{Decoder, Encoding};
use registry_store::OpenError;

use super::{Exit, FileForm, ImportArgs, OutputFormat};
use crate::clock;
use crate::file_numbers::Looked;
use crate::home::{Home, HomeError};
use crate::import::{
    self, ColumnMap, Form, ImportError, Number, NumberTaken, Plan, Portion, RegistryKey, Stored,
    Summary,
};
use crate::registrar::Import;
use crate::tables::ImportId;
use crate::unit::UnitError;

mod encoding;

/// Of a file, so much of its beginning and end goes into its name.
const NAMED_BY_BYTES: u64 = 64 << 10;
/// Of a file, so much tells its form.
const HEAD_BYTES: usize = 1 << 10;

pub(super) fn import(args: &ImportArgs) -> anyhow::Result<Exit> {
    let map = map(args)?;
    let mut file =
        File::open(&args.file).with_context(|| format!("cannot open {}", args.file.display()))?;
    let chosen = encoding::choose(&mut file, args.encoding)?;
    let form = form(args, &chosen, map);
    if matches!(form, Form::Qcvn(_)) && !args.leave.is_empty() {
        anyhow::bail!("--leave names columns of a CSV file, and this is a message: leave it out");
    }
    let id = id_of(&mut file, args, chosen.encoding, &form)?;
    let home = open(args)?;
    let today = Date::in_viet_nam(clock::now_s());
    let key = home
        .as_ref()
        .map_or(RegistryKey([0; 16]), Home::registry_key);
    let mut plan = Plan::new(form, key, today.year());
    plan.today = today;
    plan.reveal = args.reveal;
    plan.as_written = args.keep_names;
    let registrar = home
        .as_ref()
        .map(super::run::registrar_without_key)
        .transpose()?;
    if let Some(registrar) = &registrar {
        // A dry run without a registry reads by the units that a release knows.
        plan.units = registrar.units()?;
    }
    let mut job = registrar
        .as_ref()
        .map(|registrar| registrar.begin_import(id, args.restart || args.dry_run))
        .transpose()?;
    if let Some(job) = &job {
        resume(job, &mut plan)?;
    }
    let before = job.as_ref().map(|job| *job.so_far()).unwrap_or_default();
    if let Some(home) = home.as_ref().filter(|_| !args.dry_run) {
        home.store.begin_bulk();
    }
    let bytes = file.metadata().map(|metadata| metadata.len()).unwrap_or(0);
    let rejects = args.rejects.as_deref().map(create).transpose()?;
    let bar = bar(bytes);
    let input = encoding::Decoded::new(bar.wrap_read(file), &chosen);
    let begun = Instant::now();
    let mut looked = Looked::default();
    let mut summary = import::run(input, rejects, &plan, |portion| match &mut job {
        Some(job) if args.dry_run => job.look(&portion),
        Some(job) => store(job, home.as_ref(), portion),
        None => Ok(counted(&mut looked, &portion)),
    })
    .map_err(told_with_code)?;
    if let (Some(job), false) = (&mut job, args.dry_run) {
        job.finish(clock::now_s())?;
    }
    if let Some(home) = home.as_ref().filter(|_| !args.dry_run) {
        home.store.end_bulk()?;
    }
    bar.finish_and_clear();
    let stored_now = summary.imported.saturating_add(summary.already_there);
    let households_before = before.households.min(summary.already_there);
    summary.imported = summary
        .imported
        .saturating_add(before.people)
        .saturating_add(households_before);
    summary.already_there = summary
        .already_there
        .saturating_sub(households_before)
        .saturating_add(before.people_known);
    print(&summary, stored_now, begun.elapsed(), args)?;
    Ok(Exit::Done)
}

/// The map, with what the command leaves out besides.
fn map(args: &ImportArgs) -> anyhow::Result<ColumnMap> {
    let map = args.map.as_deref().map(ColumnMap::load).transpose()?;
    let mut map = map.unwrap_or_default();
    map.leave.extend(args.leave.iter().cloned());
    Ok(map)
}

/// What is wrong with the file, with its stable code.
fn told_with_code(error: ImportError<UnitError>) -> anyhow::Error {
    let code = match &error {
        ImportError::Source(source) => Some(source.code()),
        _ => None,
    };
    let error = anyhow::Error::new(error);
    match code {
        Some(code) => error.context(format!("[{code}]")),
        None => error,
    }
}

/// The registry; none for a dry run without one, or beside one that is running.
fn open(args: &ImportArgs) -> anyhow::Result<Option<Home>> {
    if !args.dry_run {
        return Ok(Some(Home::open(&args.data)?));
    }
    let alone = "the file is checked by itself, not against the registry";
    if !args.data.join("store").exists() {
        eprintln!("there is no registry in {}: {alone}", args.data.display());
        return Ok(None);
    }
    match Home::open(&args.data) {
        Err(HomeError::Store(OpenError::InUse { .. })) => {
            eprintln!("the registry is running: {alone}");
            Ok(None)
        }
        other => Ok(Some(other?)),
    }
}

/// Goes on where an earlier import of the same file stood.
fn resume(job: &Import<'_>, plan: &mut Plan) -> anyhow::Result<()> {
    let so_far = job.so_far();
    if so_far.rows == 0 {
        return Ok(());
    }
    let line = so_far.line.saturating_add(1);
    eprintln!(
        "continuing at line {line}: {} people were stored before (--restart begins anew)",
        so_far.people
    );
    plan.done_rows = so_far.rows;
    plan.taken_before = job.taken()?;
    Ok(())
}

/// The form of the file, by its first letter if nobody says.
fn form(args: &ImportArgs, chosen: &encoding::Chosen, map: ColumnMap) -> Form {
    let is_xml = match args.form {
        FileForm::Csv => false,
        FileForm::Qcvn => true,
        FileForm::Auto => {
            let mut head = String::new();
            let sample = chosen.sample.get(..HEAD_BYTES).unwrap_or(&chosen.sample);
            Decoder::new(chosen.encoding, &chosen.sample).push(sample, &mut head);
            let head = head.trim_start_matches('\u{feff}').trim_start();
            head.starts_with('<')
        }
    };
    if is_xml {
        Form::Qcvn(map.constants)
    } else {
        Form::Csv(map)
    }
}

/// A name for the file as it is now, and for the way in which it is read. A copy has another name:
/// its people are found to be there, which only takes longer.
fn id_of(
    file: &mut File,
    args: &ImportArgs,
    encoding: Encoding,
    form: &Form,
) -> anyhow::Result<ImportId> {
    let metadata = file.metadata()?;
    let mut hasher = blake3::Hasher::new_derive_key("npd 2026 file of an import");
    for number in [
        i64::try_from(metadata.len()).unwrap_or(i64::MAX),
        metadata.mtime(),
        metadata.mtime_nsec(),
    ] {
        hasher.update(&number.to_le_bytes());
    }
    hasher.update(encoding.name().as_bytes());
    hasher.update(&[u8::from(args.keep_names)]);
    hasher.update(&[u8::from(matches!(form, Form::Qcvn(_)))]);
    hasher.update_reader((&mut *file).take(NAMED_BY_BYTES))?;
    let tail = metadata.len().saturating_sub(NAMED_BY_BYTES);
    file.seek(SeekFrom::Start(tail))?;
    hasher.update_reader((&mut *file).take(NAMED_BY_BYTES))?;
    if let Some(map) = &args.map {
        hasher.update_reader(File::open(map)?)?;
    }
    for column in &args.leave {
        hasher.update(column.as_bytes());
        hasher.update(&[0]);
    }
    file.seek(SeekFrom::Start(0))?;
    let mut id = [0; 16];
    hasher.finalize_xof().fill(&mut id);
    Ok(id)
}

/// For its owner alone: even without what stands in the cells it tells who is in the file.
fn create(path: &Path) -> anyhow::Result<BufWriter<File>> {
    let file = OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(true)
        .mode(0o600)
        .open(path)
        .with_context(|| format!("cannot write {}", path.display()))?;
    Ok(BufWriter::new(file))
}

/// What a dry run without a registry comes to.
/// What storing a portion would come to where there is no registry to look at.
fn counted(looked: &mut Looked, portion: &Portion) -> Stored {
    let mut stored = Stored::default();
    for arrival in &portion.arrivals {
        match looked.taken(arrival) {
            Some(_) if arrival.record.kind == RecordKind::Household => {}
            Some(number) => stored.taken.push(NumberTaken {
                row: arrival.row,
                line: arrival.line,
                number: Number::File(number),
            }),
            None => stored.imported = stored.imported.saturating_add(1),
        }
    }
    stored
}

fn store(job: &mut Import<'_>, home: Option<&Home>, portion: Portion) -> Result<Stored, UnitError> {
    let stored = job.store(clock::now_s(), portion)?;
    if let Some(home) = home {
        let store = registry_store::Store::health(home.store.as_ref());
        if store.checkpoint_due {
            registry_store::Store::checkpoint(home.store.as_ref())?;
        }
    }
    Ok(stored)
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

/// What the file has besides its rows.
fn tell_of_file(summary: &Summary) {
    if !summary.left_out.is_empty() {
        eprintln!("columns left out: {}", summary.left_out.join(", "));
    }
    if let Some(people) = summary.message_people
        && people != summary.read
    {
        let read = summary.read;
        eprintln!("the message says that it has {people} people, and {read} were read");
    }
    if summary.message_note {
        eprintln!("the message has a note (GhiChu), which is not kept: read it in the file");
    }
}

fn print(summary: &Summary, stored: u64, took: Duration, args: &ImportArgs) -> anyhow::Result<()> {
    let seconds = took.as_secs_f64();
    #[allow(clippy::cast_precision_loss)] // shown in whole numbers
    let per_second = (stored as f64 / seconds.max(0.001)).round();
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
    if summary.rejected.saturating_add(summary.warnings) > 0 && args.rejects.is_none() {
        eprintln!("give --rejects FILE for the list of all that was found");
    }
    let dry = if args.dry_run {
        " (dry run: nothing was stored)"
    } else {
        ""
    };
    tell_of_file(summary);
    println!("read           {:>12}{dry}", summary.read);
    println!("imported       {:>12}", summary.imported);
    println!("  households   {:>12}", summary.households);
    println!("already there  {:>12}", summary.already_there);
    println!("rejected       {:>12}", summary.rejected);
    println!("warnings       {:>12}", summary.warnings);
    println!("seconds        {seconds:>12.1}");
    println!("records/s      {per_second:>12.0}");
    Ok(())
}
