//! Bare HTTP: what the others are compared with, and what has to be there before.

mod creates;
mod lists;
mod prepare;
mod proxy;
mod saves;

use clap::{Parser, Subcommand};
use korm_benches::options::Options;

#[derive(Parser)]
struct Arguments {
    #[command(flatten)]
    options: Options,
    #[command(subcommand)]
    case: Case,
}

#[derive(Subcommand, Clone, Copy)]
enum Case {
    /// Install the CRD, and fill the namespace with objects.
    Prepare,
    /// Make sure of the CRD and of a namespace without objects.
    Empty,
    /// List, throwing the bytes away.
    List,
    /// List into plain structs of serde, all of them in memory in the end.
    Structs,
    /// Change a field of each object, one after the other.
    Save,
    /// Create objects.
    Create,
    /// Pass connections on, each byte this many milliseconds later, until standard input ends.
    Proxy {
        /// How much later.
        #[arg(long)]
        delay: u64,
    },
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let Arguments { options, case } = Arguments::parse();
    match case {
        Case::Prepare => prepare::prepare(&options).await?,
        Case::Empty => prepare::empty(&options).await?,
        Case::List => lists::bytes(&options).await?,
        Case::Structs => lists::structs(&options).await?,
        Case::Save => saves::patch(&options).await?,
        Case::Create => creates::create(&options).await?,
        Case::Proxy { delay } => return proxy::run(&options, delay).await,
    }
    .say()
}
