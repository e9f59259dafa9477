//! wip
/// wip
pub struct Fault;
/// wip
pub struct IndexFile;
/// wip
pub struct TestIndex;
