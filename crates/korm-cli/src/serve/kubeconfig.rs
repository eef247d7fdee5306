//! The kubeconfig file: private, complete from the moment it appears, and removed at the end.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use tempfile::{NamedTempFile, TempDir};

use super::Error;

/// The first line, by which a file that an earlier run left behind is known again.
const MARK: &str = "# Written by `korm serve`, which removes it when it stops.\n";

/// Where the kubeconfig will be.
pub(super) struct KubeconfigFile {
    path: PathBuf,
    /// The directory that was made for it, where no place was asked for.
    directory: Option<TempDir>,
}

impl KubeconfigFile {
    /// Finds the place, and finds out early whether a file can be written there.
    ///
    /// A file that is there already is replaced only if `korm serve` wrote it: it may be somebody's own kubeconfig.
    pub(super) fn prepare(asked: Option<&Path>) -> Result<Self, Error> {
        let Some(path) = asked else {
            let directory = tempfile::Builder::new()
                .prefix("korm-")
                .tempdir()
                .map_err(|error| refused(&std::env::temp_dir(), error.to_string()))?;
            let path = directory.path().join("kubeconfig");
            return Ok(Self {
                path,
                directory: Some(directory),
            });
        };
        let path = std::path::absolute(path).map_err(|error| refused(path, error.to_string()))?;
        match fs::read(&path) {
            Ok(bytes) if !bytes.starts_with(MARK.as_bytes()) => {
                let reason =
                    "a file is there that `korm serve` did not write, and it is left alone";
                return Err(refused(&path, reason.to_owned()));
            }
            Err(error) if error.kind() != io::ErrorKind::NotFound => {
                return Err(refused(&path, error.to_string()));
            }
            _ => {}
        }
        temporary_beside(&path)?;
        Ok(Self {
            path,
            directory: None,
        })
    }

    /// Makes the file appear with its whole content at once, readable by its owner only.
    pub(super) fn write(self, text: &str) -> Result<Written, Error> {
        let content = format!("{MARK}{text}");
        let mut file = temporary_beside(&self.path)?;
        file.write_all(content.as_bytes())
            .and_then(|()| file.as_file().sync_all())
            .map_err(|error| refused(&self.path, error.to_string()))?;
        file.persist(&self.path)
            .map_err(|failed| refused(&self.path, failed.error.to_string()))?;
        Ok(Written {
            path: self.path,
            content,
            directory: self.directory,
        })
    }
}

/// A temporary file in the same directory, mode 0600, that is gone when it is dropped.
fn temporary_beside(path: &Path) -> Result<NamedTempFile, Error> {
    let directory = path.parent().unwrap_or(Path::new("."));
    tempfile::Builder::new()
        .prefix(".korm-kubeconfig-")
        .tempfile_in(directory)
        // The message of `tempfile` names the temporary file, which would only puzzle.
        .map_err(|error| refused(path, reason_of(&error)))
}

fn reason_of(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::NotFound => "its directory does not exist".to_owned(),
        io::ErrorKind::PermissionDenied => "its directory cannot be written to".to_owned(),
        io::ErrorKind::NotADirectory => "what should be its directory is none".to_owned(),
        _ => error.to_string(),
    }
}

fn refused(path: &Path, reason: String) -> Error {
    Error::Kubeconfig {
        path: path.to_owned(),
        reason,
    }
}

/// A kubeconfig that is there. Removed when dropped.
pub(super) struct Written {
    path: PathBuf,
    content: String,
    directory: Option<TempDir>,
}

impl Written {
    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// Removes the file, and says which, unless somebody put another one in its place meanwhile.
    pub(super) fn remove(self) -> Option<PathBuf> {
        self.is_ours().then(|| self.path.clone())
        // Dropping `self` removes it.
    }

    fn is_ours(&self) -> bool {
        fs::read(&self.path).is_ok_and(|bytes| bytes == self.content.as_bytes())
    }
}

impl Drop for Written {
    fn drop(&mut self) {
        if self.is_ours() {
            let _ = fs::remove_file(&self.path);
        }
        drop(self.directory.take());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message(error: Error) -> String {
        error.to_string()
    }

    #[test]
    fn is_private_and_goes_away() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("config");
        let written = KubeconfigFile::prepare(Some(&path))
            .unwrap()
            .write("a: b\n")
            .unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), format!("{MARK}a: b\n"));
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            assert_eq!(
                fs::metadata(&path).unwrap().permissions().mode() & 0o777,
                0o600
            );
        }
        assert_eq!(written.remove(), Some(path));
        assert_eq!(fs::read_dir(directory.path()).unwrap().count(), 0);
    }

    #[test]
    fn nothing_appears_before_it_is_written() {
        let directory = tempfile::tempdir().unwrap();
        let _file = KubeconfigFile::prepare(Some(&directory.path().join("config"))).unwrap();
        assert_eq!(fs::read_dir(directory.path()).unwrap().count(), 0);
    }

    #[test]
    fn a_file_of_somebody_else_is_left_alone() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("config");
        fs::write(&path, "apiVersion: v1\n").unwrap();
        let error = KubeconfigFile::prepare(Some(&path)).err().unwrap();
        assert!(message(error).contains("did not write"));
        assert_eq!(fs::read_to_string(&path).unwrap(), "apiVersion: v1\n");
    }

    #[test]
    fn a_file_of_an_earlier_run_is_replaced() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("config");
        fs::write(&path, format!("{MARK}old")).unwrap();
        let written = KubeconfigFile::prepare(Some(&path))
            .unwrap()
            .write("new")
            .unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), format!("{MARK}new"));
        drop(written);
        assert!(!path.exists());
    }

    #[test]
    fn a_file_put_in_its_place_is_left_alone() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("config");
        let written = KubeconfigFile::prepare(Some(&path))
            .unwrap()
            .write("ours")
            .unwrap();
        fs::write(&path, "theirs").unwrap();
        assert_eq!(written.remove(), None);
        assert_eq!(fs::read_to_string(&path).unwrap(), "theirs");
    }

    #[test]
    fn a_missing_directory_is_told() {
        let error = KubeconfigFile::prepare(Some(Path::new("/nowhere/at/all")))
            .err()
            .unwrap();
        assert!(message(error).contains("its directory does not exist"));
    }
}
