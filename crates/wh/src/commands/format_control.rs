//! Which kinds of file count: `--only-binary`, `--no-binary`, `--prefer-binary`, in pip's forms.
//!
//! A project's name counts before `:all:`, whatever the order; `:none:` takes back what the same
//! option said before. The command line counts before requirements files.

use wh_packaging::lock::LockTool;
use wh_packaging::requirements_file::OptionName;
use wh_resolver::{Format, Formats};

use super::file_options::FileOptions;
use super::requirements::project_names;
use crate::arguments::ChoosingArgs;
use crate::failure::Failure;

/// What the options mean, those of files first.
pub fn formats(choosing: &ChoosingArgs, files: &FileOptions) -> Result<Formats, Failure> {
    let mut formats = of_files(files)?;
    formats.sdists_equal = choosing.no_prefer_binary;
    refuse_both(choosing)?;
    for value in &choosing.only_binary {
        add(&mut formats, Format::Binary, value)?;
    }
    for value in &choosing.no_binary {
        add(&mut formats, Format::Source, value)?;
    }
    Ok(formats)
}

/// What the options of requirements files mean.
pub fn of_files(files: &FileOptions) -> Result<Formats, Failure> {
    let mut formats = Formats::default();
    for option in &files.given {
        match option.name {
            OptionName::OnlyBinary => add(&mut formats, Format::Binary, &option.value)?,
            OptionName::NoBinary => add(&mut formats, Format::Source, &option.value)?,
            _ => {}
        }
    }
    Ok(formats)
}

/// What counted when a lock was made.
pub fn of_lock(tool: &LockTool) -> Result<Formats, Failure> {
    let mut formats = Formats {
        sdists_equal: tool.no_prefer_binary,
        ..Formats::default()
    };
    for (format, names) in [
        (Format::Binary, &tool.only_binary),
        (Format::Source, &tool.no_binary),
    ] {
        for name in names {
            add(&mut formats, format, name)?;
        }
    }
    Ok(formats)
}

fn add(formats: &mut Formats, format: Format, value: &str) -> Result<(), Failure> {
    for part in parts(value) {
        match part {
            ":all:" => formats.otherwise = format,
            ":none:" => {
                if formats.otherwise == format {
                    formats.otherwise = Format::Any;
                }
                formats.projects.retain(|_, other| *other != format);
            }
            name => {
                for name in project_names(&[name.to_owned()])? {
                    formats.projects.insert(name, format);
                }
            }
        }
    }
    Ok(())
}

fn parts(value: &str) -> impl Iterator<Item = &str> {
    value
        .split(',')
        .map(str::trim)
        .filter(|part| !part.is_empty())
}

/// The same project cannot be for wheels alone and for sdists alone.
fn refuse_both(choosing: &ChoosingArgs) -> Result<(), Failure> {
    let source: Vec<&str> = choosing
        .no_binary
        .iter()
        .flat_map(|one| parts(one))
        .collect();
    let mut both = choosing.only_binary.iter().flat_map(|one| parts(one));
    match both.find(|one| *one != ":none:" && source.contains(one)) {
        None => Ok(()),
        Some(both) => Err(Failure::malformed_because(
            format!("`{both}` stands in --only-binary and in --no-binary"),
            "name it in one of them",
        )),
    }
}

#[cfg(test)]
mod tests {
    use clap::Parser;
    use wh_packaging::requirements_file::FileOption;
    use wh_packaging::requirements_file::Place;

    use super::*;

    #[derive(Parser)]
    struct Line {
        #[command(flatten)]
        choosing: ChoosingArgs,
    }

    /// What counts of `a` and of `b`; `file`: options of a requirements file.
    #[track_caller]
    fn check(line: &str, file: &[(OptionName, &str)], expected: Option<(Format, Format)>) {
        let line = Line::parse_from(["wh"].into_iter().chain(line.split_whitespace()));
        let given = file
            .iter()
            .map(|(name, value)| FileOption {
                name: *name,
                value: (*value).to_owned(),
                place: Place {
                    file: "r.txt".to_owned(),
                    line: 1,
                },
            })
            .collect();
        let files = FileOptions {
            given,
            ..FileOptions::default()
        };
        let found = formats(&line.choosing, &files).ok().map(|found| {
            let of = |name: &str| found.of(&name.parse().unwrap());
            (of("a"), of("b"))
        });
        assert_eq!(found, expected);
    }

    #[test]
    fn names_before_all_and_the_command_line_before_files() {
        use Format::{Any, Binary, Source};
        use OptionName::{NoBinary, OnlyBinary};
        check("", &[], Some((Any, Any)));
        check("--only-binary :all:", &[], Some((Binary, Binary)));
        check(
            "--only-binary=:all: --no-binary A",
            &[],
            Some((Source, Binary)),
        );
        check(
            "--no-binary A --only-binary=:all:",
            &[],
            Some((Source, Binary)),
        );
        check("--no-binary a,b", &[], Some((Source, Source)));
        check("--no-binary a --only-binary a", &[], None);
        check("--no-binary :all: --only-binary :all:", &[], None);
        check("--no-binary a:b", &[], None);
        let file = [(NoBinary, ":all:"), (OnlyBinary, "b")];
        check("", &file, Some((Source, Binary)));
        check("--no-binary :none:", &file, Some((Any, Binary)));
        check("--no-binary b", &file, Some((Source, Source)));
    }
}
