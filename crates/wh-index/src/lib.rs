//! Where distributions come from: indexes, find-links, wheelhouses.
