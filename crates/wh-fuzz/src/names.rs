//! The small grammars that stand in names, pages and options: file names, versions, specifiers,
//! markers, requirements.

use std::path::Path;
use std::sync::LazyLock;

use wh_packaging::sdist_filename::SdistFilename;
use wh_packaging::{ProjectName, Target, Version, WheelFilename, requirement};

use crate::meaning::{comes_back, same_marker};

static TARGET: LazyLock<Target> = LazyLock::new(|| Target::from_name("cp312-linux").unwrap());
static PROJECT: LazyLock<ProjectName> = LazyLock::new(|| "a".parse().unwrap());

/// What is understood is written as text that is understood as the same.
pub fn names(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else {
        return;
    };
    if let Ok(name) = text.parse::<WheelFilename>() {
        assert_eq!(name.as_str(), text);
        assert!(!text.contains(['/', '\\', '\0']), "{text:?}");
        let _ = name.rank(&TARGET.tags);
    }
    if SdistFilename::parse(text, &PROJECT).is_some() {
        assert!(!text.contains(['/', '\\', '\0']), "{text:?}");
    }
    if let Ok(version) = text.parse::<Version>() {
        assert_eq!(version.to_string().parse(), Ok(version));
    }
    if let Ok(specifiers) = requirement::parse_specifiers_lenient(text) {
        let shown = specifiers.to_string();
        assert_eq!(
            requirement::parse_specifiers_lenient(&shown),
            Ok(specifiers)
        );
    }
    if let Ok(marker) = requirement::parse_marker(text)
        && let Some(shown) = requirement::display_marker(&marker)
    {
        let again = requirement::parse_marker(&shown).unwrap_or_else(|e| panic!("{shown}: {e}"));
        same_marker(&marker, &again, &shown);
    }
    if let Ok(found) = requirement::parse_strict(text) {
        assert_eq!(requirement::parse(text).as_ref(), Ok(&found));
        comes_back(&found);
    }
    if let Err(error) = requirement::parse_input(text, Path::new("/base")) {
        assert!(error.column <= text.trim().chars().count());
    }
    let _ = Target::from_name(text);
}
