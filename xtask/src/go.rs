//! Programs built from the Go module in `testbed/`, each built once and kept outside the tree.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::failure::Context;
use crate::{Failure, Result, console, process, workspace};

/// What can be built from the module.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Program {
    /// The reference server.
    Testbed,
    /// kubectl of the same version.
    Kubectl,
}

impl Program {
    fn name(self) -> &'static str {
        match self {
            Self::Testbed => "testbed",
            Self::Kubectl => "kubectl",
        }
    }

    fn package(self) -> &'static str {
        match self {
            Self::Testbed => ".",
            Self::Kubectl => "k8s.io/kubernetes/cmd/kubectl",
        }
    }
}

/// Whether programs can be built here at all.
pub(crate) fn is_installed() -> bool {
    process::find("go").is_some()
}

/// The path of the program, built first unless it was built from the same sources before.
pub(crate) fn program(program: Program) -> Result<PathBuf> {
    let module = workspace::root().join("testbed");
    let sources = sources(&module)?;
    let dir = workspace::cache()?.join(format!("go-{:016x}", fingerprint(&sources)?));
    let path = dir.join(format!(
        "{}{}",
        program.name(),
        std::env::consts::EXE_SUFFIX
    ));
    if path.is_file() {
        return Ok(path);
    }
    fs::create_dir_all(&dir).context(|| format!("cannot make {}", dir.display()))?;
    let lock =
        File::create(dir.join("lock")).context(|| format!("cannot write in {}", dir.display()))?;
    lock.lock()
        .context(|| format!("cannot lock {}", dir.display()))?;
    // Somebody else may have built it while this one waited.
    if !path.is_file() {
        build(program, &module, &path)?;
    }
    Ok(path)
}

fn build(program: Program, module: &Path, path: &Path) -> Result<()> {
    if !is_installed() {
        return Err(Failure::new(format!(
            "{} is built with Go, and there is no `go` on PATH: install Go 1.26 or newer (https://go.dev/dl) \
             and run this again",
            program.name()
        )));
    }
    console::say(format_args!(
        "building {} with Go: minutes and 2 GB of memory the first time, seconds later",
        program.name()
    ));
    let unfinished = path.with_extension("new");
    let version = kubernetes_version(module)?;
    process::run(
        Command::new("go")
            .current_dir(module)
            .args([
                "build",
                "-trimpath",
                "-ldflags",
                &linker_flags(&version),
                "-o",
            ])
            .arg(&unfinished)
            .arg(program.package()),
    )?;
    fs::rename(&unfinished, path).context(|| format!("cannot put {} in place", path.display()))
}

/// The version of k8s.io/kubernetes that the module asks for, such as `v1.37.2`.
fn kubernetes_version(module: &Path) -> Result<String> {
    let file = module.join("go.mod");
    let text = fs::read_to_string(&file).context(|| format!("cannot read {}", file.display()))?;
    text.lines()
        .find_map(|line| {
            line.trim()
                .trim_start_matches("require ")
                .strip_prefix("k8s.io/kubernetes ")
        })
        .map(|version| version.trim().to_owned())
        .ok_or_else(|| {
            Failure::new(format!(
                "{} does not require k8s.io/kubernetes",
                file.display()
            ))
        })
}

/// Kubernetes learns its own version from the linker.
fn linker_flags(version: &str) -> String {
    let mut parts = version.trim_start_matches('v').split('.');
    let major = parts.next().unwrap_or_default();
    let minor = parts.next().unwrap_or_default();
    let package = "k8s.io/component-base/version";
    format!(
        "-s -w -X {package}.gitVersion={version} -X {package}.gitMajor={major} -X {package}.gitMinor={minor}"
    )
}

/// The files that decide what is built, in a fixed order.
fn sources(module: &Path) -> Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    for entry in fs::read_dir(module).context(|| format!("cannot read {}", module.display()))? {
        let path = entry
            .context(|| format!("cannot read {}", module.display()))?
            .path();
        let is_source = path
            .extension()
            .is_some_and(|ext| ext == "go" || ext == "mod" || ext == "sum");
        if is_source {
            files.push(path);
        }
    }
    files.sort();
    Ok(files)
}

/// FNV-1a over names and contents: the same on every machine and with every compiler.
fn fingerprint(files: &[PathBuf]) -> Result<u64> {
    let mut hash = 0xcbf2_9ce4_8422_2325_u64;
    let mut eat = |bytes: &[u8]| {
        for byte in bytes {
            hash = (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3);
        }
    };
    for file in files {
        eat(file.file_name().unwrap_or_default().as_encoded_bytes());
        eat(&fs::read(file).context(|| format!("cannot read {}", file.display()))?);
    }
    Ok(hash)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_linker_is_told_the_version_in_its_parts() {
        let flags = linker_flags("v1.37.2");
        assert!(flags.contains("gitVersion=v1.37.2"), "{flags}");
        assert!(flags.contains("gitMajor=1 "), "{flags}");
        assert!(flags.ends_with("gitMinor=37"), "{flags}");
    }

    #[test]
    fn the_module_names_its_kubernetes_version() {
        let version = kubernetes_version(&workspace::root().join("testbed")).unwrap();
        assert!(version.starts_with("v1."), "{version}");
    }

    #[test]
    fn another_source_is_another_fingerprint() {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("main.go");
        fs::write(&file, "package main").unwrap();
        let before = fingerprint(&sources(dir.path()).unwrap()).unwrap();
        fs::write(&file, "package other").unwrap();
        let after = fingerprint(&sources(dir.path()).unwrap()).unwrap();
        assert_ne!(before, after);
    }
}
