//! Options of the commands that build: source distributions, local projects, checkouts.

use clap::Args;

/// How what is source is built.
#[derive(Debug, Args, Clone, Default)]
#[command(next_help_heading = "Building")]
pub struct BuildArgs {
    /// Build in the environment itself, with what is installed there, in place of one made for each
    /// build; what the project asks for to be built must be there already
    #[arg(long)]
    pub no_build_isolation: bool,
    /// A setting for build backends; what it means they say; may be repeated, and a key given twice
    /// has both values
    #[arg(short = 'C', long, alias = "config-setting", value_name = "KEY=VALUE", value_parser = setting)]
    pub config_settings: Vec<(String, String)>,
    /// A constraints file for what builds require; those of --constraint do not hold there; may be
    /// repeated
    #[arg(long, alias = "build-constraints", value_name = "FILE")]
    pub build_constraint: Vec<String>,
    /// A variable of the environment that build backends see besides those that builds are known to be
    /// steered by (CC, CFLAGS, CMAKE_ARGS, SETUPTOOLS_SCM_PRETEND_VERSION, SOURCE_DATE_EPOCH, ...); may be
    /// repeated
    #[arg(long, value_name = "NAME")]
    pub build_env: Vec<String>,
    /// Stop a build that has not ended after so many seconds; 0 is no limit
    #[arg(long, value_name = "SECONDS", default_value = "3600")]
    pub build_timeout: u64,
}

/// `KEY=VALUE`; the value may be empty, and may hold further `=`.
fn setting(text: &str) -> Result<(String, String), String> {
    match text.split_once('=') {
        Some((key, value)) if !key.is_empty() => Ok((key.to_owned(), value.to_owned())),
        _ => Err("a setting is KEY=VALUE".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_are_keys_with_values() {
        let check = |text: &str, expected: Option<(&str, &str)>| {
            let expected = expected.map(|(key, value)| (key.to_owned(), value.to_owned()));
            assert_eq!(setting(text).ok(), expected, "{text}");
        };
        check("a=b", Some(("a", "b")));
        check("--global-option=--x=y", Some(("--global-option", "--x=y")));
        check("a=", Some(("a", "")));
        check("a", None);
        check("=b", None);
    }
}
