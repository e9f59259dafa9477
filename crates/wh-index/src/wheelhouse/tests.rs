//! Tests of wheelhouses.
