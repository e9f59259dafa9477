//! Licences, whatever field they stand in.

use super::contents::Licence;

fn licence(fields: &[(&str, &str)]) -> Licence {
    let fields: Vec<(String, String)> = fields
        .iter()
        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
        .collect();
    Licence::of(&fields)
}

#[track_caller]
fn check(old: &[(&str, &str)], new: &[(&str, &str)], differs: bool) {
    assert_eq!(licence(old).differs(&licence(new)), differs);
    assert_eq!(licence(new).differs(&licence(old)), differs);
}

#[test]
fn a_licence_changes_where_a_field_does() {
    const MIT: (&str, &str) = ("License", "MIT");
    const GPL: (&str, &str) = ("Classifier", "License :: OSI Approved :: GPLv3");
    const BSD: (&str, &str) = ("Classifier", "License :: OSI Approved :: BSD License");
    check(&[MIT], &[("License", "GPL")], true);
    check(&[MIT], &[("License-Expression", "MIT")], false);
    check(&[MIT], &[("License-Expression", "Apache-2.0")], true);
    check(&[MIT], &[("license", "MIT"), BSD], false);
    check(&[MIT, GPL], &[MIT, BSD], true);
    check(&[GPL, BSD], &[BSD, GPL], false);
    check(&[MIT], &[], true);
    check(&[("License", "UNKNOWN")], &[], false);
    check(&[("Classifier", "Topic :: X")], &[], false);
}
