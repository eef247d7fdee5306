//! `cargo xtask bench`: korm beside others, on the same server and the same bytes.
//!
//! Each case is a process of its own, whose processor time, peak memory and duration are those that the operating
//! system counts for it. Cases take turns, so that a slow minute of the machine hits all of them; the tables show
//! medians.

mod goals;
mod measure;
mod objects;
mod python;
mod report;
mod rust;

use std::path::PathBuf;

use crate::{Result, testbed};

/// What to measure, and how often.
#[derive(Debug, clap::Args)]
pub struct Options {
    /// Measure on this server instead of a reference server started for it.
    #[arg(long, value_name = "FILE", global = true)]
    kubeconfig: Option<PathBuf>,
    /// How often each case runs.
    #[arg(long, default_value_t = 5, global = true)]
    runs: usize,
    /// Sizes of the lists.
    #[arg(long, value_delimiter = ',', default_values_t = [5_000, 50_000], global = true)]
    objects: Vec<u32>,
    /// How many objects to create, and in Python a tenth of it to save.
    #[arg(long, default_value_t = 10_000, global = true)]
    creates: u32,
    /// Only cases whose name has this part.
    #[arg(long, value_name = "PART", global = true)]
    only: Option<String>,
    #[command(subcommand)]
    what: Option<What>,
}

#[derive(Debug, clap::Subcommand)]
enum What {
    /// pykorm beside the Python clients, installed from PyPI into a virtual environment.
    Python,
    /// Run one program and print what the operating system counted for it.
    #[command(hide = true)]
    Measure {
        /// The program and its arguments.
        #[arg(trailing_var_arg = true, allow_hyphen_values = true, required = true)]
        command: Vec<String>,
    },
}

impl Options {
    /// The cases without those that `--only` leaves out.
    fn wanted(&self, cases: Vec<report::Case>) -> Vec<report::Case> {
        let wanted = |case: &report::Case| self.wants(case.name());
        cases.into_iter().filter(wanted).collect()
    }

    /// Whether `--only` leaves a case of this name.
    fn wants(&self, name: &str) -> bool {
        name.contains(self.only.as_deref().unwrap_or_default())
    }
}

/// Measures, and prints the tables.
pub(crate) fn run(options: &Options) -> Result<()> {
    if let Some(What::Measure { command }) = &options.what {
        return measure::print(command);
    }
    let (kubeconfig, _server) = match &options.kubeconfig {
        Some(path) => (path.clone(), None),
        None => {
            let server = testbed::Running::start(&testbed::Options::default())?;
            (server.kubeconfig().to_owned(), Some(server))
        }
    };
    match options.what {
        Some(What::Python) => python::run(options, &kubeconfig),
        _ => rust::run(options, &kubeconfig),
    }
}
