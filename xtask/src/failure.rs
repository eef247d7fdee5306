use std::fmt;

/// Why a chore stopped: a sentence for the person who started it.
#[derive(Debug)]
pub struct Failure(String);

/// What a chore gives back.
pub type Result<T> = std::result::Result<T, Failure>;

impl Failure {
    /// A failure that says what happened and, where it is known, what to do next.
    pub fn new(message: impl Into<String>) -> Self {
        Self(message.into())
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.0)
    }
}

impl std::error::Error for Failure {}

/// Says what was being done when a lower error came up.
pub(crate) trait Context<T> {
    fn context(self, doing: impl FnOnce() -> String) -> Result<T>;
}

impl<T, E: fmt::Display> Context<T> for std::result::Result<T, E> {
    fn context(self, doing: impl FnOnce() -> String) -> Result<T> {
        self.map_err(|error| Failure(format!("{}: {error}", doing())))
    }
}
