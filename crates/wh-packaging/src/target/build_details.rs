//! `build-details.json` (PEP 739) as a target.
