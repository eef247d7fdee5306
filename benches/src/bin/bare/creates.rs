//! Creating many objects, so many at once.

use std::time::Instant;

use futures::{StreamExt, TryStreamExt, stream};
use korm_benches::Done;
use korm_benches::bare::Bare;
use korm_benches::dataset::{object, text};
use korm_benches::options::Options;

/// The floor.
pub(crate) async fn create(options: &Options) -> anyhow::Result<Done> {
    let server = Bare::connect(options).await?;
    let begin = Instant::now();
    stream::iter(0..options.objects)
        .map(|number| {
            let (server, path) = (server.clone(), options.path());
            let body = text(&object(number, "raw"));
            async move { server.whole("POST", &path, "application/json", body).await }
        })
        .buffer_unordered(options.in_flight)
        .try_for_each(async |_| Ok(()))
        .await?;
    Ok(Done::with(options.objects as usize, begin))
}
