//! A kubectl that is new enough.

use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

use crate::{Result, console, go, process};

/// Older ones lack what the tests use (the watch of `kubectl wait`, aggregated discovery by default).
const OLDEST_MINOR: u32 = 32;

/// The one on PATH if it is new enough, else one built with Go.
pub(crate) fn program() -> Result<PathBuf> {
    if let Some(path) = process::find("kubectl") {
        match minor(&path) {
            Some(minor) if minor >= OLDEST_MINOR => return Ok(path),
            found => console::say(format_args!(
                "{} is {}, and 1.{OLDEST_MINOR} is needed: building one",
                path.display(),
                found.map_or("of an unknown version".to_owned(), |minor| format!(
                    "1.{minor}"
                )),
            )),
        }
    }
    go::program(go::Program::Kubectl)
}

fn minor(kubectl: &Path) -> Option<u32> {
    let text =
        process::output(Command::new(kubectl).args(["version", "--client", "--output=json"]))
            .ok()?;
    client_minor(&text)
}

/// The minor version in what `kubectl version --client --output=json` prints; some builds write `32+`.
fn client_minor(text: &str) -> Option<u32> {
    let version: Value = serde_json::from_str(text).ok()?;
    let minor = version.pointer("/clientVersion/minor")?.as_str()?;
    let digits: String = minor.chars().take_while(char::is_ascii_digit).collect();
    digits.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_minor_version_is_read_with_and_without_a_plus() {
        assert_eq!(
            client_minor(r#"{"clientVersion": {"major": "1", "minor": "32"}}"#),
            Some(32)
        );
        assert_eq!(
            client_minor(r#"{"clientVersion": {"major": "1", "minor": "37+"}}"#),
            Some(37)
        );
        assert_eq!(client_minor("kubectl"), None);
    }
}
