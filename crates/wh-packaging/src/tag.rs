//! Compatibility tags (PEP 425) and their order.

use std::collections::HashMap;
use std::fmt;
use std::sync::Arc;

/// One tag: python, abi, platform.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Tag {
    /// `cp312`
    pub python: Arc<str>,
    /// `abi3`
    pub abi: Arc<str>,
    /// `manylinux_2_28_x86_64`
    pub platform: Arc<str>,
}

impl fmt::Display for Tag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}-{}", self.python, self.abi, self.platform)
    }
}

type ByText<T> = HashMap<Arc<str>, T>;

/// The tags that an environment loads, the best first.
#[derive(Debug, Clone, Default)]
pub struct Tags {
    ordered: Vec<Tag>,
    // python -> abi -> platform -> rank; nested so that a lookup allocates nothing
    ranks: ByText<ByText<ByText<usize>>>,
}

impl PartialEq for Tags {
    fn eq(&self, other: &Self) -> bool {
        self.ordered == other.ordered
    }
}

impl Tags {
    /// From tags in order, the best first; a repeated tag keeps its first place.
    pub fn new(tags: impl IntoIterator<Item = Tag>) -> Self {
        let mut this = Self::default();
        for tag in tags {
            let rank = this.ordered.len();
            let platforms = this
                .ranks
                .entry(tag.python.clone())
                .or_default()
                .entry(tag.abi.clone())
                .or_default();
            if let std::collections::hash_map::Entry::Vacant(vacant) =
                platforms.entry(tag.platform.clone())
            {
                vacant.insert(rank);
                this.ordered.push(tag);
            }
        }
        this
    }

    /// The place of a tag, 0 being the best; `None` where it does not load.
    pub fn rank(&self, python: &str, abi: &str, platform: &str) -> Option<usize> {
        self.ranks.get(python)?.get(abi)?.get(platform).copied()
    }

    /// All tags, the best first.
    pub fn iter(&self) -> impl Iterator<Item = &Tag> {
        self.ordered.iter()
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.ordered.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.ordered.is_empty()
    }
}

/// Why a text is not a tag: not three parts, or an empty one.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{text}` is not a compatibility tag")]
pub struct TagError {
    /// The text.
    pub text: String,
}

impl Tag {
    /// The most tags that one compressed set may stand for.
    const LARGEST_SET: usize = 10_000;

    /// Reads a tag or a compressed tag set (`py2.py3-none-any`) and appends what it stands for.
    ///
    /// # Errors
    /// It does not have three parts, a part is empty, or the set is unreasonably large.
    pub fn expand(text: &str, tags: &mut Vec<Tag>) -> Result<(), TagError> {
        let error = || TagError {
            text: text.to_owned(),
        };
        let lower = text.to_ascii_lowercase();
        let parts: Vec<Vec<Arc<str>>> = lower
            .split('-')
            .map(|part| part.split('.').map(Arc::from).collect())
            .collect();
        let [pythons, abis, platforms] = parts.as_slice() else {
            return Err(error());
        };
        let empty = parts.iter().flatten().any(|member| member.is_empty());
        let size = pythons.len().saturating_mul(abis.len());
        if empty || size.saturating_mul(platforms.len()) > Self::LARGEST_SET {
            return Err(error());
        }
        for python in pythons {
            for abi in abis {
                tags.extend(platforms.iter().map(|platform| Tag {
                    python: python.clone(),
                    abi: abi.clone(),
                    platform: platform.clone(),
                }));
            }
        }
        Ok(())
    }
}
