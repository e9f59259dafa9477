//! What is cut goes on where it was cut, in this run or in the next, or begins anew.

use super::*;

/// What the second run asks for, after the first gave up or was cut off in the middle.
struct Cut {
    scene: Scene,
    wheel: WheelBuilder,
    file: Arc<DistributionFile>,
}

impl Cut {
    /// The first run got 400,000 bytes of the wheel, under these faults.
    fn new(faults: impl IntoIterator<Item = Fault>) -> Self {
        let mut scene = Scene::new();
        scene.retries = 0;
        let wheel = large();
        let file = scene.offer(&wheel);
        for fault in faults {
            scene.breaks(fault);
        }
        scene.breaks(Fault::cut(400_000));
        assert!(scene.finish(std::slice::from_ref(&file)).is_err());
        scene.index.behave();
        scene.index.clear_log();
        scene.retries = 3;
        Self { scene, wheel, file }
    }

    /// The next run ends well and leaves nothing beside the file; the ranges that it asked for.
    fn goes_on(&self) -> Vec<Option<String>> {
        let fetched = self.scene.finish(&[Arc::clone(&self.file)]).unwrap();
        let path = &fetched.files[&self.wheel.filename()].path;
        assert_eq!(fs::read(path).unwrap(), self.wheel.build());
        drop(fetched);
        assert_eq!(self.scene.in_folder(), [self.wheel.filename()]);
        let requests = self.scene.index.requests_to("/files/*");
        let ranges = requests.iter().map(|request| request.range());
        ranges.map(|range| range.map(str::to_owned)).collect()
    }

    fn part(&self) -> std::path::PathBuf {
        let name = format!(".{}.part", self.wheel.filename());
        self.scene.folder.path().join(name)
    }

    fn note(&self) -> std::path::PathBuf {
        self.part().with_added_extension("json")
    }
}

fn from(place: u64) -> Option<String> {
    Some(format!("bytes={place}-"))
}

#[test]
fn the_next_run_goes_on_where_the_last_was_cut() {
    let cut = Cut::new([]);
    let there = fs::metadata(cut.part()).unwrap().len();
    assert!((1..=400_000).contains(&there), "{there}");
    assert_eq!(cut.goes_on(), [from(there)]);
    let requests = cut.scene.index.requests_to("/files/*");
    assert!(requests[0].header("if-range").is_some());
    assert_eq!(cut.scene.heard(), ["resumed", "finished"]);
}

#[test]
fn a_date_does_where_there_is_no_etag() {
    let date = "Mon, 01 Jan 2024 00:00:00 GMT";
    let cut = Cut::new([Fault::last_modified(date)]);
    let there = fs::metadata(cut.part()).unwrap().len();
    cut.scene.breaks(Fault::last_modified(date));
    assert_eq!(cut.goes_on(), [from(there)]);
    let requests = cut.scene.index.requests_to("/files/*");
    assert_eq!(requests[0].header("if-range"), Some(date));
}

#[test]
fn without_a_validator_no_part_outlives_its_run() {
    let cut = Cut::new([Fault::no_validator()]);
    assert_eq!(cut.scene.in_folder(), [""; 0]);
    assert_eq!(cut.goes_on(), [None]);
}

#[test]
fn without_a_digest_no_part_outlives_its_run() {
    let mut scene = Scene::new();
    scene.retries = 0;
    let wheel = large();
    let mut file = (*scene.offer(&wheel)).clone();
    file.hashes = Hashes::none();
    scene.breaks(Fault::cut(400_000));
    assert!(scene.finish(&[Arc::new(file)]).is_err());
    assert_eq!(scene.in_folder(), [""; 0]);
}

/// Nothing could tell that the second half is of the same file as the first.
#[test]
fn without_validator_and_digest_a_cut_file_begins_anew() {
    let scene = Scene::new();
    let wheel = large();
    let mut file = (*scene.offer(&wheel)).clone();
    (file.hashes, file.size) = (Hashes::none(), None);
    scene.breaks(Fault::no_validator());
    scene.breaks(Fault::cut(400_000).first(1));
    drop(scene.finish(&[Arc::new(file)]).unwrap());
    let requests = scene.index.requests_to("/files/*");
    assert!(requests.iter().all(|request| request.range().is_none()));
}

#[test]
fn a_file_that_changed_between_two_runs_is_fetched_anew() {
    let cut = Cut::new([Fault::etag_changes()]);
    let there = fs::metadata(cut.part()).unwrap().len();
    // the server sends all of it in answer to the condition
    assert_eq!(cut.goes_on(), [from(there)]);
    assert_eq!(cut.scene.heard(), ["resumed", "retried", "finished"]);
}

/// The server says that the file is the same, and it is not.
#[test]
fn what_does_not_fit_together_is_fetched_in_one() {
    let cut = Cut::new([]);
    let there = fs::metadata(cut.part()).unwrap().len();
    let mut bytes = fs::read(cut.part()).unwrap();
    bytes[1000] ^= 1;
    fs::write(cut.part(), bytes).unwrap();
    assert_eq!(cut.goes_on(), [from(there), None]);
}

/// Wherever a run is killed: a note that is torn or missing, a part that is missing or empty.
#[test]
fn a_torn_state_is_recognised() {
    let torn: [fn(&Cut); 5] = [
        |cut| fs::remove_file(cut.note()).unwrap(),
        |cut| fs::write(cut.note(), "{\"url\":").unwrap(),
        |cut| fs::remove_file(cut.part()).unwrap(),
        |cut| fs::write(cut.part(), "").unwrap(),
        |cut| fs::write(cut.part(), vec![0; 2_000_000]).unwrap(),
    ];
    for tear in torn {
        let cut = Cut::new([]);
        tear(&cut);
        assert_eq!(cut.goes_on(), [None]);
    }
}

/// Killed between the last byte and the rename: the bytes are all there.
#[test]
fn what_is_whole_needs_no_request() {
    let cut = Cut::new([]);
    fs::write(cut.part(), cut.wheel.build()).unwrap();
    assert_eq!(cut.goes_on(), [None::<String>; 0]);
}

#[test]
fn what_nobody_goes_on_with_is_swept_in_the_end() {
    let cut = Cut::new([]);
    let other = cut.scene.offer(&WheelBuilder::new("other", "1"));
    assert_eq!(cut.scene.in_folder().len(), 2);
    drop(cut.scene.finish(std::slice::from_ref(&other)).unwrap());
    assert_eq!(cut.scene.in_folder(), [other.name.as_str()]);
}

#[test]
fn a_length_that_lies_is_seen_through() {
    for lie in [-500_000, -1, 1, 500_000] {
        survives(vec![Fault::content_length(lie).first(1)]);
    }
    // twice in a row
    assert_eq!(
        survives(vec![Fault::content_length(-300_000).first(2)]).len(),
        3
    );
}

#[test]
fn gzip_that_nobody_asked_for_is_unpacked() {
    assert_eq!(survives(vec![Fault::gzip()]), [None]);
    // a piece of what is packed is no piece of the file
    assert_eq!(
        survives(vec![Fault::cut(400_000).first(1), Fault::gzip()]),
        [None, None]
    );
    assert_eq!(
        survives(vec![Fault::gzip().first(1), Fault::cut(400_000).first(1)]).len(),
        2
    );
}

#[test]
fn wrong_bytes_that_pass_are_fetched_once_more() {
    assert_eq!(survives(vec![Fault::wrong_bytes().first(1)]), [None, None]);
}
