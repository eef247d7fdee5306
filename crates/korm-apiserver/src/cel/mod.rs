//! Validation rules written in the Common Expression Language.
