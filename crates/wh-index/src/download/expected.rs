//! What a file must be: the size and the digests that somebody announced or asks for.

use wh_packaging::{DistributionFile, Hashes};
use wh_wheel::Algorithm;

use super::DownloadOptions;

/// The bytes that are wanted, as far as they are known.
#[derive(Debug, Clone, Default)]
pub(super) struct Expected {
    /// From the index, or from the URL's fragment.
    pub announced: Hashes,
    /// `--hash`: one of these; empty: any.
    pub one_of: Vec<Hashes>,
    /// Bytes.
    pub size: Option<u64>,
}

impl Expected {
    pub(super) fn of(file: &DistributionFile, options: &DownloadOptions) -> Self {
        // digests that are asked for are those of what a wheel was built of
        let is_built = file.made_from.is_some() && file.filename.as_wheel().is_some();
        let one_of = options.hashes.get(file.filename.project());
        let one_of = one_of.filter(|_| !is_built);
        Self {
            announced: file.hashes.clone(),
            one_of: one_of.cloned().unwrap_or_default(),
            size: file.size,
        }
    }

    /// Whether a digest that proves anything is known.
    pub(super) fn is_known(&self) -> bool {
        !self.one_of.is_empty() || self.announced.iter().any(proves)
    }

    /// What must be computed to judge a file; sha256 always, since locks have it.
    pub(super) fn algorithms(&self) -> Vec<Algorithm> {
        let known = |algorithm: &Algorithm| {
            std::iter::once(&self.announced)
                .chain(&self.one_of)
                .any(|hashes| hashes.get(algorithm.name()).is_some())
        };
        Algorithm::ALL
            .into_iter()
            .filter(|algorithm| *algorithm == Algorithm::Sha256 || known(algorithm))
            .collect()
    }

    /// Whether a file with these digests is the one.
    pub(super) fn admits(&self, actual: &Hashes) -> bool {
        let is_one = |hashes: &Hashes| {
            !hashes.disagrees_with(actual)
                && hashes
                    .iter()
                    .any(|hash| proves(hash) && actual.get(hash.0).is_some())
        };
        !self.announced.disagrees_with(actual)
            && (self.one_of.is_empty() || self.one_of.iter().any(is_one))
    }

    /// The digests to name in an error: those that `actual` fails.
    pub(super) fn failed_by(&self, actual: &Hashes) -> Hashes {
        if self.announced.disagrees_with(actual) || self.one_of.is_empty() {
            return self.announced.clone();
        }
        self.one_of.first().cloned().unwrap_or_default()
    }
}

fn proves((algorithm, _): (&str, &str)) -> bool {
    Algorithm::from_name(algorithm).is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hashes(all: &[&str]) -> Hashes {
        let mut hashes = Hashes::none();
        for one in all {
            let (algorithm, hex) = one.split_once('=').unwrap();
            hashes.insert(algorithm, hex);
        }
        hashes
    }

    fn check(announced: &[&str], one_of: &[&[&str]], actual: &[&str], known: bool, admitted: bool) {
        let expected = Expected {
            announced: hashes(announced),
            one_of: one_of.iter().map(|all| hashes(all)).collect(),
            size: None,
        };
        assert_eq!(expected.is_known(), known, "{expected:?}");
        assert_eq!(expected.admits(&hashes(actual)), admitted, "{expected:?}");
    }

    #[test]
    fn admits_what_was_announced() {
        check(&["sha256=aa"], &[], &["sha256=aa"], true, true);
        check(&["sha256=aa"], &[], &["sha256=ab"], true, false);
        check(
            &["sha256=aa", "sha512=bb"],
            &[],
            &["sha256=aa", "sha512=bc"],
            true,
            false,
        );
        check(&[], &[], &["sha256=aa"], false, true);
        // md5 proves nothing
        check(&["md5=aa"], &[], &["sha256=aa"], false, true);
    }

    #[test]
    fn one_of_the_digests_asked_for_must_be_met() {
        check(
            &[],
            &[&["sha256=aa"], &["sha256=ab"]],
            &["sha256=ab"],
            true,
            true,
        );
        check(&[], &[&["sha256=aa"]], &["sha256=ab"], true, false);
        check(
            &["sha256=ab"],
            &[&["sha256=aa"]],
            &["sha256=ab"],
            true,
            false,
        );
        check(&[], &[&["md5=aa"]], &["sha256=ab"], true, false);
    }
}
