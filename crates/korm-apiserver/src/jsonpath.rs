//! The JSONPath dialect of printer columns and selectable fields.
