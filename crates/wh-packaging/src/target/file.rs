//! Targets as files: what `wh target` prints, and pex's complete-platform JSON.
