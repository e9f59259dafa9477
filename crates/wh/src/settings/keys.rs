//! Which keys `wh.toml` may have: the long names of the options of those commands that go to an
//! index, and a few that say more than an option can.

use clap::{Arg, ArgAction, Command};

/// Keys that are not the name of an option.
pub const OWN: [&str; 8] = [
    "requirements",
    "requirement-files",
    "targets",
    "extras",
    "groups",
    "folder",
    "index",
    "build-requires",
];

/// Keys of an `[[index]]`.
pub const OF_INDEX: [&str; 4] = ["name", "url", "projects", "exclude-newer"];

/// Options that make sense on a command line only, or that a key of our own says better.
const NOT_KEYS: [&str; 19] = [
    "dest",
    "wheel-dir",
    "dry-run",
    "report",
    "requirement",
    "target",
    "extra",
    "group",
    "python",
    "python-version",
    "platform",
    "implementation",
    "abi",
    "all-extras",
    "quiet",
    "verbose",
    "json",
    "help",
    "version",
];

/// What values a key takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// `true` or `false`.
    Switch,
    /// One value: a text or a number.
    One,
    /// A text, or an array of them.
    Several,
}

/// A key that is an option.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Key {
    /// The option's long name.
    pub name: String,
    /// What values it takes.
    pub kind: Kind,
    /// Whether a value is a path, which is relative to the file that it stands in.
    pub path: bool,
}

/// Whether a command goes to an index.
pub fn goes_to_an_index(command: &Command) -> bool {
    command
        .get_arguments()
        .any(|arg| arg.get_long() == Some("index-url"))
}

/// The keys that are options of some command that goes to an index.
pub fn options(root: &Command) -> Vec<Key> {
    let mut keys: Vec<Key> = Vec::new();
    let commands = root.get_subcommands().filter(|one| goes_to_an_index(one));
    for arg in commands.flat_map(Command::get_arguments) {
        let Some(name) = arg.get_long().filter(|name| !NOT_KEYS.contains(name)) else {
            continue;
        };
        if !keys.iter().any(|key| key.name == name) {
            keys.push(key(name, arg));
        }
    }
    keys.push(Key {
        name: "folder".to_owned(),
        kind: Kind::One,
        path: true,
    });
    keys
}

fn key(name: &str, arg: &Arg) -> Key {
    let kind = match arg.get_action() {
        ArgAction::Append => Kind::Several,
        ArgAction::SetTrue | ArgAction::SetFalse | ArgAction::Count => Kind::Switch,
        _ => Kind::One,
    };
    let names = arg.get_value_names().unwrap_or_default();
    let path = names
        .iter()
        .any(|name| matches!(name.as_str(), "FILE" | "DIR" | "PLACE"));
    Key {
        name: name.to_owned(),
        kind,
        path,
    }
}
