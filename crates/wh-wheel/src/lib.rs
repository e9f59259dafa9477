//! One wheel file: read, check, unpack.
//!
//! Follows the binary distribution format (packaging.python.org). [`check`](check::check) is the
//! one place that refuses a wheel, and `wh download` and `wh install` share it: nothing is refused
//! for the first time on the far side. A wheel is untrusted: nothing in it makes this crate panic,
//! take memory without bound, or write outside the roots that a caller names.

mod archive;
pub mod check;
mod contents;
pub mod digest;
mod error;
mod folder_link;
pub mod identity;
mod last_folder;
mod launcher;
mod link;
mod look;
mod names;
mod own;
mod parts;
pub mod plan;
mod reader;
mod rename;
mod root;
mod scripts;
mod shebang;
pub mod store;
mod unpack;
mod unpacked;
mod wheel;
mod window;

pub use check::{Checked, Contents, Scheme, check};
pub use digest::{Algorithm, hash_file};
pub use error::{Fault, WheelError};
pub use folder_link::{make_folder_link, remove_folder_link};
pub use last_folder::{LastFolder, holds};
pub use launcher::WindowsMachine;
pub use link::{LinkMode, Linker};
pub use own::own_folder;
pub use plan::{Layout, Marks, Plan, PlannedFile, plan, plan_stored};
pub use rename::{Namer, rename};
pub use root::Root;
pub use store::{Filling, Store, Stored};
pub use unpacked::Unpacked;
pub use wheel::{Wheel, read_metadata_bytes_of, read_metadata_of};
