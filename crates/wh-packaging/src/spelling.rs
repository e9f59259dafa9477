//! What was probably meant by a name that is not known.

/// The candidate that takes the fewest changes of a character to become; `None` where half of it
/// would have to change.
pub fn nearest<'a>(text: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    candidates
        .into_iter()
        .map(|candidate| (distance(text, candidate), candidate))
        .filter(|(distance, candidate)| *distance <= candidate.len() / 2)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}

/// Levenshtein's.
fn distance(a: &str, b: &str) -> usize {
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.bytes().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, y) in b.bytes().enumerate() {
            let change = diagonal + usize::from(x != y);
            diagonal = row[j + 1];
            row[j + 1] = change.min(row[j] + 1).min(diagonal + 1);
        }
    }
    row.last().copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_of_some() {
        let check = |text: &str, expected: Option<&str>| {
            assert_eq!(
                nearest(text, ["numpy", "pandas", "six"]),
                expected,
                "{text}"
            );
        };
        check("nunpy", Some("numpy"));
        check("panda", Some("pandas"));
        check("sixx", Some("six"));
        check("matplotlib", None);
        check("", None);
    }
}
