//! Programs that show korm; each is an example target. Here is what they share.

pub mod table;
