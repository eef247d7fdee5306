//! What became of a write.

/// A write's outcome is one of three.
///
/// A call that returned `Ok` is [`Done`](Self::Done). For an error, [`Error::outcome`](crate::Error::outcome) tells which
/// of the other two it was.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Outcome {
    /// It happened.
    Done,
    /// It certainly did not happen.
    Rejected,
    /// It was sent, and no answer says whether it happened.
    Unknown,
}
