//! The measured programs of `cargo xtask bench`. Each case does one thing, in a process of its own, says on standard
//! output what it did as one line of JSON, and exits; the one who started it measures.

mod bare;
mod creates;
mod dataset;
mod kinds;
mod lists;
mod proxy;
mod saves;

use std::io::Write;
use std::path::PathBuf;

use clap::{Parser, Subcommand};

use kinds::Options;

/// What most cases give back: how much they did, so that nobody measures a case that did nothing.
#[derive(serde::Serialize)]
struct Done {
    /// Objects listed, saved or created.
    objects: u64,
    /// A sum over a field of each, which had to be decoded for it; 0 where nothing was.
    sum: u64,
    /// Bytes of bodies, where the case sees them.
    bytes: u64,
    /// Requests, where the case sees them.
    requests: u64,
    /// Seconds from the first request to the end.
    seconds: f64,
}

#[derive(Parser)]
struct Arguments {
    /// The server's kubeconfig.
    #[arg(long)]
    kubeconfig: PathBuf,
    /// Another port than the kubeconfig's: that of a proxy before the server.
    #[arg(long)]
    port: Option<u16>,
    /// Namespace of the objects.
    #[arg(long, default_value = "default")]
    namespace: String,
    /// How many objects to make, save or create.
    #[arg(long, default_value_t = 1000)]
    objects: u32,
    /// Objects of a page; 0 for everything at once.
    #[arg(long, default_value_t = 500)]
    page: u32,
    /// Requests at once.
    #[arg(long, default_value_t = 16)]
    in_flight: usize,
    #[command(subcommand)]
    case: Case,
}

#[derive(Subcommand, Clone, Copy)]
enum Case {
    /// Install the CRD, and fill the namespace with objects.
    Prepare,
    /// Make sure of the CRD and of an empty namespace.
    Empty,
    /// List by bare HTTP, throwing the bytes away.
    GetList,
    /// List by kube-rs.
    KubeList,
    /// List by korm, all objects in memory in the end.
    KormList,
    /// List by korm, page by page, keeping none.
    KormPages,
    /// Save a changed field of each object by bare HTTP, one after the other.
    RawPatch,
    /// Save a changed field of each object by kube-rs.
    KubePatch,
    /// Save a changed field of each object by korm.
    KormSave,
    /// Create objects by bare HTTP.
    RawCreate,
    /// Create objects by kube-rs.
    KubeCreate,
    /// Create objects by korm.
    KormCreate,
    /// Pass connections on, each byte this many milliseconds later, until standard input ends.
    Proxy {
        /// How much later.
        #[arg(long)]
        delay: u64,
    },
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let arguments = Arguments::parse();
    let options = Options {
        kubeconfig: arguments.kubeconfig,
        port: arguments.port,
        namespace: arguments.namespace,
        objects: arguments.objects,
        page: arguments.page,
        in_flight: arguments.in_flight,
    };
    let done = match arguments.case {
        Case::Prepare => dataset::prepare(&options).await?,
        Case::Empty => dataset::empty(&options).await?,
        Case::GetList => lists::bare(&options).await?,
        Case::KubeList => lists::kube(&options).await?,
        Case::KormList => lists::korm(&options).await?,
        Case::KormPages => lists::korm_pages(&options).await?,
        Case::RawPatch => saves::raw(&options).await?,
        Case::KubePatch => saves::kube(&options).await?,
        Case::KormSave => saves::korm(&options).await?,
        Case::RawCreate => creates::raw(&options).await?,
        Case::KubeCreate => creates::kube(&options).await?,
        Case::KormCreate => creates::korm(&options).await?,
        Case::Proxy { delay } => return proxy::run(&options, delay).await,
    };
    writeln!(std::io::stdout(), "{}", serde_json::to_string(&done)?)?;
    Ok(())
}
