//! What is written to the terminal.
//!
//! Nobody is there to be told when the terminal cannot be written to, so such failures are ignored: a server whose
//! output was piped into `head` goes on serving.

use std::error::Error;
use std::io::{self, Write};

/// A text for whoever reads the output.
pub(crate) fn say(text: &str) {
    let mut out = io::stdout().lock();
    let _ = writeln!(out, "{text}");
    let _ = out.flush();
}

/// What went wrong, and why, as far as the messages do not say it already.
pub(crate) fn failure(error: &dyn Error) {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(inner) = cause {
        let reason = inner.to_string();
        if !text.contains(&reason) {
            text = format!("{text}: {reason}");
        }
        cause = inner.source();
    }
    let _ = writeln!(io::stderr().lock(), "error: {text}");
}
