use std::error::Error;
use std::future::Future;
use std::pin::Pin;

use crate::{Context, Server};

/// What a case gives back: an error fails it, as a panic does.
pub type Outcome = Result<(), Box<dyn Error + Send + Sync>>;

type Run = fn(Context) -> Pin<Box<dyn Future<Output = Outcome> + Send>>;

/// One case of the suite. Made by [`cases!`](crate::cases).
#[derive(Clone, Copy, Debug)]
pub struct Case {
    /// The function's name.
    pub name: &'static str,
    /// The function.
    pub run: Run,
    /// A server on which the case cannot hold, and why not.
    pub except: Option<(Server, &'static str)>,
}

/// The list of a subject's cases.
///
/// Names of async functions `fn(Context) -> Outcome`, separated by commas. One that cannot hold on one of the servers
/// says so with the reason, which the report prints: `name except Reference "why"`.
///
/// ```
/// use korm_tests::{Case, Context, Outcome};
///
/// async fn create_then_read(_: Context) -> Outcome {
///     Ok(())
/// }
///
/// async fn compact_at_will(_: Context) -> Outcome {
///     Ok(())
/// }
///
/// const CASES: &[Case] = korm_tests::cases![
///     create_then_read,
///     compact_at_will except Reference "its etcd compacts when it likes",
/// ];
/// assert_eq!(CASES[1].name, "compact_at_will");
/// ```
#[macro_export]
macro_rules! cases {
    ($($name:ident $(except $server:ident $reason:literal)?),* $(,)?) => {
        &[$($crate::Case {
            name: stringify!($name),
            run: |context| ::std::boxed::Box::pin($name(context)),
            except: $crate::cases!(@except $($server $reason)?),
        }),*]
    };
    (@except) => { ::std::option::Option::None };
    (@except $server:ident $reason:literal) => {
        ::std::option::Option::Some(($crate::Server::$server, $reason))
    };
}
