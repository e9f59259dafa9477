//! For tests: a wheel builder, an index that can misbehave, scenarios. Depends on no wh crate.
