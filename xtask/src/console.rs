//! What chores say to the person at the terminal.

use std::fmt;
use std::io::Write;

/// Prints a line to standard error; standard output is kept for results that other programs read.
pub fn say(line: fmt::Arguments<'_>) {
    // A closed terminal must not stop a chore half way.
    let _ = writeln!(std::io::stderr(), "{line}");
}

/// Prints a line to standard output.
pub(crate) fn print(line: fmt::Arguments<'_>) {
    let _ = writeln!(std::io::stdout(), "{line}");
}

/// Announces a step of a longer chore, so that its output can be found again in a log.
pub(crate) fn step(name: &str) {
    say(format_args!("\n── {name}"));
}
