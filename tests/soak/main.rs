//! Many downloads from an index that misbehaves at random: each ends with a complete and verified
//! wheelhouse, or, where a fault does not pass, with an error that names it.
//!
//! `WH_SOAK_RUNS` says how many (few by default), `WH_SOAK_SEED` where chance begins; a run is told
//! by its seed alone. `just soak` makes 200.

mod faults;

use std::collections::BTreeSet;
use std::process::{Child, Stdio};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use wh_testing::index::Format;
use wh_testing::sandbox::{Run, tree};
use wh_testing::{IndexFile, Sandbox, TestIndex, WheelBuilder};

use faults::{Chance, Permanent, permanent, strew};

/// How often `wh` tries again; every address fails fewer times.
const RETRIES: usize = 4;

/// What all runs did together.
#[derive(Default)]
struct Figures {
    faults: AtomicU64,
    requests: AtomicU64,
    kills: AtomicU64,
    kept: AtomicU64,
    refused: AtomicU64,
}

fn number(variable: &str, default: u64) -> u64 {
    let given = std::env::var(variable).ok();
    given.map_or(default, |text| text.parse().expect("a number"))
}

#[test]
fn every_run_ends_well_or_says_why_not() {
    let (runs, seed) = (number("WH_SOAK_RUNS", 8), number("WH_SOAK_SEED", 1));
    let figures = Figures::default();
    let next = AtomicU64::new(0);
    let started = Instant::now();
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                loop {
                    let run = next.fetch_add(1, Ordering::Relaxed);
                    if run >= runs {
                        break;
                    }
                    one(seed + run, &figures);
                }
            });
        }
    });
    let count = |figure: &AtomicU64| figure.load(Ordering::Relaxed);
    eprintln!(
        "soak: {runs} runs from seed {seed} in {:.0} s: {} faults in {} requests; killed {} times, after \
         which {} files were kept; {} runs refused for what does not pass",
        started.elapsed().as_secs_f64(),
        count(&figures.faults),
        count(&figures.requests),
        count(&figures.kills),
        count(&figures.kept),
        count(&figures.refused),
    );
}

/// One run, by its seed: of ten, five with faults that pass, three that are killed besides, two with
/// a fault that does not.
fn one(seed: u64, figures: &Figures) {
    let mut chance = Chance::new(seed);
    let soak = Soak::new(seed, &mut chance);
    match seed % 10 {
        0 | 5 => {
            soak.refuses(&permanent(&mut chance, &soak.index));
            figures.refused.fetch_add(1, Ordering::Relaxed);
        }
        kind => {
            let strewn = strew(&mut chance, &soak.index, RETRIES);
            figures.faults.fetch_add(strewn, Ordering::Relaxed);
            if kind % 3 == 1 {
                soak.is_killed(&mut chance, figures);
            }
            soak.ends_well();
        }
    }
    let requests = soak.index.requests().len() as u64;
    figures.requests.fetch_add(requests, Ordering::Relaxed);
}

/// A sandbox beside an index.
struct Soak {
    seed: u64,
    sandbox: Sandbox,
    index: TestIndex,
}

/// The distributions: what they require, and how much of them no compression makes less.
const DISTRIBUTIONS: [(&str, &[&str], usize); 8] = [
    ("app", &["web", "data", "tool"], 1_000),
    ("web", &["core", "wire>=1"], 150_000),
    ("data", &["core", "numbers"], 400_000),
    ("tool", &[], 300),
    ("core", &[], 40_000),
    ("wire", &[], 250_000),
    ("numbers", &["core"], 900_000),
    ("other", &[], 10),
];

impl Soak {
    fn new(seed: u64, chance: &mut Chance) -> Self {
        let index = TestIndex::start();
        for (name, requires, length) in DISTRIBUTIONS {
            for version in ["1.0", "1.1"] {
                let mut wheel = WheelBuilder::new(name, version)
                    .file(format!("{name}/data.bin"), chance.bytes(length));
                for requirement in requires {
                    wheel = wheel.requires(*requirement);
                }
                let mut file = IndexFile::wheel(&wheel);
                // of `numbers` the file itself is to be at fault
                if name != "numbers" && chance.one_in(3) {
                    file = file.without_metadata();
                }
                index.add(file);
            }
        }
        index.format([Format::Both, Format::Html, Format::Json][chance.below(3)]);
        Self {
            seed,
            sandbox: Sandbox::new(env!("CARGO_BIN_EXE_wh")),
            index,
        }
    }

    fn words(&self) -> Vec<String> {
        let (url, retries) = (self.index.url(), RETRIES.to_string());
        let words = [
            "download",
            "app",
            "wire==1.0",
            "-i",
            &url,
            "--target",
            "cp312-linux",
            "--retries",
            &retries,
            "--timeout",
            "2",
            "-v",
        ];
        words.map(str::to_owned).into()
    }

    fn run(&self) -> Run {
        self.sandbox.run(self.words())
    }

    fn names(&self) -> BTreeSet<String> {
        let folder = self.sandbox.path("wheels");
        let all = if folder.exists() {
            tree(&folder)
        } else {
            Vec::new()
        };
        all.into_iter().collect()
    }

    /// Complete, verified, and nothing beside it.
    fn ends_well(&self) {
        let run = self.run();
        let seed = self.seed;
        assert_eq!(run.status, Some(0), "seed {seed}: {}", run.stderr);
        let mut expected: BTreeSet<String> = ["app", "web", "data", "tool", "core", "numbers"]
            .map(|name| format!("{name}-1.1-py3-none-any.whl"))
            .into();
        expected.insert("wire-1.0-py3-none-any.whl".to_owned());
        expected.insert("pylock.toml".to_owned());
        assert_eq!(self.names(), expected, "seed {seed}");
        let verified = self.sandbox.run(["verify", "wheels"]);
        assert_eq!(verified.status, Some(0), "seed {seed}: {}", verified.stderr);
    }

    /// Ends as it should, and names what is at fault.
    fn refuses(&self, fault: &Permanent) {
        let run = self.run();
        let seed = self.seed;
        assert_eq!(
            run.status,
            Some(fault.status),
            "seed {seed}: {}",
            run.stderr
        );
        assert!(
            run.stderr.contains(fault.names),
            "seed {seed}: {}",
            run.stderr
        );
        assert!(!self.names().contains("pylock.toml"), "seed {seed}");
    }

    /// Killed once to three times, each time at another moment (of a run of seconds); what was whole is not fetched again.
    fn is_killed(&self, chance: &mut Chance, figures: &Figures) {
        for _ in 0..=chance.below(3) {
            let before = self.whole();
            // requests of the run that was killed may still be read
            std::thread::sleep(Duration::from_millis(100));
            let from = self.index.requests().len();
            let mut child = self.start();
            std::thread::sleep(Duration::from_millis(20 + chance.below(6000) as u64));
            let _ = child.kill();
            let _ = child.wait();
            figures.kills.fetch_add(1, Ordering::Relaxed);
            self.not_again(&before, from, figures);
        }
        let before = self.whole();
        std::thread::sleep(Duration::from_millis(100));
        let from = self.index.requests().len();
        self.ends_well();
        self.not_again(&before, from, figures);
    }

    fn start(&self) -> Child {
        let mut command = self.sandbox.command(self.words());
        command.stdout(Stdio::null()).stderr(Stdio::null());
        command.spawn().expect("it starts")
    }

    /// The wheels that have their names.
    fn whole(&self) -> BTreeSet<String> {
        let mut names = self.names();
        names.retain(|name| name.ends_with(".whl"));
        names
    }

    /// None of these was asked for whole, or to its end, since the request of this number.
    fn not_again(&self, whole: &BTreeSet<String>, from: usize, figures: &Figures) {
        for request in &self.index.requests()[from..] {
            let name = request.path.trim_start_matches("/files/");
            let to_its_end = request.range().is_none_or(|range| range.ends_with('-'));
            assert!(
                !(whole.contains(name) && to_its_end),
                "seed {}: {name} was fetched again: {request:?}",
                self.seed
            );
        }
        figures
            .kept
            .fetch_add(whole.len() as u64, Ordering::Relaxed);
    }
}
