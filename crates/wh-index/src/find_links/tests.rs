//! Tests of find-links.
