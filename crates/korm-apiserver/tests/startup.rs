//! How long a server takes to start.

use std::time::{Duration, Instant};

use korm_apiserver::Server;

/// The first server of a process reads the facts of the kinds it begins with; later ones share
/// them. The bound of the first is wide: it has to hold on a busy machine, too.
#[test]
fn a_server_starts_in_milliseconds() {
    let mut times = Vec::new();
    for _ in 0..10 {
        let before = Instant::now();
        let server = Server::builder().build().unwrap();
        times.push(before.elapsed());
        drop(server);
    }
    assert!(
        times[0] < Duration::from_millis(100),
        "the first took {:?}",
        times[0]
    );
    let best = times.iter().min().unwrap();
    assert!(
        *best < Duration::from_millis(5),
        "the best of ten took {best:?}"
    );
    println!("first {:?}, best {best:?}", times[0]);
}
