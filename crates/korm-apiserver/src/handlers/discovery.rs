//! Everything that is not an object: discovery, version, health, schemas.

use http::Method;
use serde_json::{Value, json};

use super::openapi;

use crate::negotiate::{self, Offer, Output, Shape};
use crate::reply::Reply;
use crate::request::Request;
use crate::resources::{
    aggregated_api, aggregated_apis, api_group, api_group_list, api_resource_list, api_versions,
    is_native_group, is_native_group_version,
};
use crate::server::Inner;
use crate::status::ApiError;

/// Answers a request that is not about objects.
pub(crate) fn handle(server: &Inner, request: &Request) -> Result<Reply, ApiError> {
    let path = request.path.trim_matches('/');
    let parts: Vec<&str> = if path.is_empty() {
        Vec::new()
    } else {
        path.split('/').collect()
    };
    if request.method != Method::GET && is_routed(&parts) {
        return Err(ApiError::method_not_allowed());
    }
    match parts.as_slice() {
        ["healthz" | "livez" | "readyz"]
        | ["healthz" | "livez" | "readyz", "ping" | "log" | "etcd"] => Ok(health(request, &parts)),
        ["version"] => Ok(Reply::object(200, &version(), &plain(request))),
        ["version", ..] => Err(ApiError::unknown_resource()),
        ["api"] => documents(server, request, Root::Api),
        ["apis"] => documents(server, request, Root::Apis),
        ["api", "v1"] => document(server, request, "", "v1"),
        ["api", ..] => Err(ApiError::unknown_resource()),
        ["apis", group] => {
            let output = negotiate::output(request, Offer::PLAIN)?;
            let state = server.lock();
            Ok(match api_group(&state.custom, group) {
                Some(found) => Reply::object(200, &found, &output),
                None => Reply::page_not_found(),
            })
        }
        ["apis", group, version] => document(server, request, group, version),
        ["openapi", "v3"] => Ok(openapi::v3(server)),
        ["openapi", "v3", rest @ ..] => Ok(openapi::v3_of(server, request, &rest.join("/"))),
        ["openapi", "v2"] => Ok(openapi::v2(server, request)),
        [] => Ok(Reply::object(200, &paths(server), &plain(request))),
        _ => Ok(Reply::page_not_found()),
    }
}

/// Whether upstream has a route for reading this document. The documents about groups, and all that is about custom
/// kinds, are answered by handlers that do not look at the method.
fn is_routed(parts: &[&str]) -> bool {
    match parts {
        ["version"] | ["api"] | ["api", "v1"] => true,
        ["apis", group, version] => is_native_group_version(group, version),
        _ => false,
    }
}

#[derive(Clone, Copy)]
enum Root {
    Api,
    Apis,
}

fn documents(server: &Inner, request: &Request, root: Root) -> Result<Reply, ApiError> {
    let output = negotiate::output(request, Offer::DISCOVERY)?;
    let state = server.lock();
    if output.shape == Shape::Discovery {
        let version = output.version.as_str();
        let (found, content_type) = match root {
            Root::Api => (
                aggregated_api(&state.custom, version),
                aggregated_type(version),
            ),
            Root::Apis => (
                aggregated_apis(&state.custom, version),
                aggregated_type(version),
            ),
        };
        let mut reply = Reply::object(200, &found, &Output::default());
        reply.content_type = content_type;
        return Ok(reply);
    }
    let found = match root {
        Root::Api => api_versions("127.0.0.1:443"),
        Root::Apis => api_group_list(&state.custom),
    };
    Ok(Reply::object(200, &found, &output))
}

fn aggregated_type(version: &str) -> &'static str {
    match version {
        "v2beta1" => "application/json;g=apidiscovery.k8s.io;v=v2beta1;as=APIGroupDiscoveryList",
        _ => "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList",
    }
}

fn document(
    server: &Inner,
    request: &Request,
    group: &str,
    version: &str,
) -> Result<Reply, ApiError> {
    let output = negotiate::output(request, Offer::PLAIN)?;
    let state = server.lock();
    Ok(match api_resource_list(&state.custom, group, version) {
        Some(found) => Reply::object(200, &found, &output),
        // A native group has a router, which knows that there is no such version.
        None if is_native_group(group) => return Err(ApiError::unknown_resource()),
        None => Reply::page_not_found(),
    })
}

fn plain(request: &Request) -> Output {
    Output {
        pretty: negotiate::wants_pretty(request),
        ..Output::default()
    }
}

/// `ok`, or every check by name where that is asked for.
fn health(request: &Request, parts: &[&str]) -> Reply {
    if request.query.get("verbose").is_none() {
        return Reply::text(200, "ok");
    }
    let name = parts.first().copied().unwrap_or_default();
    Reply::text(
        200,
        format!("[+]ping ok\n[+]log ok\n[+]etcd ok\n{name} check passed\n"),
    )
}

/// The version of Kubernetes this server behaves like.
fn version() -> Value {
    json!({
        "major": "1",
        "minor": "37",
        "emulationMajor": "1",
        "emulationMinor": "37",
        "minCompatibilityMajor": "1",
        "minCompatibilityMinor": "36",
        "gitVersion": "v1.37.2+korm",
        "gitCommit": "",
        "gitTreeState": "",
        "buildDate": "1970-01-01T00:00:00Z",
        "goVersion": "",
        "compiler": "",
        "platform": format!("{}/{}", std::env::consts::OS, go_architecture()),
    })
}

/// What Go calls the processor.
fn go_architecture() -> &'static str {
    match std::env::consts::ARCH {
        "x86_64" => "amd64",
        "aarch64" => "arm64",
        other => other,
    }
}

fn paths(server: &Inner) -> Value {
    let mut paths: Vec<String> = vec!["/api".into(), "/api/v1".into(), "/apis".into()];
    let state = server.lock();
    for resource in crate::resources::all(&state.custom) {
        if !resource.group.is_empty() {
            paths.push(format!("/apis/{}", resource.group));
            paths.push(format!("/apis/{}/{}", resource.group, resource.version));
        }
    }
    for path in [
        "/healthz",
        "/livez",
        "/openapi/v2",
        "/openapi/v3",
        "/readyz",
        "/version",
    ] {
        paths.push(path.into());
    }
    paths.sort();
    paths.dedup();
    json!({"paths": paths})
}
