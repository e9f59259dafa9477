//! Values of the Python packaging standards: names, versions, tags, targets, requirements,
//! metadata, locks.
//!
//! Nothing here touches a file, a socket, a clock or the environment: text goes in, values come
//! out. Each module names the specification that it follows. Everything that comes from outside
//! (an archive, an index, a lock, an installed environment) is untrusted: a parser answers with a
//! value or with an error that says where the text is wrong, and never panics.

pub mod build_system;
pub mod class;
pub mod cut_off;
pub mod direct_url;
pub mod distribution;
pub mod entry_points;
pub mod hashes;
mod headers;
pub mod lock;
pub mod marker;
pub mod metadata;
pub mod name;
pub mod pyproject;
pub mod record;
pub mod report;
pub mod requirement;
pub mod requirements_file;
pub mod script_metadata;
pub mod sdist_filename;
pub mod spelling;
pub mod tag;
pub mod target;
pub mod toml_walk;
pub mod uv_lock;
pub mod wheel_file;
pub mod wheel_filename;

pub use build_system::BuildSystem;
pub use class::TargetClass;
pub use cut_off::CutOff;
pub use direct_url::DirectUrl;
pub use distribution::{CoreMetadataFile, DistributionFile, Filename, Origin, ProjectFiles};
pub use hashes::{Hashes, hexadecimal};
pub use lock::Lock;
pub use marker::{MarkerValues, Truth};
pub use metadata::Metadata;
pub use name::{extra_name, project_name};
pub use pep440_rs::{Operator, Version, VersionSpecifier, VersionSpecifiers};
pub use pep508_rs::{ExtraName, MarkerTree, PackageName as ProjectName};
pub use report::{Event, Reporter, Warning};
pub use requirement::{Requirement, Root};
pub use tag::{Tag, Tags};
pub use target::Target;
pub use wheel_filename::WheelFilename;
