//! The end of the interpreter.
//!
//! While CPython shuts down, a thread that asks for the GIL is ended on the spot (before 3.14, by unwinding through
//! whatever is on its stack, which Rust does not survive). So no thread of ours may ask once the shutdown has begun:
//! [`shut_down`] runs at exit, before it begins, and waits until those that are asking have what they wanted.

use std::process;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, AtomicU32, AtomicUsize, Ordering::SeqCst};
use std::thread::{self, ThreadId};
use std::time::{Duration, Instant};

use pyo3::prelude::*;

/// Threads that ask for the GIL, or have it for a moment.
static ASKING: AtomicUsize = AtomicUsize::new(0);
static ENDING: AtomicBool = AtomicBool::new(false);
/// The process that has threads of the engine.
static PROCESS: AtomicU32 = AtomicU32::new(0);
/// The thread that ends the interpreter. It has the GIL, and may still wait for operations.
static LAST: OnceLock<ThreadId> = OnceLock::new();

/// Nobody who asks needs longer than it takes to run a callback.
const PATIENCE: Duration = Duration::from_secs(5);

/// Calls `work` with the GIL, from a thread of the engine; None if the interpreter ends.
pub(crate) fn attached<R>(work: impl for<'py> FnOnce(Python<'py>) -> R) -> Option<R> {
    if !ask() {
        return None;
    }
    let result = Python::try_attach(work);
    ASKING.fetch_sub(1, SeqCst);
    result
}

/// Runs `work` without the GIL. If the interpreter ends meanwhile, a thread other than the one that ends it never
/// comes back: it would not be let in any more, and goes down with the process.
pub(crate) fn detached<R: Send>(py: Python<'_>, work: impl FnOnce() -> R + Send) -> R {
    let result = py.detach(|| {
        let result = work();
        while !ask() {
            if LAST.get() == Some(&thread::current().id()) {
                ASKING.fetch_add(1, SeqCst);
                break;
            }
            thread::park();
        }
        result
    });
    ASKING.fetch_sub(1, SeqCst);
    result
}

/// Whether the interpreter ends.
pub(crate) fn begun_to_end() -> bool {
    ENDING.load(SeqCst)
}

/// Notes that this thread asks for the GIL, unless it is too late for that.
fn ask() -> bool {
    ASKING.fetch_add(1, SeqCst);
    if ENDING.load(SeqCst) {
        ASKING.fetch_sub(1, SeqCst);
        return false;
    }
    true
}

/// Notes that this process has threads of the engine from now on. A child of a fork has none of its parent's.
pub(crate) fn begun() {
    PROCESS.store(process::id(), SeqCst);
    ASKING.store(0, SeqCst);
}

/// Lets no thread of the engine into the interpreter any more, and waits until none is in it.
#[pyfunction]
pub(crate) fn shut_down(py: Python<'_>) {
    let _ = LAST.set(thread::current().id());
    ENDING.store(true, SeqCst);
    if PROCESS.load(SeqCst) != process::id() {
        return;
    }
    py.detach(|| {
        let began = Instant::now();
        while ASKING.load(SeqCst) > 0 && began.elapsed() < PATIENCE {
            thread::sleep(Duration::from_millis(1));
        }
    });
}

/// Has Python call [`shut_down`] at exit.
pub(crate) fn register(module: &Bound<'_, PyModule>) -> PyResult<()> {
    let function = pyo3::wrap_pyfunction!(shut_down, module)?;
    module
        .py()
        .import("atexit")?
        .call_method1("register", (function,))?;
    Ok(())
}
