//! Tests of the lock.
