//! One wheel file: read, check, unpack.
