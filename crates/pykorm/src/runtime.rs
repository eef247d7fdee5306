//! The one tokio runtime of a process.

use std::sync::{Mutex, PoisonError};
use std::{io, process};

use crate::ending;
use tokio::runtime::{Builder, Runtime};

/// The runtime, and the process it was made in.
static RUNTIME: Mutex<Option<(u32, &'static Runtime)>> = Mutex::new(None);

/// The runtime of this process, made at first use.
///
/// After a fork the child has none of its threads, so it gets a runtime of its own, and the parent's is leaked: to drop
/// it would mean to wait for threads that are not there. The lock is only ever held by a thread that holds the GIL, as
/// the thread that forks does, so a child never finds it taken.
///
/// # Errors
///
/// The operating system gives no threads.
pub(crate) fn runtime() -> io::Result<&'static Runtime> {
    let mut slot = RUNTIME.lock().unwrap_or_else(PoisonError::into_inner);
    let here = process::id();
    if let Some((process, runtime)) = *slot
        && process == here
    {
        return Ok(runtime);
    }
    ending::begun();
    let runtime = Builder::new_multi_thread()
        .worker_threads(2)
        .thread_name("pykorm")
        .enable_all()
        .build()?;
    let runtime: &'static Runtime = Box::leak(Box::new(runtime));
    *slot = Some((here, runtime));
    Ok(runtime)
}
