//! The `WHEEL` file of a wheel's dist-info (binary distribution format).

use crate::headers;

/// What `WHEEL` says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WheelFile {
    /// `Wheel-Version`, as (major, minor).
    pub wheel_version: (u32, u32),
    /// `Generator`
    pub generator: Option<String>,
    /// `Root-Is-Purelib`; false where it is not given, as pip takes it.
    pub root_is_purelib: bool,
    /// `Tag`, each as written.
    pub tags: Vec<String>,
    /// `Build`
    pub build: Option<String>,
}

/// Why WHEEL could not be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("WHEEL: {reason}")]
pub struct WheelFileError {
    /// What is wrong.
    pub reason: String,
}

impl WheelFile {
    /// Reads WHEEL. Which versions can be installed is for the installer to say.
    ///
    /// # Errors
    /// No `Wheel-Version`, one that is not `N.N`, or a `Root-Is-Purelib` that is neither.
    pub fn parse(text: &str) -> Result<Self, WheelFileError> {
        let headers = headers::read(text.as_bytes());
        let first = |name: &str| {
            headers
                .iter()
                .find(|header| header.is(name))
                .map(|header| header.value.as_ref())
        };
        Ok(Self {
            wheel_version: wheel_version(first("Wheel-Version"))?,
            generator: first("Generator").map(str::to_owned),
            root_is_purelib: root_is_purelib(first("Root-Is-Purelib"))?,
            tags: headers
                .iter()
                .filter(|header| header.is("Tag"))
                .map(|header| header.value.to_string())
                .collect(),
            build: first("Build")
                .filter(|build| !build.is_empty())
                .map(str::to_owned),
        })
    }
}

fn wheel_version(value: Option<&str>) -> Result<(u32, u32), WheelFileError> {
    let value = value.ok_or_else(|| WheelFileError {
        reason: "`Wheel-Version` is missing".to_owned(),
    })?;
    let number = |digits: &str| {
        let plain = !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit());
        plain.then(|| digits.parse::<u32>().ok()).flatten()
    };
    value
        .split_once('.')
        .and_then(|(major, minor)| Some((number(major)?, number(minor)?)))
        .ok_or_else(|| WheelFileError {
            reason: format!("`Wheel-Version: {value}` is not of the form N.N"),
        })
}

fn root_is_purelib(value: Option<&str>) -> Result<bool, WheelFileError> {
    match value.map(str::to_ascii_lowercase).as_deref() {
        Some("true") => Ok(true),
        Some("false") | None => Ok(false),
        Some(other) => Err(WheelFileError {
            reason: format!("`Root-Is-Purelib: {other}` is neither true nor false"),
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_wheels_say() {
        let text = "Wheel-Version: 1.0\nGenerator: bdist_wheel (0.37.1)\n\
            root-is-purelib: True\nBuild: 2\nTag: py2-none-any\nTag: py3-none-any\n\n";
        assert_eq!(
            WheelFile::parse(text).unwrap(),
            WheelFile {
                wheel_version: (1, 0),
                generator: Some("bdist_wheel (0.37.1)".into()),
                root_is_purelib: true,
                tags: vec!["py2-none-any".into(), "py3-none-any".into()],
                build: Some("2".into()),
            }
        );
        let bare = WheelFile::parse("Wheel-Version: 2.13").unwrap();
        assert_eq!((bare.wheel_version, bare.root_is_purelib), ((2, 13), false));
    }

    #[test]
    fn refuses_what_it_cannot_use() {
        for text in [
            "",
            "Wheel-Version: 1",
            "Wheel-Version: 1.x",
            "Wheel-Version: +1.0",
            "Wheel-Version: 1.0\nRoot-Is-Purelib: maybe",
        ] {
            assert!(WheelFile::parse(text).is_err(), "{text:?}");
        }
    }
}
