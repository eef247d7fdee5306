//! One suite of cases, run against the embedded and the reference server alike.
