//! `cargo xtask record`: what the embedded server knows of the native kinds.
//!
//! The sources are Go modules of one Kubernetes release; what is kept are facts (names, types,
//! formats, references, defaults, field numbers, list and map types, patch strategies, verbs),
//! none of the descriptive text. The same modules always give the same bytes.

mod definitions;
mod discovery;
mod golang;
mod proto;
mod structs;
mod wire;

use crate::Error;
use std::fs;
use std::path::{Path, PathBuf};

/// What is recorded, and where it goes.
#[derive(clap::Args)]
pub struct Args {
    /// The release to record, without its `v1.`: module k8s.io/kubernetes v1.X, the others v0.X.
    #[arg(long, default_value = "37.2")]
    release: String,
    /// Compare with what is there instead of writing it; fails on any difference.
    #[arg(long)]
    check: bool,
    /// The folder to write to.
    #[arg(long, default_value_os_t = default_folder())]
    out: PathBuf,
}

fn default_folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../crates/korm-apiserver/data")
}

/// Records the facts.
///
/// # Errors
/// When Go or a module is missing, a source has a form that this chore does not know, or
/// `--check` finds a difference.
pub(crate) fn run(args: &Args) -> Result<(), Error> {
    let kubernetes = golang::module("k8s.io/kubernetes", &format!("v1.{}", args.release))?;
    let staging = |name: &str| golang::module(name, &format!("v0.{}", args.release));
    let modules = [
        ("k8s.io.api", staging("k8s.io/api")?),
        ("k8s.io.apimachinery", staging("k8s.io/apimachinery")?),
        (
            "k8s.io.apiextensions-apiserver",
            staging("k8s.io/apiextensions-apiserver")?,
        ),
        ("k8s.io.kube-aggregator", staging("k8s.io/kube-aggregator")?),
    ];
    let definitions = definitions::read(&kubernetes.join("api/openapi-spec/v3"))?;
    let resources = discovery::read(&kubernetes.join("api/discovery"), &definitions)?;
    let wire = wire::read(&modules, &definitions)?;

    let files = [
        ("resources.rs", discovery::write(&resources)),
        ("schemas.txt", lines(&definitions)),
        ("wire.txt", lines(&wire)),
    ];
    fs::create_dir_all(&args.out)?;
    for (name, text) in files {
        let path = args.out.join(name);
        if !args.check {
            fs::write(&path, text)?;
        } else if fs::read_to_string(&path)? != text {
            return Err(format!(
                "{} is not what `cargo xtask record` writes; run it and commit the result",
                path.display()
            )
            .into());
        }
    }
    Ok(())
}

/// One line per entry, `name<TAB>json`, sorted by name: found by bisection, read one at a time.
fn lines(entries: &std::collections::BTreeMap<String, serde_json::Value>) -> String {
    entries
        .iter()
        .map(|(name, value)| format!("{name}\t{value}\n"))
        .collect()
}
