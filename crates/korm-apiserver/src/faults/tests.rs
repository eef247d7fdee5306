use std::convert::Infallible;
use std::time::Duration;

use bytes::Bytes;
use futures::StreamExt;
use http::{Method, Request, Response, StatusCode};
use http_body::Frame;
use http_body_util::combinators::UnsyncBoxBody;
use http_body_util::{BodyExt, Full, StreamBody};
use serde_json::{Value, json};
use tower::{BoxError, Layer, Service, ServiceExt, service_fn};

use super::*;

type ServerBody = UnsyncBoxBody<Bytes, Infallible>;

/// A list is one line in two frames; a watch is three lines and stays open. Frames and lines do
/// not agree, as on a real connection.
async fn server(request: Request<Full<Bytes>>) -> Result<Response<ServerBody>, Infallible> {
    let query = request.uri().query().unwrap_or_default();
    let body = if query.contains("watch=true") {
        let frames = ["one-1\ntw", "o-22\nthree-", "3\n"].map(|part| Ok(Frame::data(part.into())));
        let open = futures::stream::iter(frames).chain(futures::stream::pending());
        StreamBody::new(open).boxed_unsync()
    } else {
        let frames = ["{\"items\":[1,2,", "3,4]}"].map(|part| Ok(Frame::data(part.into())));
        StreamBody::new(futures::stream::iter(frames)).boxed_unsync()
    };
    Ok(Response::new(body))
}

fn request(method: Method, uri: &str) -> Request<Full<Bytes>> {
    let body = Full::from("{}");
    Request::builder()
        .method(method)
        .uri(uri)
        .body(body)
        .unwrap()
}

/// What a client gets: the code and the text, or that the connection was lost, and the text
/// until then. A body that says nothing for an hour is noted as `…`.
async fn ask<S, R>(service: &mut S, method: Method, uri: &str) -> (Option<u16>, String)
where
    S: Service<Request<Full<Bytes>>, Response = Response<FaultyBody<R>>, Error = BoxError>,
    FaultyBody<R>: http_body::Body<Data = Bytes, Error = BoxError>,
{
    let answer = match service
        .ready()
        .await
        .unwrap()
        .call(request(method, uri))
        .await
    {
        Ok(answer) => answer,
        Err(error) => {
            assert!(error.is::<LostConnection>());
            return (None, String::new());
        }
    };
    let code = answer.status().as_u16();
    let mut body = answer.into_body();
    let mut text = String::new();
    loop {
        match tokio::time::timeout(Duration::from_secs(3600), body.frame()).await {
            Err(_) => break text.push('…'),
            Ok(None) => break,
            Ok(Some(Ok(frame))) => {
                text.push_str(std::str::from_utf8(&frame.into_data().unwrap()).unwrap());
            }
            Ok(Some(Err(error))) => {
                assert!(error.is::<LostConnection>());
                break text.push('!');
            }
        }
    }
    (Some(code), text)
}

const WATCH: &str = "/api/v1/pods?watch=true";
const LIST: &str = "/api/v1/pods";

/// What a watch gives with this fault.
async fn watch_with(fault: Fault) -> String {
    let faults = Faults::new();
    faults.on(When::watches()).inject(fault);
    let mut service = faults.layer().layer(service_fn(server));
    let (code, text) = ask(&mut service, Method::GET, WATCH).await;
    assert_eq!(code, Some(200));
    assert_eq!(faults.waiting(), 0);
    text
}

#[tokio::test(start_paused = true)]
async fn streams_are_tampered_with_at_lines_whatever_the_frames() {
    assert_eq!(
        watch_with(Fault::delay(Duration::from_secs(9))).await,
        "one-1\ntwo-22\nthree-3\n…"
    );
    assert_eq!(watch_with(Fault::end_stream(0)).await, "");
    assert_eq!(watch_with(Fault::end_stream(2)).await, "one-1\ntwo-22\n");
    assert_eq!(
        watch_with(Fault::end_stream(9)).await,
        "one-1\ntwo-22\nthree-3\n…"
    );
    assert_eq!(watch_with(Fault::cut_stream(0)).await, "one");
    assert_eq!(watch_with(Fault::cut_stream(1)).await, "one-1\nt");
    assert_eq!(watch_with(Fault::reset_stream(0)).await, "one!");
    assert_eq!(
        watch_with(Fault::reset_stream(3)).await,
        "one-1\ntwo-22\nthree-3\n…"
    );
    assert_eq!(watch_with(Fault::stall_stream(0)).await, "…");
    assert_eq!(watch_with(Fault::stall_stream(1)).await, "one-1\n…");
    let bad = json!({"type": "ADDED", "object": 7});
    assert_eq!(
        watch_with(Fault::insert_event(1, &bad)).await,
        format!("one-1\n{bad}\ntwo-22\nthree-3\n…")
    );
    assert_eq!(
        watch_with(Fault::insert_event(0, &bad)).await,
        format!("{bad}\none-1\ntwo-22\nthree-3\n…")
    );
}

#[tokio::test(start_paused = true)]
async fn expiry_within_a_stream_is_the_event_that_kubernetes_sends() {
    let text = watch_with(Fault::gone_in_stream(1)).await;
    let (line, event) = text.split_once('\n').unwrap();
    assert_eq!(line, "one-1");
    let event: Value = serde_json::from_str(event).unwrap();
    assert_eq!(event["type"], "ERROR");
    assert_eq!(event["object"]["reason"], "Expired");
    assert_eq!(event["object"]["code"], 410);
}

#[tokio::test(start_paused = true)]
async fn a_list_is_cut_too() {
    let faults = Faults::new();
    faults.on(When::reads()).inject(Fault::cut_stream(0));
    faults.on(When::reads()).inject(Fault::reset_stream(0));
    let mut service = faults.layer().layer(service_fn(server));
    let mut list = async || ask(&mut service, Method::GET, LIST).await.1;
    assert_eq!(list().await, "{\"items");
    assert_eq!(list().await, "{\"items!");
    assert_eq!(list().await, "{\"items\":[1,2,3,4]}");
}

#[tokio::test(start_paused = true)]
async fn before_and_after_the_write_is_applied() {
    let faults = Faults::new();
    let log = RequestLog::new();
    let mut service = faults.layer().layer(log.layer().layer(service_fn(server)));
    let unavailable = Fault::answer(StatusCode::SERVICE_UNAVAILABLE);
    for (fault, code, reaches_the_server) in [
        (Fault::unreachable(), None, false),
        (Fault::lose_answer(), None, true),
        (unavailable.clone().into(), Some(503), false),
        (unavailable.after_applying().into(), Some(503), true),
        (Fault::delay(Duration::from_secs(1)), Some(200), true),
    ] {
        faults.on(When::writes()).inject(fault.clone());
        let got = ask(&mut service, Method::POST, LIST).await.0;
        assert_eq!(got, code, "{fault:?}");
        assert_eq!(
            log.take().len(),
            usize::from(reaches_the_server),
            "{fault:?}"
        );
    }
    faults.on(When::any()).inject(Fault::hang());
    let asked = service
        .ready()
        .await
        .unwrap()
        .call(request(Method::PUT, LIST));
    assert!(
        tokio::time::timeout(Duration::from_secs(3600), asked)
            .await
            .is_err()
    );
    assert_eq!(log.take(), []);
}

#[tokio::test]
async fn answers_are_statuses_with_retry_after() {
    let faults = Faults::new();
    let mut service = faults.layer().layer(service_fn(server));
    for (code, reason) in [
        (429, "TooManyRequests"),
        (500, "InternalError"),
        (503, "ServiceUnavailable"),
        (504, "Timeout"),
        (410, "Expired"),
    ] {
        let answer = Fault::answer(StatusCode::from_u16(code).unwrap()).retry_after(7);
        faults.on(When::any()).inject(answer);
        let asked = request(Method::GET, LIST);
        let answer = service.ready().await.unwrap().call(asked).await.unwrap();
        assert_eq!(answer.status(), code);
        assert_eq!(answer.headers()["retry-after"], "7");
        let body = answer.into_body().collect().await.unwrap().to_bytes();
        let status: Value = serde_json::from_slice(&body).unwrap();
        assert_eq!(status["kind"], "Status");
        assert_eq!(status["code"], code);
        assert_eq!(status["reason"], reason);
        assert_eq!(status["details"]["retryAfterSeconds"], 7);
    }
}

#[tokio::test]
async fn rules_count_and_the_first_one_wins() {
    let faults = Faults::new();
    let mut service = faults.layer().layer(service_fn(server));
    let mut code = async |method, uri| ask(&mut service, method, uri).await.0;
    let broken = || Fault::answer(StatusCode::INTERNAL_SERVER_ERROR);

    faults
        .on(When::method(Method::PUT))
        .after(1)
        .times(2)
        .inject(broken());
    faults
        .on(When::any().path("/api/v1/nodes"))
        .always()
        .inject(Fault::gone());
    faults
        .on(When::reads()
            .path_contains("/pods")
            .query_contains("limit="))
        .inject(broken());
    faults.on(When::any()).times(0).inject(broken());

    assert_eq!(code(Method::PUT, LIST).await, Some(200));
    assert_eq!(code(Method::PUT, LIST).await, Some(500));
    assert_eq!(code(Method::PUT, "/api/v1/nodes").await, Some(500));
    for _ in 0..3 {
        assert_eq!(code(Method::PUT, "/api/v1/nodes").await, Some(410));
    }
    assert_eq!(code(Method::GET, LIST).await, Some(200));
    assert_eq!(faults.waiting(), 1);
    assert_eq!(code(Method::GET, "/api/v1/pods?limit=5").await, Some(500));
    assert_eq!(code(Method::GET, "/api/v1/pods?limit=5").await, Some(200));
    assert_eq!(faults.waiting(), 0);
    assert_eq!(faults.injected().len(), 6);

    faults.calm();
    assert_eq!(code(Method::PUT, "/api/v1/nodes").await, Some(200));
}

/// What happens to a hundred requests in this storm.
async fn weather(faults: &Faults) -> Vec<String> {
    let mut service = faults.layer().layer(service_fn(server));
    for round in 0..100 {
        let (method, uri) = [
            (Method::GET, WATCH),
            (Method::GET, LIST),
            (Method::POST, LIST),
        ][round % 3]
            .clone();
        ask(&mut service, method, uri).await;
    }
    faults.injected().iter().map(ToString::to_string).collect()
}

#[tokio::test(start_paused = true)]
async fn storms_are_repeated_by_their_seed_and_fit_the_request() {
    let one = weather(&Faults::storm(1, 500)).await;
    assert_eq!(one, weather(&Faults::storm(1, 500)).await);
    assert_ne!(one, weather(&Faults::storm(2, 500)).await);
    assert!((30..70).contains(&one.len()), "{}", one.len());
    assert_eq!(weather(&Faults::storm(1, 0)).await, [""; 0]);
    for line in weather(&Faults::storm(3, 1000)).await {
        assert!(
            !line.contains("LoseAnswer") || line.starts_with("POST"),
            "{line}"
        );
        assert!(!line.contains("Stall") || line.contains("watch"), "{line}");
    }
}

#[tokio::test(start_paused = true)]
async fn chances_are_drawn_from_their_seed() {
    let hits = async |seed| {
        let faults = Faults::new();
        faults
            .on(When::any())
            .always()
            .by_chance(300, seed)
            .inject(Fault::unreachable());
        weather(&faults).await.len()
    };
    assert_eq!(hits(5).await, hits(5).await);
    assert!((15..45).contains(&hits(5).await));
}

#[tokio::test]
async fn the_log_knows_requests_and_answers() {
    let log = RequestLog::new();
    let faults = Faults::new();
    let mut service = log
        .layer_with_bodies()
        .layer(faults.layer().layer(service_fn(server)));
    faults
        .on(When::writes())
        .after(1)
        .inject(Fault::lose_answer());
    let mut patch = request(Method::PATCH, "/api/v1/pods/a?dryRun=All");
    let media = "application/json-patch+json";
    patch
        .headers_mut()
        .insert("content-type", media.parse().unwrap());
    for _ in 0..2 {
        let _ = service.ready().await.unwrap().call(patch.clone()).await;
    }
    let seen = log.take();
    assert_eq!(seen.len(), 2);
    assert_eq!(seen[0].method, Method::PATCH);
    assert_eq!(
        (&*seen[0].path, &*seen[0].query),
        ("/api/v1/pods/a", "dryRun=All")
    );
    assert_eq!(seen[0].content_type.as_deref(), Some(media));
    assert_eq!(seen[0].body.as_deref(), Some(&b"{}"[..]));
    assert_eq!((seen[0].status, seen[1].status), (Some(200), None));
    assert_eq!(
        format!("{:?}", seen[1]),
        "PATCH /api/v1/pods/a?dryRun=All (application/json-patch+json) → no answer"
    );
    assert_eq!(log.requests(), []);
}
