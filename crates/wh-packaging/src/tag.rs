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

/// The tags that an environment loads, the best first.
#[derive(Debug, Clone, Default)]
pub struct Tags {
    ordered: Vec<Tag>,
    // python -> abi -> platform -> rank; nested so that a lookup allocates nothing
    ranks: HashMap<Arc<str>, HashMap<Arc<str>, HashMap<Arc<str>, usize>>>,
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
