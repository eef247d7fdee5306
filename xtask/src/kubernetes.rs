//! `cargo xtask kubernetes VERSION`: another version of Kubernetes for `testbed/`.
//!
//! `k8s.io/kubernetes` asks for the modules that are developed in its own tree at v0.0.0 and replaces them by folders,
//! which holds for itself alone: whoever depends on it has to say which release of each is meant.

use std::path::Path;
use std::process::Command;

use serde_json::Value;

use crate::failure::Context;
use crate::{Failure, Result, console, process, workspace};

const KUBERNETES: &str = "k8s.io/kubernetes";
/// Kubernetes pins the client's version; the server of the same release belongs to it.
const ETCD_CLIENT: &str = "go.etcd.io/etcd/client/v3";
const ETCD_SERVER: &str = "go.etcd.io/etcd/server/v3";

/// Which version the reference server shall be.
#[derive(Debug, clap::Args)]
pub struct Options {
    /// A release of Kubernetes, such as v1.37.2.
    version: String,
}

/// Rewrites the module's requirements for that version.
pub(crate) fn run(options: &Options) -> Result<()> {
    let module = workspace::root().join("testbed");
    let version = &options.version;
    let staged = staged_version(version)?;
    let downloaded = json(
        &module,
        &[
            "mod",
            "download",
            "-json",
            &format!("{KUBERNETES}@{version}"),
        ],
    )?;
    let its_file = downloaded["GoMod"]
        .as_str()
        .ok_or_else(|| Failure::new(format!("{KUBERNETES}@{version} has no go.mod")))?;
    let its_module = json(&module, &["mod", "edit", "-json", its_file])?;
    let our_module = json(&module, &["mod", "edit", "-json", "go.mod"])?;
    let arguments = edits(&our_module, &its_module, version, &staged)?;
    process::run(
        Command::new("go")
            .current_dir(&module)
            .args(["mod", "edit"])
            .args(&arguments),
    )?;
    process::run(
        Command::new("go")
            .current_dir(&module)
            .args(["mod", "tidy"]),
    )?;
    console::say(format_args!(
        "testbed/ is {KUBERNETES} {version} now; `cargo xtask record` records the facts of its native kinds"
    ));
    Ok(())
}

/// The version of the modules that are developed in Kubernetes' tree: v0.37.2 for v1.37.2.
fn staged_version(version: &str) -> Result<String> {
    version
        .strip_prefix("v1.")
        .filter(|rest| rest.split('.').count() == 2)
        .map(|rest| format!("v0.{rest}"))
        .ok_or_else(|| {
            Failure::new(format!(
                "{version} is no release of Kubernetes: write it as v1.37.2"
            ))
        })
}

/// The arguments of `go mod edit` that take our module to the version.
fn edits(ours: &Value, its: &Value, version: &str, staged: &str) -> Result<Vec<String>> {
    let dropped = listed(ours, "Replace")
        .filter_map(|replace| replace["Old"]["Path"].as_str())
        .map(|path| format!("-dropreplace={path}"));
    let in_its_tree: Vec<&str> = listed(its, "Replace")
        .filter(|replace| {
            replace["New"]["Path"]
                .as_str()
                .is_some_and(|path| path.starts_with("./staging/"))
        })
        .filter_map(|replace| replace["Old"]["Path"].as_str())
        .collect();
    let etcd = listed(its, "Require")
        .find(|require| require["Path"] == ETCD_CLIENT)
        .and_then(|require| require["Version"].as_str())
        .ok_or_else(|| Failure::new(format!("{KUBERNETES} {version} requires no {ETCD_CLIENT}")))?;
    let mut arguments: Vec<String> = dropped.collect();
    for path in &in_its_tree {
        arguments.push(format!("-replace={path}={path}@{staged}"));
    }
    for path in listed(ours, "Require").filter_map(|require| require["Path"].as_str()) {
        if in_its_tree.contains(&path) {
            arguments.push(format!("-require={path}@{staged}"));
        }
    }
    arguments.push(format!("-require={KUBERNETES}@{version}"));
    arguments.push(format!("-require={ETCD_SERVER}@{etcd}"));
    Ok(arguments)
}

fn listed<'a>(module: &'a Value, key: &str) -> impl Iterator<Item = &'a Value> {
    module[key].as_array().into_iter().flatten()
}

fn json(dir: &Path, arguments: &[&str]) -> Result<Value> {
    let mut command = Command::new("go");
    let text = process::output(command.current_dir(dir).args(arguments))?;
    serde_json::from_str(&text).context(|| format!("{} printed no JSON", process::shown(&command)))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_modules_of_its_tree_have_their_own_number() {
        assert_eq!(staged_version("v1.37.2").unwrap(), "v0.37.2");
        for wrong in ["1.37.2", "v1.37", "v2.0.0", "latest"] {
            let message = staged_version(wrong).unwrap_err().to_string();
            assert!(message.contains("write it as v1.37.2"), "{message}");
        }
    }

    #[test]
    fn replaced_is_what_is_in_its_tree_now_and_required_what_was() {
        let ours = json!({
            "Replace": [{"Old": {"Path": "k8s.io/gone"}, "New": {"Path": "k8s.io/gone", "Version": "v0.1.0"}}],
            "Require": [{"Path": "k8s.io/api", "Version": "v0.1.0"}, {"Path": "k8s.io/klog/v2", "Version": "v2.1.0"}],
        });
        let its = json!({
            "Replace": [
                {"Old": {"Path": "k8s.io/api"}, "New": {"Path": "./staging/src/k8s.io/api"}},
                {"Old": {"Path": "example.com/fork"}, "New": {"Path": "example.com/other"}},
            ],
            "Require": [{"Path": "go.etcd.io/etcd/client/v3", "Version": "v3.7.0"}],
        });
        assert_eq!(
            edits(&ours, &its, "v1.37.2", "v0.37.2").unwrap(),
            [
                "-dropreplace=k8s.io/gone",
                "-replace=k8s.io/api=k8s.io/api@v0.37.2",
                "-require=k8s.io/api@v0.37.2",
                "-require=k8s.io/kubernetes@v1.37.2",
                "-require=go.etcd.io/etcd/server/v3@v3.7.0",
            ]
        );
    }
}
