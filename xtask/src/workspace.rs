//! Where things are.

use std::path::{Path, PathBuf};

use crate::{Failure, Result};

/// The root of the source tree that this program was built from.
pub(crate) fn root() -> &'static Path {
    let manifest = Path::new(env!("CARGO_MANIFEST_DIR"));
    // `xtask/` is one level below the root.
    manifest.parent().unwrap_or(manifest)
}

/// Where cargo builds, and where what belongs to one checkout is kept.
pub(crate) fn target() -> PathBuf {
    std::env::var_os("CARGO_TARGET_DIR")
        .map_or_else(|| root().join("target"), |dir| root().join(dir))
}

/// A folder for what is expensive to make and may be deleted at any time, outside the tree.
pub(crate) fn cache() -> Result<PathBuf> {
    let base = match std::env::var_os("XDG_CACHE_HOME") {
        Some(dir) if Path::new(&dir).is_absolute() => PathBuf::from(dir),
        _ => {
            let home = std::env::home_dir().ok_or_else(|| {
                Failure::new(
                    "no home directory: set XDG_CACHE_HOME to where built programs may be kept",
                )
            })?;
            home.join(".cache")
        }
    };
    Ok(base.join("korm"))
}
