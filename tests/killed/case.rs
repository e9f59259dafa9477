//! An environment before and after a change, and a run of that change that is disturbed.

use std::collections::BTreeMap;
use std::process::Command;

use wh_testing::sandbox::{Run, finish, skipped};
use wh_testing::snapshot::Snapshot;
use wh_testing::{WheelBuilder, Workbench};

use crate::{NAMES, WH};

/// What is done to an environment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Install,
    Upgrade,
    Uninstall,
    Sync,
}

pub const KINDS: [Kind; 4] = [Kind::Install, Kind::Upgrade, Kind::Uninstall, Kind::Sync];

/// The old state in `env`, with a copy of it in `old`, and the command that makes the new one.
pub struct Case {
    pub bench: Workbench,
    pub kind: Kind,
    pub command: Vec<String>,
    pub old: State,
    pub new: State,
}

/// What an environment looks like.
pub struct State {
    pub files: Snapshot,
    pub frozen: String,
}

/// A call of the system: the Nth of its name in its thread.
#[derive(Debug, Clone)]
pub struct Call {
    pub name: String,
    pub number: usize,
    pub text: String,
}

/// Which state was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Outcome {
    Old,
    New,
}

fn wheel(name: &str, version: &str) -> WheelBuilder {
    WheelBuilder::new(name, version)
        .file(format!("{name}/__init__.py"), format!("# {version}"))
        .file(format!("{name}/only_{}.py", &version[..1]), "")
        .file(format!("ns/{name}/v{}.py", &version[..1]), "")
}

/// A wheel with a script, files outside the library, and a file that becomes a folder and back.
fn tool(version: &str) -> WheelBuilder {
    let data = match version {
        "1.0" => "tool/data/file",
        _ => "tool/data",
    };
    wheel("tool", version)
        .file(data, "")
        .entry_point("console_scripts", "tool", "tool:main")
        .data("data", &format!("share/tool/{version}"), "")
        .data("headers", "tool.h", version)
}

impl Case {
    /// Three distributions, with everything that a wheel may hold; `None`, in words, where there
    /// is no Python.
    pub fn small(kind: Kind) -> Option<Self> {
        let versions = ["1.0", "2.0"];
        let mut wheels = versions
            .map(|version| [wheel("lib", version), tool(version)])
            .concat();
        wheels.push(wheel("extra", "1.0"));
        let (old, new): (&[&str], &[&str]) = match kind {
            Kind::Install => (&[], &["lib", "tool"]),
            Kind::Upgrade => (&["lib==1.0", "tool==1.0"], &["lib==2.0", "tool==2.0"]),
            Kind::Uninstall => (&["lib==1.0", "tool==1.0"], &["lib", "tool"]),
            Kind::Sync => (
                &["lib==1.0", "tool==1.0", "extra"],
                &["lib==1.0", "tool==2.0"],
            ),
        };
        let owned = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
        Self::new(kind, wheels, owned(old), owned(new))
    }

    /// Sixty distributions.
    pub fn large(kind: Kind) -> Option<Self> {
        let names: Vec<String> = (0..60).map(|number| format!("p{number}")).collect();
        let extras: Vec<String> = (0..10).map(|number| format!("extra{number}")).collect();
        let of = |version: &str, names: &[String]| -> Vec<WheelBuilder> {
            names.iter().map(|name| wheel(name, version)).collect()
        };
        let wheels = [of("1.0", &names), of("2.0", &names), of("1.0", &extras)].concat();
        let pins = |version: &str| -> Vec<String> {
            names
                .iter()
                .map(|name| format!("{name}=={version}"))
                .collect()
        };
        let (old, new) = match kind {
            Kind::Install => (Vec::new(), pins("1.0")),
            Kind::Upgrade => (pins("1.0"), pins("2.0")),
            Kind::Uninstall => (pins("1.0"), names),
            Kind::Sync => ([pins("1.0"), extras].concat(), pins("2.0")),
        };
        Self::new(kind, wheels, old, new)
    }

    /// Two locks, whose distributions are linked from the store, in one way or another.
    pub fn linked(mode: &str) -> Option<Self> {
        let bench = Workbench::new(WH)?;
        let versions = ["1.0", "2.0"];
        let mut wheels = versions
            .map(|version| [wheel("lib", version), tool(version)])
            .concat();
        wheels.push(wheel("keep", "1.0"));
        bench.lock(&wheels, &["-d", "first", "lib==1.0", "tool==1.0", "keep"]);
        let then = ["-d", "then", "lib==2.0", "tool==2.0", "keep"];
        bench.download(&then).expect(0);
        bench.folder(&[wheel("keep", "1.0")]);
        bench.environment("env");
        let python = bench.interpreter("env").display().to_string();
        let sync = |folder: &str| {
            let words = ["sync", folder, "--link-mode", mode, "--python", &python];
            words.map(str::to_owned).to_vec()
        };
        bench.sandbox.run(sync("first")).expect(0);
        // the store has both before anything is disturbed
        bench.sandbox.run(sync("then")).expect(0);
        bench.sandbox.run(sync("first")).expect(0);
        Some(Self::done(bench, Kind::Sync, sync("then")))
    }

    /// From what is installed first and what is asked for then; `keep` is always there.
    fn new(
        kind: Kind,
        wheels: Vec<WheelBuilder>,
        mut old: Vec<String>,
        mut new: Vec<String>,
    ) -> Option<Self> {
        let bench = Workbench::new(WH)?;
        bench.folder(&wheels).folder(&[wheel("keep", "1.0")]);
        old.push("keep".to_owned());
        let old: Vec<&str> = old.iter().map(String::as_str).collect();
        bench.install(&old).expect(0);
        if kind != Kind::Install {
            // what Python leaves beside sources
            let cache = bench.site_packages("env").join("ns/__pycache__");
            std::fs::create_dir(cache).unwrap();
        }
        let mut command: Vec<String> = match kind {
            Kind::Install | Kind::Upgrade => vec!["install".into(), "--find-links=wheels".into()],
            Kind::Uninstall => vec!["uninstall".into()],
            Kind::Sync => {
                new.push("keep".to_owned());
                bench.sandbox.write("want.txt", new.join("\n"));
                new = vec!["want.txt".to_owned()];
                vec!["sync".into(), "--find-links=wheels".into()]
            }
        };
        command.append(&mut new);
        let python = bench.interpreter("env").display().to_string();
        command.extend(["--python".to_owned(), python]);
        Some(Self::done(bench, kind, command))
    }

    /// With the old state in `env`: keeps it, and makes the new one.
    fn done(bench: Workbench, kind: Kind, command: Vec<String>) -> Self {
        let mut case = Self {
            old: State::of(&bench),
            new: State::of(&bench),
            kind,
            command,
            bench,
        };
        case.bench.run("/bin/cp", ["-a", "env", "old"]).expect(0);
        case.bench.sandbox.run(&case.command).expect(0);
        case.new = State::of(&case.bench);
        assert_ne!(case.old.files, case.new.files);
        case
    }

    /// Has the old state there.
    pub fn begin_again(&self) {
        std::fs::remove_dir_all(self.bench.path("env")).unwrap();
        self.bench.run("/bin/cp", ["-a", "old", "env"]).expect(0);
    }

    /// `wh`, with what is to be injected into its calls (strace, `--inject`), its interpreter
    /// aside. `None`, in words, where programs cannot be traced.
    pub fn injected(&self, calls: &str, inject: &[String], command: &[String]) -> Option<Run> {
        let mut traced = Command::new("strace");
        let trace = format!("--trace={calls}");
        traced.args(["-f", "-qqq", "--detach-on=execve", "-o", "calls", &trace]);
        traced.args(inject.iter().map(|what| format!("--inject={what}")));
        traced.arg(WH).args(command);
        self.bench.sandbox.prepare(&mut traced);
        traced.env("PATH", std::env::var_os("PATH").unwrap_or_default());
        // one thread that unpacks: its calls are the same ones each time
        traced.env("RAYON_NUM_THREADS", "1");
        let run = finish(traced);
        if run.stderr.contains("strace: ") {
            skipped(&format!("programs cannot be traced here: {}", run.stderr));
            return None;
        }
        Some(run)
    }

    /// A command, killed when it is about to make a call.
    pub fn killed(&self, call: &Call, command: &[String]) -> Option<Run> {
        let kill = format!("{}:signal=SIGKILL:when={}", call.name, call.number);
        self.injected(&call.name, &[kill], command)
    }

    /// The calls of a kind that a command makes when nothing disturbs it, by the thread that makes
    /// the most of them, in order.
    pub fn calls(&self, calls: &str, command: &[String]) -> Option<Vec<Call>> {
        self.injected(calls, &[], command)?.expect(0);
        let text = self.bench.sandbox.read("calls");
        let mut threads = BTreeMap::<&str, Vec<Call>>::new();
        for (thread, text) in text.lines().filter_map(|line| line.split_once(' ')) {
            let Some((name, _)) = text.trim().split_once('(') else {
                continue;
            };
            let calls = threads.entry(thread).or_default();
            let before = calls.iter().filter(|call| call.name == name).count();
            calls.push(Call {
                name: name.to_owned(),
                number: before + 1,
                text: text.trim().to_owned(),
            });
        }
        threads.into_values().max_by_key(Vec::len)
    }

    /// The call, so many after the one that commits, among those that change names.
    pub fn near_commit(&self, after: usize) -> Option<Call> {
        self.begin_again();
        let calls = self.calls(NAMES, &self.command)?;
        let commits = |call: &Call| call.text.contains("/committed\"");
        let commit = calls
            .iter()
            .position(commits)
            .expect("a change is committed");
        Some(calls[commit + after].clone())
    }

    /// A command that may write, and changes nothing by itself.
    pub fn recovery(&self) -> Vec<String> {
        let words = ["install", "--find-links", "wheels", "keep", "--python"];
        let words = words.iter().map(|word| (*word).to_owned());
        words.chain([self.python()]).collect()
    }

    /// The next run that may write; what it says.
    pub fn recover(&self) -> Run {
        self.bench.sandbox.run(self.recovery())
    }

    /// Nobody is shown a half state; the next run that may write makes it a whole one.
    pub fn settles(&self, what: &str) -> Outcome {
        self.shows_a_whole_state_or_none(what);
        let run = self.recover().expect(0);
        let found = self.bench.snapshot("env");
        self.outcome(&found).unwrap_or_else(|differences| {
            panic!("{:?}, {what}: {differences:#?}\n{}", self.kind, run.stderr)
        })
    }

    /// Which of the states that is, file for file; else how it differs from both.
    pub fn outcome(&self, found: &Snapshot) -> Result<Outcome, [Vec<String>; 2]> {
        let differences = [&self.old, &self.new].map(|state| state.files.differences(found));
        match &differences {
            [old, _] if old.is_empty() => Ok(Outcome::Old),
            [_, new] if new.is_empty() => Ok(Outcome::New),
            _ => Err(differences),
        }
    }

    fn shows_a_whole_state_or_none(&self, what: &str) {
        let frozen = self
            .bench
            .sandbox
            .run(["freeze", "--python", &self.python()]);
        let whole = [&self.old.frozen, &self.new.frozen];
        let is_whole = frozen.status == Some(0) && whole.contains(&&frozen.stdout);
        let is_none = frozen.status == Some(1)
            && frozen.stdout.is_empty()
            && frozen.stderr.contains("a killed run is in the way in ");
        assert!(is_whole || is_none, "{:?}, {what}: {frozen:?}", self.kind);
    }

    pub fn python(&self) -> String {
        self.bench.interpreter("env").display().to_string()
    }
}

impl State {
    fn of(bench: &Workbench) -> Self {
        Self {
            files: bench.snapshot("env"),
            frozen: bench.freeze("env").join("\n") + "\n",
        }
    }
}

/// Tells how many points came out how, and that none came out otherwise.
pub fn tell(what: &str, kind: Kind, outcomes: &[Outcome]) {
    let new = outcomes
        .iter()
        .filter(|outcome| **outcome == Outcome::New)
        .count();
    let old = outcomes.len() - new;
    eprintln!(
        "{what}, {kind:?}: {} points, {old} old, {new} new",
        outcomes.len()
    );
}
