//! Where Go keeps a module.

use crate::Error;
use std::path::PathBuf;
use std::process::Command;

/// The folder of a module, downloaded through the Go module proxy when it is not there yet.
///
/// # Errors
/// When Go is missing or does not find the module.
pub(super) fn module(path: &str, version: &str) -> Result<PathBuf, Error> {
    let output = Command::new("go")
        .args(["mod", "download", "-json", &format!("{path}@{version}")])
        .current_dir(std::env::temp_dir())
        .env("GOFLAGS", "-mod=mod")
        .output()
        .map_err(|error| format!("cannot run go ({error}); install Go 1.25 or newer"))?;
    let answer: serde_json::Value = serde_json::from_slice(&output.stdout)
        .map_err(|error| format!("go mod download {path}@{version}: {error}"))?;
    match answer["Dir"].as_str() {
        Some(dir) => Ok(PathBuf::from(dir)),
        None => Err(format!("go mod download {path}@{version}: {}", answer["Error"]).into()),
    }
}
