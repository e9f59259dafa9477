//! Downloads from an index that misbehaves.

use std::fs;
use std::sync::Mutex;
use std::time::Duration;

use tempfile::TempDir;
use wh_packaging::{Filename, Origin};
use wh_testing::{Fault, Hostile, IndexFile, TestIndex, WheelBuilder, hostile};

use super::*;
use crate::client::ClientError;
use crate::settings::IndexSettings;

mod resuming;

/// Keeps the names of events.
#[derive(Default)]
struct Heard(Mutex<Vec<String>>);

impl Reporter for Heard {
    fn event(&self, event: Event<'_>) {
        let word = match event {
            Event::FileKept { .. } => "kept",
            Event::FileFinished { .. } => "finished",
            Event::FileRetried { .. } => "retried",
            Event::FileResumed { .. } => "resumed",
            Event::Waiting { .. } => "waiting",
            Event::Warning { .. } => "warning",
            _ => return,
        };
        self.0.lock().unwrap().push(word.to_owned());
    }
}

struct Scene {
    index: TestIndex,
    folder: TempDir,
    heard: Arc<Heard>,
    options: DownloadOptions,
    retries: u32,
}

impl Scene {
    fn new() -> Self {
        Self {
            index: TestIndex::start(),
            folder: tempfile::tempdir().unwrap(),
            heard: Arc::default(),
            options: DownloadOptions::default(),
            retries: 3,
        }
    }

    fn downloads(&self) -> Downloads {
        let settings = IndexSettings {
            retries: self.retries,
            ..IndexSettings::default()
        };
        let reporter: Arc<dyn Reporter> = Arc::<Heard>::clone(&self.heard);
        let client = Client::new(&settings, Arc::clone(&reporter)).unwrap();
        Downloads::new(client, self.folder.path(), self.options.clone(), reporter)
    }

    fn finish(&self, files: &[Arc<DistributionFile>]) -> Result<Fetched, DownloadError> {
        self.downloads().finish(files)
    }

    /// The index has the wheel, and this is what its page says.
    fn offer(&self, wheel: &WheelBuilder) -> Arc<DistributionFile> {
        let file = IndexFile::wheel(wheel);
        let mut offered = self.file(&wheel.filename());
        offered.size = Some(wheel.build().len() as u64);
        offered.hashes = Hashes::sha256_only(file.sha256());
        self.index.add(file);
        Arc::new(offered)
    }

    fn file(&self, name: &str) -> DistributionFile {
        let url = self.index.file_url(name).parse().unwrap();
        let wheel = Filename::Wheel(name.parse().unwrap());
        DistributionFile::new(wheel, name, url, Origin::FindLinks)
    }

    fn breaks(&self, fault: Fault) {
        self.index.misbehave("/files/*", fault);
    }

    fn in_folder(&self) -> Vec<String> {
        let entries = fs::read_dir(self.folder.path()).unwrap();
        let mut names: Vec<String> = entries
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        names
    }

    fn heard(&self) -> Vec<String> {
        self.heard.0.lock().unwrap().clone()
    }
}

/// A wheel of more than a megabyte that does not deflate.
fn large() -> WheelBuilder {
    let mut state = 1_u64;
    let bytes: Vec<u8> = (0..1_500_000)
        .map(|_| {
            state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1);
            (state >> 33) as u8
        })
        .collect();
    WheelBuilder::new("large", "1").file("large.bin", bytes)
}

#[test]
fn files_come_with_the_bytes_that_were_published() {
    let scene = Scene::new();
    let wheels = [large(), WheelBuilder::new("small", "1")];
    let files: Vec<_> = wheels.iter().map(|wheel| scene.offer(wheel)).collect();
    let downloads = scene.downloads();
    downloads.start(&files[0]);
    downloads.start(&files[0]);
    let fetched = downloads.finish(&files).unwrap();
    for wheel in &wheels {
        let one = &fetched.files[&wheel.filename()];
        assert_eq!(fs::read(&one.path).unwrap(), wheel.build());
        assert_eq!(one.size, wheel.build().len() as u64);
        assert!(!one.kept && one.record_verified);
    }
    drop(fetched);
    assert_eq!(
        scene.in_folder(),
        ["large-1-py3-none-any.whl", "small-1-py3-none-any.whl"]
    );
    assert_eq!(scene.index.count("/files/large*"), 1);
}

#[test]
fn what_is_there_is_kept_without_a_request() {
    let scene = Scene::new();
    let file = scene.offer(&WheelBuilder::new("a", "1"));
    drop(scene.finish(std::slice::from_ref(&file)).unwrap());
    scene.index.clear_log();
    let planned = plan(&[Arc::clone(&file)], scene.folder.path(), &scene.options).unwrap();
    assert_eq!(planned[0].action, Action::Keep);
    let fetched = scene.finish(&[file]).unwrap();
    assert!(fetched.files.values().all(|file| file.kept));
    assert_eq!(scene.index.requests(), []);
    assert_eq!(scene.heard(), ["finished", "kept"]);
}

/// The file arrives whole in spite of the faults; returns the ranges that were asked for.
fn survives(faults: Vec<Fault>) -> Vec<Option<String>> {
    let scene = Scene::new();
    let wheel = large();
    let file = scene.offer(&wheel);
    for fault in faults {
        scene.index.misbehave("/files/*", fault);
    }
    let fetched = scene.finish(&[file]).unwrap();
    let path = &fetched.files[&wheel.filename()].path;
    assert_eq!(fs::read(path).unwrap(), wheel.build());
    drop(fetched);
    assert_eq!(scene.in_folder(), [wheel.filename()]);
    let requests = scene.index.requests_to("/files/*");
    requests
        .iter()
        .map(|request| request.range().map(str::to_owned))
        .collect()
}

#[test]
fn a_cut_download_goes_on_where_it_was_cut() {
    let ranges = survives(vec![Fault::cut(400_000).first(2)]);
    assert_eq!(ranges.len(), 3);
    assert_eq!(ranges[0], None);
    // how much of the last piece arrived is the network's affair
    let from = |range: &Option<String>| -> u64 {
        let text = range.as_deref().unwrap();
        let from = text.strip_prefix("bytes=").unwrap().strip_suffix('-');
        from.unwrap().parse().unwrap()
    };
    assert!((1..=400_000).contains(&from(&ranges[1])), "{ranges:?}");
    assert!(from(&ranges[2]) > from(&ranges[1]), "{ranges:?}");
}

#[test]
fn a_server_without_ranges_sends_it_all_again() {
    assert_eq!(
        survives(vec![Fault::cut(400_000).first(1), Fault::no_range()]).len(),
        2
    );
}

#[test]
fn a_server_that_refuses_ranges_is_asked_for_all_of_it() {
    let ranges = survives(vec![
        Fault::cut(400_000).first(1),
        Fault::unsatisfiable_range(),
    ]);
    assert_eq!(ranges.iter().filter(|range| range.is_none()).count(), 2);
}

#[test]
fn a_file_that_changed_between_two_pieces_is_begun_anew() {
    survives(vec![Fault::cut(400_000).first(1), Fault::etag_changes()]);
}

#[test]
fn a_fault_that_passes_is_waited_out() {
    assert_eq!(survives(vec![Fault::status(503).first(1)]).len(), 2);
    survives(vec![Fault::close()]);
    survives(vec![
        Fault::range_without_total(),
        Fault::cut(300_000).first(1),
    ]);
}

/// The download fails with an error that `expected` admits, and leaves nothing behind.
fn fails(
    change: impl FnOnce(&Scene, &mut DistributionFile),
    expected: impl FnOnce(&DownloadError) -> bool,
) {
    let scene = Scene::new();
    let mut file = (*scene.offer(&WheelBuilder::new("a", "1"))).clone();
    change(&scene, &mut file);
    let Err(error) = scene.finish(&[Arc::new(file)]) else {
        panic!("it did not fail");
    };
    assert!(expected(&error), "{error:?}");
    assert_eq!(scene.in_folder(), [""; 0]);
}

#[test]
fn wrong_bytes_are_refused() {
    fails(
        |scene, _| scene.breaks(Fault::wrong_bytes()),
        |error| matches!(error, DownloadError::HashMismatch { .. }),
    );
    fails(
        |_, file| file.size = Some(10),
        |error| matches!(error, DownloadError::SizeMismatch { expected: 10, .. }),
    );
    fails(
        |_, file| file.size = Some(10_000_000),
        |error| matches!(error, DownloadError::SizeMismatch { .. }),
    );
}

/// Bytes that came, and what stopped them.
fn fetch_error(error: &DownloadError) -> Option<(u64, &ClientError)> {
    match error {
        DownloadError::Fetch {
            received, source, ..
        } => Some((*received, source)),
        _ => None,
    }
}

#[test]
fn what_does_not_pass_is_an_error() {
    let status = |status: u16| move |error: &DownloadError| matches!(error, DownloadError::Fetch { source, .. } if source.status() == Some(status));
    for code in [401, 403, 404] {
        fails(|scene, _| scene.breaks(Fault::status(code)), status(code));
    }
    fails(
        |scene, _| scene.breaks(Fault::cut(5)),
        // each of the four attempts brought five
        |error| matches!(fetch_error(error), Some((20, ClientError::Cut { .. }))),
    );
}

#[test]
fn hostile_wheels_never_get_their_name() {
    for Hostile {
        kind,
        filename,
        bytes,
        ..
    } in hostile()
    {
        let scene = Scene::new();
        let mut offered = scene.file(&filename);
        offered.hashes = Hashes::sha256_only(wh_testing::sha256_hex(&bytes));
        scene.index.add(IndexFile::new(&*filename, bytes));
        let Err(error) = scene.finish(&[Arc::new(offered)]) else {
            panic!("{kind} was not refused");
        };
        assert!(
            matches!(error, DownloadError::Refused { .. }),
            "{kind}: {error:?}"
        );
        assert_eq!(scene.in_folder(), [""; 0], "{kind}");
    }
}

#[test]
fn without_a_digest_it_is_computed_and_warned_of() {
    let scene = Scene::new();
    let wheel = WheelBuilder::new("a", "1");
    let mut file = (*scene.offer(&wheel)).clone();
    let digest = file.hashes.sha256().unwrap().to_owned();
    file.hashes = Hashes::none();
    let file = Arc::new(file);
    let fetched = scene.finish(std::slice::from_ref(&file)).unwrap();
    assert_eq!(fetched.files[&wheel.filename()].sha256, digest);
    drop(fetched);
    // no lock names it: only the same bytes again are content with it
    drop(scene.finish(std::slice::from_ref(&file)).unwrap());
    assert_eq!(scene.heard(), ["warning", "finished", "warning", "kept"]);
    scene.index.misbehave("/files/*", Fault::wrong_bytes());
    let refused = scene.finish(&[file]);
    assert!(matches!(refused, Err(DownloadError::Occupied { .. })));
}

#[test]
fn a_foreign_file_is_replaced_only_if_a_lock_names_it() {
    let scene = Scene::new();
    let wheel = WheelBuilder::new("a", "1");
    let file = scene.offer(&wheel);
    let place = scene.folder.path().join(wheel.filename());
    fs::write(&place, "something else").unwrap();
    let refused = scene.finish(std::slice::from_ref(&file));
    assert!(matches!(refused, Err(DownloadError::Occupied { .. })));
    assert!(plan(&[Arc::clone(&file)], scene.folder.path(), &scene.options).is_err());
    assert_eq!(fs::read(&place).unwrap(), b"something else");

    let lock = format!(
        "lock-version = \"1.0\"\ncreated-by = \"wh\"\n[[packages]]\nname = \"a\"\nversion = \"1\"\n\
         wheels = [{{ name = \"{name}\", path = \"{name}\", hashes = {{ sha256 = \"{}\" }} }}]\n",
        "0".repeat(64),
        name = wheel.filename(),
    );
    write_lock(scene.folder.path(), "pylock.toml", &lock).unwrap();
    drop(scene.finish(&[file]).unwrap());
    assert_eq!(fs::read(&place).unwrap(), wheel.build());
}

#[test]
fn one_of_the_digests_asked_for_must_be_met() {
    let mut scene = Scene::new();
    let file = scene.offer(&WheelBuilder::new("a", "1"));
    let project = file.filename.project().clone();
    let ask = |hashes: Vec<Hashes>| BTreeMap::from([(project.clone(), hashes)]);
    scene.options.hashes = ask(vec![Hashes::sha256_only("0".repeat(64))]);
    let refused = scene.finish(std::slice::from_ref(&file));
    assert!(matches!(refused, Err(DownloadError::HashMismatch { .. })));
    scene.options.hashes = ask(vec![
        Hashes::sha256_only("0".repeat(64)),
        file.hashes.clone(),
    ]);
    scene.finish(&[file]).unwrap();
}

#[test]
fn a_file_of_this_machine_is_copied() {
    let scene = Scene::new();
    let elsewhere = tempfile::tempdir().unwrap();
    let wheel = WheelBuilder::new("a", "1");
    let path = wheel.write_to(elsewhere.path());
    let local = |path: &Path| {
        let mut file = scene.file(&wheel.filename());
        file.url = url::Url::from_file_path(path).unwrap();
        file.path = Some(path.to_owned());
        Arc::new(file)
    };
    drop(scene.finish(&[local(&path)]).unwrap());
    let place = scene.folder.path().join(wheel.filename());
    assert_eq!(fs::read(&place).unwrap(), wheel.build());
    // now from the folder itself
    drop(scene.finish(&[local(&place)]).unwrap());
    assert_eq!(scene.heard(), ["finished", "kept"]);
    assert_eq!(scene.index.requests(), []);
}

#[test]
fn all_failures_are_told_when_asked_to_go_on() {
    let mut scene = Scene::new();
    let wheels = ["a", "b", "c"].map(|name| WheelBuilder::new(name, "1"));
    let files: Vec<_> = wheels.iter().map(|wheel| scene.offer(wheel)).collect();
    scene.index.misbehave("/files/a*", Fault::status(404));
    scene.index.misbehave("/files/b*", Fault::wrong_bytes());
    scene.options.keep_going = true;
    let failed = scene.finish(&files).unwrap().failed;
    let names: Vec<&String> = failed.keys().collect();
    assert_eq!(names, [&files[0].name, &files[1].name]);
    assert_eq!(scene.in_folder(), [wheels[2].filename()]);
}

#[test]
fn what_is_not_wanted_after_all_is_taken_away() {
    let scene = Scene::new();
    let wanted = scene.offer(&WheelBuilder::new("a", "1"));
    let unwanted = scene.offer(&large());
    let downloads = scene.downloads();
    downloads.start(&unwanted);
    std::thread::sleep(Duration::from_millis(300));
    drop(downloads.finish(std::slice::from_ref(&wanted)).unwrap());
    assert_eq!(scene.in_folder(), [wanted.name.as_str()]);
}

#[test]
fn one_writer_at_a_time() {
    let scene = Scene::new();
    let file = scene.offer(&WheelBuilder::new("a", "1"));
    let first = scene.finish(std::slice::from_ref(&file)).unwrap();
    std::thread::scope(|scope| {
        let second = scope.spawn(|| scene.finish(&[file]).map(|fetched| fetched.files.len()));
        std::thread::sleep(Duration::from_millis(300));
        assert!(!second.is_finished());
        drop(first);
        assert_eq!(second.join().unwrap().unwrap(), 1);
    });
    assert_eq!(scene.heard(), ["finished", "waiting", "kept"]);
}

#[test]
fn a_folder_that_cannot_be_written_to() {
    let scene = Scene::new();
    let file = scene.offer(&WheelBuilder::new("a", "1"));
    fs::write(scene.folder.path().join("file"), "").unwrap();
    let reporter: Arc<dyn Reporter> = Arc::<Heard>::clone(&scene.heard);
    let client = Client::new(&IndexSettings::default(), Arc::clone(&reporter)).unwrap();
    let below_a_file = scene.folder.path().join("file/wheels");
    let downloads = Downloads::new(client, &below_a_file, scene.options.clone(), reporter);
    assert!(matches!(
        downloads.finish(&[file]),
        Err(DownloadError::Write { .. })
    ));
}
