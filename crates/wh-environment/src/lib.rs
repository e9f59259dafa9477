//! One Python environment on disk: find it, probe it, list it, freeze it, change it.
