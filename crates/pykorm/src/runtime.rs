//! The one tokio runtime of a process, and who drives it.
//!
//! A thread that waits for an operation drives the runtime itself: what comes over the wire is read, decrypted and
//! handed on without a change of threads, which for one small request costs more than all else. For what goes on while
//! nobody waits (operations under asyncio, embedded servers) there is a thread in the background; it starts when it is
//! first needed, and drives only as long as it is. Of several threads that wait at a time one drives, and the others
//! work on what is theirs.

use std::future::Future;
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use std::sync::{Mutex, PoisonError};
use std::thread::{self, Thread};
use std::time::Duration;
use std::{io, process};

use tokio::runtime::{Builder, Runtime};
use tokio::sync::Notify;
use tokio::task::{AbortHandle, yield_now};

use crate::ending;

/// How long the thread in the background goes on after it was last needed, so that connections that nobody needs any
/// more are closed in good order.
const AFTERWARDS: Duration = Duration::from_millis(50);

/// The engine, and the process it was made in.
static ENGINE: Mutex<Option<(u32, &'static Engine)>> = Mutex::new(None);

/// The runtime of a process.
pub(crate) struct Engine {
    runtime: Runtime,
    /// Threads that wait for an operation.
    waiting: AtomicUsize,
    /// How many need the thread in the background.
    needed: AtomicUsize,
    /// Told when nobody does any more.
    free: Notify,
    background: Mutex<Option<Thread>>,
}

/// The engine of this process, made at first use.
///
/// After a fork the child has none of its threads, so it gets an engine of its own, and the parent's is leaked: to drop
/// it would mean to wait for threads that are not there. The lock is only ever held by a thread that holds the GIL, as
/// the thread that forks does, so a child never finds it taken.
///
/// # Errors
///
/// The operating system gives no threads or descriptors.
pub(crate) fn engine() -> io::Result<&'static Engine> {
    let mut slot = ENGINE.lock().unwrap_or_else(PoisonError::into_inner);
    let here = process::id();
    if let Some((process, engine)) = *slot
        && process == here
    {
        return Ok(engine);
    }
    ending::begun();
    let runtime = Builder::new_current_thread().enable_all().build()?;
    let engine: &'static Engine = Box::leak(Box::new(Engine {
        runtime,
        waiting: AtomicUsize::new(0),
        needed: AtomicUsize::new(0),
        free: Notify::new(),
        background: Mutex::new(None),
    }));
    *slot = Some((here, engine));
    Ok(engine)
}

impl Engine {
    /// Runs a future on this thread, for a part of a wait.
    pub(crate) fn block_on<F: Future>(&self, future: F) -> F::Output {
        self.runtime.block_on(future)
    }

    /// Runs a future in the background.
    ///
    /// # Errors
    ///
    /// The operating system gives no thread.
    pub(crate) fn spawn(
        &'static self,
        future: impl Future<Output = ()> + Send + 'static,
    ) -> io::Result<AbortHandle> {
        let driven = self.driven()?;
        let task = self.runtime.spawn(async move {
            let _driven = driven;
            future.await;
        });
        Ok(task.abort_handle())
    }

    /// Notes that this thread waits. While others do too, the background drives for all of them, so that none is held
    /// up by what another one does with its answer.
    ///
    /// # Errors
    ///
    /// The operating system gives no thread.
    pub(crate) fn waiting(&'static self) -> io::Result<Waiting> {
        let alone = self.waiting.fetch_add(1, SeqCst) == 0;
        let mut waiting = Waiting {
            engine: self,
            _driven: None,
        };
        if !alone {
            waiting._driven = Some(self.driven()?);
        }
        Ok(waiting)
    }

    /// Has the background drive for as long as the result is there.
    ///
    /// # Errors
    ///
    /// The operating system gives no thread.
    pub(crate) fn driven(&'static self) -> io::Result<Driven> {
        self.needed.fetch_add(1, SeqCst);
        let driven = Driven(self);
        let mut background = self
            .background
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        if let Some(thread) = &*background {
            thread.unpark();
        } else {
            let thread = thread::Builder::new().name("pykorm".to_owned());
            *background = Some(thread.spawn(|| self.drive())?.thread().clone());
        }
        drop(background);
        Ok(driven)
    }

    /// What the thread in the background does.
    fn drive(&self) {
        loop {
            self.runtime.block_on(self.until_free());
            while self.needed.load(SeqCst) == 0 {
                thread::park();
            }
        }
    }

    async fn until_free(&self) {
        loop {
            let free = self.free.notified();
            if self.needed.load(SeqCst) > 0 {
                free.await;
                continue;
            }
            tokio::time::sleep(AFTERWARDS).await;
            if self.needed.load(SeqCst) == 0 {
                return;
            }
        }
    }
}

/// Lets the connections see what happened to them since somebody last drove the runtime: those that are done go back to
/// their pool, and those that the server closed leave it.
///
/// The first turn is that of what is ready already, the second that of what the operating system has to tell.
pub(crate) async fn caught_up() {
    yield_now().await;
    yield_now().await;
}

/// Sees to what was dropped without a wait: a connection is closed when the runtime is next driven, and that may be
/// never. While the interpreter ends no thread is started for that: the operating system closes what is open.
pub(crate) fn tidy_up() {
    if ending::begun_to_end() {
        return;
    }
    // There is nothing to be tidied up where nothing was made, and a child of a fork has none of its parent's.
    let made = *ENGINE.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some((process, engine)) = made
        && process == process::id()
    {
        // Without a thread the connections stay open until the next wait.
        let _ = engine.driven();
    }
}

/// A thread waits.
pub(crate) struct Waiting {
    engine: &'static Engine,
    _driven: Option<Driven>,
}

impl Drop for Waiting {
    fn drop(&mut self) {
        self.engine.waiting.fetch_sub(1, SeqCst);
    }
}

/// Somebody needs the background.
pub(crate) struct Driven(&'static Engine);

impl Drop for Driven {
    fn drop(&mut self) {
        if self.0.needed.fetch_sub(1, SeqCst) == 1 {
            self.0.free.notify_waiters();
        }
    }
}
