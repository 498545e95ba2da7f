//! Rows by the million: writing runs, merging them, and reading rows that stand partly in sled and
//! partly in runs.

use super::*;

/// A row of one of the places that are read together; no value says that it is gone.
type Held = Result<(Vec<u8>, Option<Vec<u8>>), CacheFault>;

impl Cache {
    pub(super) fn runs(&self) -> Vec<Arc<Run>> {
        let runs = self.runs.read().unwrap_or_else(PoisonError::into_inner);
        runs.clone()
    }

    /// The runs that the cache's own row names. Other files are what an end in the midst left.
    pub(super) fn open_runs(&self) -> Result<Vec<Arc<Run>>, CacheFault> {
        let Some(sealed) = fenced(|| self.db.get(RUNS))? else {
            return Ok(Vec::new());
        };
        let plain = self.unseal(RUNS, &sealed)?;
        let places: Vec<RunPlace> = postcard::from_bytes(&plain).map_err(|_| CacheFault::Broken)?;
        let open = |place| Run::open(&self.runs_dir, place, &self.seal).map(Arc::new);
        let runs: Vec<Arc<Run>> = places.into_iter().map(open).collect::<Result<_, _>>()?;
        for entry in fs::read_dir(&self.runs_dir)? {
            let path = entry?.path();
            if runs.iter().all(|run| run.path != path) {
                fs::remove_file(path)?;
            }
        }
        Ok(runs)
    }

    pub(super) fn get_in_runs(&self, led: &[u8]) -> Result<Option<Vec<u8>>, CacheFault> {
        let runs = self.runs.read().unwrap_or_else(PoisonError::into_inner);
        for run in runs.iter().rev() {
            if let Some(value) = run.get(&self.seal, led)? {
                return Ok(Some(value));
            }
        }
        Ok(None)
    }

    /// Puts the values of led keys into the places of `values` that stand beside them.
    pub(crate) fn get_many(
        &self,
        wanted: &[(usize, Vec<u8>)],
        values: &mut [Option<Vec<u8>>],
    ) -> Result<(), CacheFault> {
        let mut rest = Vec::with_capacity(wanted.len());
        for (place, led) in wanted {
            let key = row_key(led);
            match fenced(|| self.db.get(&key))? {
                Some(gone) if gone.is_empty() => {}
                Some(sealed) => {
                    if let Some(value) = values.get_mut(*place) {
                        *value = Some(self.unseal(&key, &sealed)?);
                    }
                }
                None => rest.push((*place, led.as_slice())),
            }
        }
        let runs = self.runs.read().unwrap_or_else(PoisonError::into_inner);
        for run in runs.iter().rev() {
            run.get_many(&self.seal, &rest, values)?;
            rest.retain(|(place, _)| values.get(*place).is_some_and(Option::is_none));
        }
        Ok(())
    }

    fn writer(&self, rows: usize) -> Result<RunWriter<'_>, CacheFault> {
        fs::create_dir_all(&self.runs_dir)?;
        let last = self.runs().iter().map(|run| run.place.number).max();
        let number = last.unwrap_or(0).saturating_add(1);
        RunWriter::new(&self.runs_dir, number, &self.seal, rows)
    }

    /// Begins to fill an empty cache with the rows of a snapshot, in their order.
    pub(crate) fn begin_load(&self, snapshot_bytes: u64) -> Result<RunWriter<'_>, CacheFault> {
        const BYTES_IN_A_ROW: u64 = 64;
        let rows = usize::try_from(snapshot_bytes / BYTES_IN_A_ROW).unwrap_or(usize::MAX);
        self.writer(rows)
    }

    /// The cache holds them then, and stays without a meta.
    pub(crate) fn finish_load(&self, rows: RunWriter<'_>) -> Result<(), CacheFault> {
        let runs: Vec<Arc<Run>> = rows.finish()?.map(Arc::new).into_iter().collect();
        let sealed = self.close_runs(&runs)?;
        fenced(|| self.db.insert(RUNS, sealed))?;
        *self.runs.write().unwrap_or_else(PoisonError::into_inner) = runs;
        Ok(())
    }

    /// Does what [`Cache::apply`] does, for very many changes: what is not loose in sled goes into
    /// a new run.
    pub(crate) fn apply_run(
        &self,
        portion: Portion,
        applied: u64,
        meta: &mut Meta,
    ) -> Result<(), CacheFault> {
        let mut next = Meta { applied, ..*meta };
        let mut loose = sled::Batch::default();
        let mut nonces = Nonces::about(1);
        let mut writer = self.writer(portion.len())?;
        let holds = self.loose_among(&portion)?;
        for (led, value) in portion {
            let place = row_key(&led);
            let is_loose = match &holds {
                Some(few) => few.contains(place.as_slice()),
                None => fenced(|| self.db.contains_key(&place))?,
            };
            let old = if is_loose {
                self.get_at(&place)?
            } else {
                self.get_in_runs(&led)?
            };
            if let Some(old) = &old {
                next.tally.remove(&self.tally_secret, &led, old);
            }
            match value {
                Some(value) => {
                    next.tally.add(&self.tally_secret, &led, &value);
                    if is_loose {
                        let sealed = self.seal.close_random(&mut nonces, &place, &value)?;
                        loose.insert(place, sealed);
                    } else {
                        writer.push(led, value)?;
                    }
                }
                None if is_loose || old.is_some() => loose.insert(place, Vec::new()),
                None => {}
            }
        }
        let mut runs = self.runs();
        runs.extend(writer.finish()?.map(Arc::new));
        loose.insert(META, self.close_meta(&next)?);
        loose.insert(RUNS, self.close_runs(&runs)?);
        fenced(|| self.db.apply_batch(loose))?;
        *self.runs.write().unwrap_or_else(PoisonError::into_inner) = runs;
        *meta = next;
        self.merge_runs()
    }

    /// The loose keys between the first and the last change, if they are few.
    fn loose_among(&self, portion: &Portion) -> Result<Option<HashSet<sled::IVec>>, CacheFault> {
        let (Some((first, _)), Some((last, _))) =
            (portion.first_key_value(), portion.last_key_value())
        else {
            return Ok(Some(HashSet::new()));
        };
        let few = portion.len() / CHANGES_PER_HELD;
        let range = row_key(first)..=row_key(last);
        let held: HashSet<sled::IVec> = fenced(|| {
            let keys = self.db.range(range).keys();
            keys.take(few.saturating_add(1)).collect()
        })?;
        Ok((held.len() <= few).then_some(held))
    }

    fn close_runs(&self, runs: &[Arc<Run>]) -> Result<Vec<u8>, CacheFault> {
        let places: Vec<RunPlace> = runs.iter().map(|run| run.place).collect();
        let plain = postcard::to_stdvec(&places).map_err(io::Error::other)?;
        Ok(self
            .seal
            .close_random(&mut Nonces::about(1), RUNS, &plain)?)
    }

    /// Makes one run of all, once there are too many.
    fn merge_runs(&self) -> Result<(), CacheFault> {
        let runs: Leftovers = self.runs();
        if runs.len() <= RUNS_MAX {
            return Ok(());
        }
        let all = (Bound::Unbounded, Bound::Unbounded);
        let mut writer = self.writer(runs.iter().map(|run| run.rows_about()).sum())?;
        let sources = self.run_sources(&all, Order::Forwards);
        let mut failed = None;
        merge_sources(sources, Order::Forwards, &mut |led, value| {
            failed = writer.push(led, value).err();
            failed.is_none()
        })?;
        if let Some(fault) = failed {
            return Err(fault);
        }
        let merged: Vec<Arc<Run>> = writer.finish()?.map(Arc::new).into_iter().collect();
        let sealed = self.close_runs(&merged)?;
        fenced(|| self.db.insert(RUNS, sealed))?;
        // The files go only once sled has forgotten them on the disk, too.
        fenced(|| self.db.flush())?;
        *self.runs.write().unwrap_or_else(PoisonError::into_inner) = merged;
        for run in runs {
            fs::remove_file(&run.path)?;
        }
        Ok(())
    }

    /// Rows between two led keys in order, at most `limit`.
    pub(super) fn merged(
        &self,
        bounds: &Bounds,
        order: Order,
        limit: usize,
        visit: &mut dyn FnMut(Vec<u8>, Vec<u8>),
    ) -> Result<(), CacheFault> {
        if limit == 0 {
            return Ok(());
        }
        let mut left = limit;
        self.merge(bounds, order, &mut |led, value| {
            visit(led, value);
            left = left.saturating_sub(1);
            left > 0
        })
    }

    /// The same until the visitor has enough.
    pub(super) fn merge(
        &self,
        bounds: &Bounds,
        order: Order,
        visit: &mut dyn FnMut(Vec<u8>, Vec<u8>) -> bool,
    ) -> Result<(), CacheFault> {
        let start = match &bounds.0 {
            Bound::Unbounded => Bound::Included(vec![ROWS]),
            other => other.as_ref().map(|led| row_key(led)),
        };
        let end = match &bounds.1 {
            Bound::Unbounded => Bound::Excluded(vec![ROWS + 1]),
            other => other.as_ref().map(|led| row_key(led)),
        };
        let mut range = fenced(|| Ok(self.db.range((start, end))))?;
        let loose = std::iter::from_fn(move || {
            let row = fenced(|| match order {
                Order::Forwards => range.next().transpose(),
                Order::Backwards => range.next_back().transpose(),
            });
            let row = row.transpose()?;
            Some(row.and_then(|(place, sealed)| {
                let led = led_of(&place).to_vec();
                if sealed.is_empty() {
                    return Ok((led, None));
                }
                Ok((led, Some(self.unseal(&place, &sealed)?)))
            }))
        });
        let mut sources: Vec<Box<dyn Iterator<Item = Held> + '_>> = vec![Box::new(loose)];
        sources.extend(self.run_sources(bounds, order));
        merge_sources(sources, order, visit)
    }

    /// The rows of each run, the newest run first.
    fn run_sources(
        &self,
        bounds: &Bounds,
        order: Order,
    ) -> Vec<Box<dyn Iterator<Item = Held> + '_>> {
        let runs = self.runs().into_iter().rev();
        runs.map(|run| {
            let rows = RunRows::new(run, &self.seal, bounds.clone(), order);
            let rows = rows.map(|row| row.map(|(led, value)| (led, Some(value))));
            Box::new(rows) as Box<dyn Iterator<Item = Held> + '_>
        })
        .collect()
    }
}

/// Rows of several places in one order; of one key the first place that has it counts.
fn merge_sources<'a>(
    sources: Vec<Box<dyn Iterator<Item = Held> + 'a>>,
    order: Order,
    visit: &mut dyn FnMut(Vec<u8>, Vec<u8>) -> bool,
) -> Result<(), CacheFault> {
    let mut heads = Vec::with_capacity(sources.len());
    for mut source in sources {
        let head = source.next().transpose()?;
        heads.push((head, source));
    }
    loop {
        let keys = heads.iter().filter_map(|(head, _)| Some(&head.as_ref()?.0));
        let next = match order {
            Order::Forwards => keys.min(),
            Order::Backwards => keys.max(),
        };
        let Some(next) = next.cloned() else {
            return Ok(());
        };
        let mut counts: Option<Option<Vec<u8>>> = None;
        for (head, source) in &mut heads {
            if head.as_ref().is_some_and(|(key, _)| *key == next) {
                let value = head.take().and_then(|(_, value)| value);
                counts.get_or_insert(value);
                *head = source.next().transpose()?;
            }
        }
        if let Some(Some(value)) = counts
            && !visit(next, value)
        {
            return Ok(());
        }
    }
}
