//! What is repeated and what is not. Time is tokio's paused clock.

use std::time::Duration;

use http::Method;
use korm_core::ModelDef;
use serde_json::json;

use super::scripted::{Reply, Script, cluster, status};
use super::{Answer, Deadline, Repeat, Request};
use crate::error::Subject;
use crate::{ObjectRef, Outcome, Result};

async fn send(
    repeat: Repeat,
    allowed: u64,
    replies: Vec<Reply>,
) -> (Result<Answer>, Script, Duration) {
    let (cluster, script) = cluster(replies);
    let def = ModelDef::new("pykorm.infomaniak.com", "v1", "Peach", "peaches");
    let subject = Subject {
        def: &def,
        object: Some(ObjectRef::new("Peach", Some("default"), "cake-peach")),
        verb: "saving",
        address: "scripted",
    };
    let method = if repeat == Repeat::Read {
        Method::GET
    } else {
        Method::PATCH
    };
    let request = Request::new(method, "/x", repeat);
    let started = tokio::time::Instant::now();
    let deadline = Deadline::after(Duration::from_secs(allowed));
    let result = cluster.transport.send(&request, deadline, &subject).await;
    (result, script, started.elapsed())
}

fn ok() -> Reply {
    Reply::Json(200, json!({}))
}

#[tokio::test(start_paused = true)]
async fn a_read_is_repeated_over_lost_answers_and_failures() {
    let replies = vec![
        Reply::Lost,
        status(503, "", ""),
        status(500, "", ""),
        Reply::Text(502, "bad"),
        ok(),
    ];
    let (answer, script, _) = send(Repeat::Read, 60, replies).await;
    assert!(answer.unwrap().is_success());
    assert_eq!(script.lines().len(), 5);
}

#[tokio::test(start_paused = true)]
async fn a_guarded_write_is_repeated_and_its_caller_told_of_the_doubt() {
    let (answer, ..) = send(
        Repeat::Guarded,
        60,
        vec![Reply::Lost, status(409, "Conflict", "")],
    )
    .await;
    let answer = answer.unwrap();
    assert!(answer.doubtful);
    assert_eq!(answer.outcome, Outcome::Rejected);
    let (answer, ..) = send(Repeat::Guarded, 60, vec![ok()]).await;
    assert!(!answer.unwrap().doubtful);
}

#[tokio::test(start_paused = true)]
async fn a_write_that_stays_without_answer_is_unknown() {
    let replies = (0..10).map(|_| Reply::Lost).collect();
    let (answer, script, _) = send(Repeat::Guarded, 60, replies).await;
    let error = answer.unwrap_err();
    assert!(error.is_outcome_unknown(), "{error}");
    assert_eq!(error.outcome(), Outcome::Unknown);
    assert_eq!(
        error.to_string(),
        "saving Peach default/cake-peach may or may not have happened: connection reset\n  hint: read the object again \
         (`refresh` or `get`) to see what became of it"
    );
    assert_eq!(script.lines().len(), 5);

    let (answer, ..) = send(Repeat::Guarded, 5, vec![Reply::Silence]).await;
    assert!(answer.unwrap_err().is_outcome_unknown());

    let replies = (0..10).map(|_| status(504, "Timeout", "late")).collect();
    let (answer, ..) = send(Repeat::Guarded, 60, replies).await;
    assert_eq!(answer.unwrap().outcome, Outcome::Unknown);
}

#[tokio::test(start_paused = true)]
async fn a_read_without_answer_in_time_says_so() {
    let (answer, _, elapsed) = send(Repeat::Read, 5, vec![Reply::Silence]).await;
    let error = answer.unwrap_err();
    assert!(error.is_deadline_exceeded(), "{error}");
    assert_eq!(elapsed, Duration::from_secs(5));
}

#[tokio::test(start_paused = true)]
async fn retry_after_is_honoured_within_the_deadline() {
    let busy = || {
        Reply::WithHeader(
            429,
            ("retry-after", "2"),
            json!({"kind": "Status", "message": "busy"}),
        )
    };
    let (answer, _, elapsed) = send(Repeat::Guarded, 60, vec![busy(), busy(), ok()]).await;
    let answer = answer.unwrap();
    assert!(answer.is_success());
    assert!(!answer.doubtful, "a 429 was not carried out");
    assert_eq!(elapsed, Duration::from_secs(4));
}

#[tokio::test(start_paused = true)]
async fn retry_after_beyond_the_deadline_is_not_waited_for() {
    let busy = Reply::WithHeader(
        429,
        ("retry-after", "30"),
        json!({"kind": "Status", "message": "busy"}),
    );
    let (answer, _, elapsed) = send(Repeat::Guarded, 10, vec![busy, ok()]).await;
    assert_eq!(answer.unwrap().status, 429);
    assert_eq!(elapsed, Duration::ZERO);
}

#[tokio::test(start_paused = true)]
async fn a_failing_webhook_is_a_rejection() {
    let reply = status(
        500,
        "InternalError",
        "Internal error occurred: failed calling webhook \"x\"",
    );
    let (answer, script, _) = send(Repeat::Guarded, 60, vec![reply, ok()]).await;
    assert_eq!(answer.unwrap().outcome, Outcome::Rejected);
    assert_eq!(script.lines().len(), 1);
}

#[tokio::test(start_paused = true)]
async fn refusals_are_final() {
    for code in [400, 401, 403, 404, 409, 410, 422] {
        let (answer, script, _) = send(Repeat::Read, 60, vec![status(code, "", ""), ok()]).await;
        assert_eq!(answer.unwrap().status, code);
        assert_eq!(script.unused(), 1);
    }
}

#[tokio::test(start_paused = true)]
async fn a_hook_can_refuse_and_audit_sees_every_attempt() {
    let (cluster, script) = cluster([Reply::Lost, ok()]);
    let (cluster, log) = cluster.recorded();
    let def = ModelDef::new("pykorm.infomaniak.com", "v1", "Peach", "peaches");
    let subject = Subject {
        def: &def,
        object: None,
        verb: "listing",
        address: "scripted",
    };
    let request = Request::get("/x");
    cluster
        .transport
        .send(&request, cluster.deadline(), &subject)
        .await
        .unwrap();
    let statuses: Vec<_> = log.take().iter().map(|request| request.status).collect();
    assert_eq!(statuses, [None, Some(200)]);

    let strict = cluster.with_request_hook(|_| Err(crate::Refusal::new("not your tenant")));
    let error = strict
        .transport
        .send(&request, strict.deadline(), &subject)
        .await
        .unwrap_err();
    assert_eq!(
        error.to_string(),
        "a request hook refused listing peaches: not your tenant"
    );
    assert_eq!(script.lines().len(), 2);
}

#[tokio::test]
async fn nobody_listening_is_unreachable() {
    let port = std::net::TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap()
        .port();
    let config = kube::Config::new(format!("http://127.0.0.1:{port}").parse().unwrap());
    let cluster = crate::Cluster::from_config(config).unwrap();
    let def = ModelDef::new("pykorm.infomaniak.com", "v1", "Peach", "peaches");
    let subject = Subject {
        def: &def,
        object: None,
        verb: "listing",
        address: "",
    };
    let error = cluster
        .transport
        .send(&Request::get("/x"), cluster.deadline(), &subject)
        .await
        .unwrap_err();
    assert!(error.is_unreachable(), "{error}");
    let text = error.to_string();
    assert!(
        text.starts_with(&format!(
            "no cluster is reachable at http://127.0.0.1:{port}: "
        )),
        "{text}"
    );
    assert!(text.contains("Connection refused"), "{text}");
}
