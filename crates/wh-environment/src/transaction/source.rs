//! Where the files of a distribution come from: out of its wheel, or from the store.

use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use wh_packaging::Hashes;
use wh_wheel::store::Form;
use wh_wheel::{
    Algorithm, Checked, Contents, Layout, LinkMode, Marks, Plan, PlannedFile, Stored, Unpacked,
    Wheel, check, plan, plan_stored,
};

use super::change::{ApplyError, ApplyOptions, WheelToInstall};

/// A distribution that is ready to be unpacked or linked.
pub(super) struct Prepared<'a> {
    pub asked: &'a WheelToInstall,
    pub source: Source,
    pub plan: Plan,
    // the wheel, opened because the store no longer has what it had
    instead: Mutex<Option<Arc<Opened>>>,
}

/// Where files come from.
pub(super) enum Source {
    Wheel(Box<Opened>),
    Stored(Box<Stored>),
}

/// An open and checked wheel.
pub(super) struct Opened {
    pub wheel: Wheel,
    pub checked: Checked,
    pub contents: Contents,
}

impl<'a> Prepared<'a> {
    /// Finds the distribution in the store, else opens and checks the wheel; and plans it.
    pub fn of(
        asked: &'a WheelToInstall,
        layout: &Layout,
        options: ApplyOptions<'_>,
    ) -> Result<Self, ApplyError> {
        let mut stored = None;
        // bytecode goes into every folder
        if options.link_mode == LinkMode::Symlink && !options.compile {
            stored = find(asked, Form::Folders, options);
            if stored.is_none() {
                stored = add(asked, options)?;
            }
            stored = stored.and_then(|mut stored| stored.is_intact().then_some(stored));
        }
        let stored = stored.or_else(|| find(asked, Form::Numbered, options));
        if let Some(stored) = stored
            && let Ok(plan) = plan_stored(&stored, layout, &marks(asked))
        {
            stored.note_use();
            return Ok(Self::new(asked, Source::Stored(Box::new(stored)), plan));
        }
        Self::of_wheel(asked, layout)
    }

    /// Opens and checks the wheel, and plans it.
    pub fn of_wheel(asked: &'a WheelToInstall, layout: &Layout) -> Result<Self, ApplyError> {
        let opened = Opened::of(asked)?;
        let (wheel, checked) = (&opened.wheel, &opened.checked);
        let plan = plan(wheel, checked, opened.contents, layout, &marks(asked))?;
        Ok(Self::new(asked, Source::Wheel(Box::new(opened)), plan))
    }

    fn new(asked: &'a WheelToInstall, source: Source, plan: Plan) -> Self {
        Self {
            asked,
            source,
            plan,
            instead: Mutex::default(),
        }
    }

    /// Where the link leads that one of its planned files is.
    pub fn target_of(&self, file: &PlannedFile) -> Option<PathBuf> {
        match &self.source {
            Source::Stored(stored) => stored.target_of(file),
            Source::Wheel(_) => None,
        }
    }

    /// Whether its files come out of the wheel.
    pub fn is_unpacked(&self) -> bool {
        matches!(self.source, Source::Wheel(_))
    }

    /// The wheel, where the store was found to hold something else than it should.
    pub fn instead(&self) -> Result<Arc<Opened>, ApplyError> {
        let mut instead = self.instead.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(opened) = &*instead {
            return Ok(Arc::clone(opened));
        }
        let opened = Arc::new(Opened::of(self.asked)?);
        opened.verify_hash(self.asked)?;
        *instead = Some(Arc::clone(&opened));
        Ok(opened)
    }
}

/// What an installation adds to its dist-info.
fn marks(asked: &WheelToInstall) -> Marks {
    Marks {
        requested: asked.requested,
        direct_url: asked.direct_url.clone(),
    }
}

/// What the store holds of it.
fn find(asked: &WheelToInstall, form: Form, options: ApplyOptions<'_>) -> Option<Stored> {
    let verified = contents(asked) == Contents::Verify;
    options
        .store?
        .find(asked.expected.sha256()?, form, verified)
}

/// Puts a distribution into the store as folders that can be linked, and nowhere else: copied from its files there, or
/// unpacked from its wheel. `None` where the store does not take it.
fn add(asked: &WheelToInstall, options: ApplyOptions<'_>) -> Result<Option<Stored>, ApplyError> {
    let (Some(store), Some(sha256)) = (options.store, asked.expected.sha256()) else {
        return Ok(None);
    };
    let files = find(asked, Form::Numbered, options);
    let mut added = files.is_some_and(|files| store.make_folders_of(&files, sha256).is_ok());
    if !added {
        let opened = Opened::of(asked)?;
        opened.verify_hash(asked)?;
        let filling = store.fill(&opened.wheel, sha256, Form::Folders);
        added = filling.is_ok_and(|filling| filling.finish(&opened.unpacked()).is_ok());
    }
    Ok(find(asked, Form::Folders, options).filter(|_| added))
}

impl Opened {
    fn of(asked: &WheelToInstall) -> Result<Self, ApplyError> {
        let wheel = Wheel::open(&asked.path)?;
        let checked = check(&wheel, &asked.filename, Contents::Vouched)?;
        Ok(Self {
            wheel,
            checked,
            contents: contents(asked),
        })
    }

    /// As what is written.
    pub fn unpacked(&self) -> Unpacked<'_> {
        Unpacked::new(&self.wheel, &self.checked, self.contents)
    }

    /// Compares the wheel with all digests that are expected of it and that prove something.
    pub fn verify_hash(&self, asked: &WheelToInstall) -> Result<(), ApplyError> {
        compare(asked, &self.wheel.hash(&algorithms(asked)?)?)
    }

    /// The same, where anything is expected, in one pass with `write`.
    pub fn verify_hash_while(
        &self,
        asked: &WheelToInstall,
        write: impl FnOnce(&Unpacked<'_>) -> Result<(), ApplyError>,
    ) -> Result<(), ApplyError> {
        let algorithms = match asked.expected.is_empty() {
            true => Vec::new(),
            false => algorithms(asked)?,
        };
        let pass = self.unpacked().in_one_pass(&algorithms);
        if let Err(error) = write(&pass) {
            // that it is another file explains all else
            if !algorithms.is_empty() {
                self.verify_hash(asked)?;
            }
            return Err(error);
        }
        compare(asked, &pass.finish()?)
    }
}

/// The algorithms of the digests that are expected and that prove something.
fn algorithms(asked: &WheelToInstall) -> Result<Vec<Algorithm>, ApplyError> {
    let known = |algorithm: &Algorithm| asked.expected.get(algorithm.name()).is_some();
    let algorithms: Vec<_> = Algorithm::ALL.into_iter().filter(known).collect();
    if algorithms.is_empty() {
        let path = asked.path.clone();
        return Err(ApplyError::WeakHash { path });
    }
    Ok(algorithms)
}

/// Compares digests with those that are expected.
fn compare(asked: &WheelToInstall, found: &Hashes) -> Result<(), ApplyError> {
    for (algorithm, found) in found.iter() {
        let expected = asked.expected.get(algorithm).unwrap_or_default();
        if expected != found {
            return Err(ApplyError::Hash {
                path: asked.path.clone(),
                algorithm: algorithm.to_owned(),
                expected: expected.to_owned(),
                found: found.to_owned(),
            });
        }
    }
    Ok(())
}

/// Whether every file is compared with RECORD, or a lock vouches for that.
fn contents(asked: &WheelToInstall) -> Contents {
    match asked.vouched && !asked.expected.is_empty() {
        true => Contents::Vouched,
        false => Contents::Verify,
    }
}
