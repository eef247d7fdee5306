//! A program that declares a model, and saves, queries, watches and deletes on the embedded server:
//! `cargo run --example peaches`. It prints events as they come, and then what it did.

#![allow(
    clippy::print_stdout,
    reason = "a program that shows something prints it"
)]

use std::time::{Duration, Instant};

use korm::prelude::*;
use korm::{LoggedRequest, RequestLog, Watch};
use korm_examples::table::{Row, Table};

/// A fruit of the genus Prunus.
#[derive(Model, Clone, Debug, PartialEq)]
#[korm(
    group = "pykorm.infomaniak.com",
    version = "v1",
    plural = "peaches",
    namespaced
)]
struct Peach {
    meta: Meta,
    #[korm(
        spec,
        column(name = "Variety", description = "The variety of the peach")
    )]
    variety: String,
    #[korm(spec, default = 1)]
    price: i64,
    #[korm(label = "orchard")]
    orchard: Option<String>,
    #[korm(status)]
    ripe: Option<bool>,
}

#[tokio::main]
async fn main() -> korm::Result<()> {
    let mut story = Story::default();

    let cluster = Cluster::embedded().await?; // or Cluster::connect(): kubeconfig or in-cluster
    let (cluster, log) = cluster.recorded();
    story.tell(
        "start a Kubernetes API server in this process",
        &log,
        "ready",
    );

    let installed = cluster.install::<Peach>().await?;
    story.tell("install the CRD of Peach", &log, format!("{installed:?}"));

    let mut events = cluster.query::<Peach>().watch();
    events.try_next().await?; // Synced: there is nothing yet
    let printer = tokio::spawn(print_events(events, Instant::now()));
    story.tell("open a watch", &log, "Synced");

    let mut peach = Peach {
        meta: Meta::named("cake-peach").in_namespace("default"),
        variety: "Frost".into(),
        price: 1,
        orchard: Some("north".into()),
        ripe: None,
    };
    cluster.save(&mut peach).await?;
    story.tell(
        "save a new peach",
        &log,
        format!("created, generation {}", generation(&peach)),
    );

    peach.price = 3;
    let saved = cluster.save(&mut peach).await?;
    let outcome = format!(
        "changed {}, generation {}",
        saved.fields.join(", "),
        generation(&peach)
    );
    story.tell("price = 3, and save", &log, outcome);

    peach.ripe = Some(true);
    let saved = cluster.save(&mut peach).await?;
    story.tell(
        "ripe = true, and save",
        &log,
        format!("changed {}", saved.fields.join(", ")),
    );

    let saved = cluster.save(&mut peach).await?;
    story.tell(
        "save once more",
        &log,
        if saved.nothing() {
            "nothing to send"
        } else {
            "sent"
        },
    );

    let query = cluster.query::<Peach>().filter(
        Peach::variety()
            .eq("Frost")
            .and(Peach::price().gt(2))
            .and(Peach::orchard().eq("north")),
    );
    let plan = query.explain()?;
    let found = query.all().await?;
    story.tell(
        "Frost over 2 from the north?",
        &log,
        format!("found {}", names(&found)),
    );

    cluster.delete(&peach).await?;
    story.tell("delete it", &log, "gone");

    // The watch ends itself after the last event.
    let _ = printer.await;

    println!("\n{}", story.table);
    println!(
        "What the query was going to do, asked before it was sent:\n\n{}",
        indent(&plan)
    );
    println!(
        "Everything together took {:.1} ms.",
        story.total().as_secs_f64() * 1000.0
    );
    Ok(())
}

/// Prints what happens to peaches until one is deleted.
async fn print_events(mut events: Watch<Peach>, since: Instant) -> korm::Result<()> {
    println!("Events:\n");
    while let Some(event) = events.try_next().await? {
        let word = match &event {
            Event::Added(_) => "added",
            Event::Modified(_) => "modified",
            Event::Deleted(_) => "deleted",
            Event::Synced => continue,
        };
        if let Some(peach) = event.object() {
            let ripe = if peach.ripe == Some(true) {
                ", ripe"
            } else {
                ""
            };
            let name = peach.meta.key();
            let after = since.elapsed().as_secs_f64() * 1000.0;
            println!(
                "  {after:6.1} ms  {word:<8}  {name}  {} at {}{ripe}",
                peach.variety, peach.price
            );
        }
        if matches!(event, Event::Deleted(_)) {
            break;
        }
    }
    Ok(())
}

/// What the program did, step by step.
struct Story {
    table: Table,
    start: Instant,
    step: Instant,
}

impl Default for Story {
    fn default() -> Self {
        let table = Table::new(["What", "Requests sent", "Outcome", "Time"]);
        Self {
            table,
            start: Instant::now(),
            step: Instant::now(),
        }
    }
}

impl Story {
    fn tell(&mut self, what: &str, log: &RequestLog, outcome: impl Into<String>) {
        let requests = log.take();
        let lines = requests.iter().map(short);
        let mut lines: Vec<_> = lines.collect();
        if lines.is_empty() {
            lines.push("none".to_owned());
        }
        let took = format!("{:.1} ms", self.step.elapsed().as_secs_f64() * 1000.0);
        self.table.push(Row::new([
            vec![what.to_owned()],
            lines,
            vec![outcome.into()],
            vec![took],
        ]));
        self.step = Instant::now();
    }

    fn total(&self) -> Duration {
        self.start.elapsed()
    }
}

/// One request, as `PATCH peaches/cake-peach/status → 200`.
fn short(request: &LoggedRequest) -> String {
    let (path, query) = request
        .path_and_query
        .split_once('?')
        .unwrap_or((&request.path_and_query, ""));
    let method = if query.contains("watch=true") {
        "WATCH"
    } else {
        request.method.as_str()
    };
    // Below /apis/group/version come the collection and the name, perhaps within a namespace.
    let below: Vec<_> = path.split('/').skip(4).collect();
    let below = if below.first() == Some(&"namespaces") {
        &below[2..]
    } else {
        &below[..]
    };
    let status = request
        .status
        .map_or_else(|| "no answer".to_owned(), |status| status.to_string());
    format!("{method:<6} {} → {status}", below.join("/"))
}

fn generation(peach: &Peach) -> i64 {
    peach.meta.generation.unwrap_or_default()
}

fn names(peaches: &[Peach]) -> String {
    let names: Vec<_> = peaches
        .iter()
        .map(|peach| peach.meta.key().to_string())
        .collect();
    if names.is_empty() {
        "none".to_owned()
    } else {
        names.join(", ")
    }
}

fn indent(text: &str) -> String {
    text.lines().map(|line| format!("  {line}\n")).collect()
}
