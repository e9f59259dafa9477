//! wip
/// wip
pub struct Sandbox;
