//! What both servers have before the sequences begin: the run's own kinds, and an object after all others of each kind.

use std::time::{Duration, Instant};

use http::{Method, Request, StatusCode};
use kube::client::Body;
use serde_json::{Value, json};
use tokio::time::sleep;

use crate::compare::Divergence;
use crate::judge::Judge;
use crate::plan::{DEFINITIONS, Kind, Pool, natives};
use crate::random::Random;
use crate::report;
use crate::run::Endpoint;
use crate::step::Step;

type Error = Box<dyn std::error::Error + Send + Sync>;

/// How long a kind may take to be served.
const PATIENCE: Duration = Duration::from_secs(30);
/// The namespace and the objects that come after those of all sequences.
const LAST: &str = "zz-last";
/// Random bodies that are tried for such an object.
const TRIES: usize = 200;

/// Installs the run's kinds on both servers, compares the definitions when they are made and when they are
/// established, and waits until objects can be made. Gives what differed. A kind that one of the servers refuses is
/// taken out of the pool.
pub(crate) async fn install(
    judge: &Judge,
    pool: &mut Pool,
) -> Result<Vec<(Vec<Step>, Divergence)>, Error> {
    let mut found = Vec::new();
    let mut refused = Vec::new();
    for (number, definition) in pool.definitions.iter().enumerate() {
        let step = Step::new(Method::POST, "customresourcedefinitions", DEFINITIONS)
            .json(definition.clone());
        let verdict = judge.compare(std::slice::from_ref(&step)).await;
        let (ours, theirs) = verdict.answers(step.id);
        if ours["status"] != 201 || theirs["status"] != 201 {
            let told = |answer: &Value| answer["body"]["message"].to_string();
            report::say(&format!(
                "definition {number} was refused: {} / {}",
                told(ours),
                told(theirs)
            ));
            refused.push(number);
        }
        found.extend(
            verdict
                .divergence
                .map(|divergence| (vec![step], divergence)),
        );
    }
    pool.take_out(&refused);
    for kind in pool.families.iter().flatten() {
        for endpoint in [&judge.embedded, &judge.reference] {
            wait_until_served(endpoint, kind).await?;
        }
    }
    found.extend(established(judge, pool).await);
    last_objects(judge, pool).await?;
    Ok(found)
}

/// The definitions as they are once their kinds are served, and what discovery says of them.
async fn established(judge: &Judge, pool: &Pool) -> Vec<(Vec<Step>, Divergence)> {
    let mut found = Vec::new();
    for definition in &pool.definitions {
        let name = definition["metadata"]["name"].as_str().unwrap_or_default();
        let group = definition["spec"]["group"].as_str().unwrap_or_default();
        let mut steps = vec![
            Step::new(
                Method::GET,
                "customresourcedefinitions",
                format!("{DEFINITIONS}/{name}"),
            ),
            Step::new(Method::GET, "discovery", format!("/apis/{group}")),
        ];
        for version in definition["spec"]["versions"]
            .as_array()
            .into_iter()
            .flatten()
        {
            let version = version["name"].as_str().unwrap_or_default();
            steps.push(Step::new(
                Method::GET,
                "discovery",
                format!("/apis/{group}/{version}"),
            ));
        }
        for (number, step) in steps.iter_mut().enumerate() {
            step.id = number;
        }
        let verdict = judge.compare(&steps).await;
        found.extend(verdict.divergence.map(|divergence| (steps, divergence)));
    }
    found
}

async fn wait_until_served(endpoint: &Endpoint, kind: &Kind) -> Result<(), Error> {
    let path = kind.collection().replace("@{ns}", "default") + "?dryRun=All";
    let probe =
        json!({"apiVersion": kind.api_version, "kind": kind.kind, "metadata": {"name": "probe"}});
    let begin = Instant::now();
    loop {
        let status = post(endpoint, &path, &probe).await?;
        match status {
            StatusCode::NOT_FOUND | StatusCode::TOO_MANY_REQUESTS if begin.elapsed() < PATIENCE => {
                sleep(Duration::from_millis(200)).await;
            }
            StatusCode::NOT_FOUND | StatusCode::TOO_MANY_REQUESTS => {
                report::say(&format!("{path} is not served: {status}"));
                return Ok(());
            }
            _ => return Ok(()),
        }
    }
}

/// Makes an object of each kind that comes after all others. Whether a list that has found enough says that there is
/// more depends on what comes after it, which is otherwise another sequence's and there or not.
async fn last_objects(judge: &Judge, pool: &Pool) -> Result<(), Error> {
    let namespace = json!({"metadata": {"name": LAST}});
    for endpoint in [&judge.embedded, &judge.reference] {
        post(endpoint, "/api/v1/namespaces", &namespace).await?;
    }
    let mut random = Random::new(0, 0);
    let natives = natives();
    let stored = pool.families.iter().filter_map(|family| family.first());
    for kind in natives.iter().chain(stored) {
        let path = kind.collection().replace("@{ns}", LAST);
        for _ in 0..TRIES {
            let mut body = kind.body(&mut random);
            body["metadata"] = json!({"name": LAST});
            let status = post(&judge.embedded, &path, &body).await?;
            if matches!(status, StatusCode::CREATED | StatusCode::CONFLICT) {
                post(&judge.reference, &path, &body).await?;
                break;
            }
        }
    }
    Ok(())
}

async fn post(endpoint: &Endpoint, path: &str, body: &Value) -> Result<StatusCode, Error> {
    let request = Request::post(path)
        .header("content-type", "application/json")
        .body(Body::from(body.to_string().into_bytes()))?;
    Ok(endpoint.client.send(request).await?.status())
}
