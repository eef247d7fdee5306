//! `/openapi/v3` and `/openapi/v2`: the schemas clients check and explain objects by.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use bytes::Bytes;
use http::header;
use jiff::{SignedDuration, Timestamp};
use serde_json::Value;

use crate::crd;
use crate::facts;
use crate::negotiate;
use crate::openapi::{Api, hash_of, v2_document, v3_document, v3_index};
use crate::reply::Reply;
use crate::request::Request;
use crate::resources;
use crate::schema::go_format;
use crate::server::Inner;

const DEFINITIONS: &str = "customresourcedefinitions.apiextensions.k8s.io";

/// Documents that were made once, with the hash of what they were made of.
#[derive(Debug, Default)]
pub(crate) struct Documents {
    made: Mutex<BTreeMap<String, (String, Bytes)>>,
}

impl Documents {
    /// The document of this name and hash, made if it is not there.
    fn get(&self, name: &str, hash: &str, make: impl FnOnce() -> Value) -> Bytes {
        let lock = || self.made.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((known, document)) = lock().get(name)
            && known == hash
        {
            return document.clone();
        }
        // Made without the lock: others may ask for other documents meanwhile.
        let document = Bytes::from(go_format::json(&make()));
        lock().insert(name.to_owned(), (hash.to_owned(), document.clone()));
        document
    }
}

/// `GET /openapi/v3`
pub(crate) fn v3(server: &Inner) -> Reply {
    let apis = apis(server);
    // Kubernetes does not say that it is JSON.
    let text = "text/plain; charset=utf-8";
    Reply::bytes(200, text, go_format::json(&v3_index(&apis)))
}

/// `GET /openapi/v3/{path}`
pub(crate) fn v3_of(server: &Inner, request: &Request, path: &str) -> Reply {
    let Some(api) = apis(server).into_iter().find(|api| api.path() == path) else {
        return Reply::text(404, "");
    };
    let asked = request.query.text("hash");
    if !asked.is_empty() && asked != api.hash() {
        let mut reply = Reply::text(301, "");
        let place = format!("/openapi/v3/{path}?hash={}", api.hash());
        reply.set_header(header::LOCATION, &place);
        return reply;
    }
    let mut reply = document(server, request, path, api.hash(), || v3_document(&api));
    reply.set_header(header::VARY, "Accept");
    if !asked.is_empty() {
        reply.set_header(header::CACHE_CONTROL, "public, immutable");
        reply.set_header(header::EXPIRES, &in_a_year());
    }
    reply
}

/// `GET /openapi/v2`
pub(crate) fn v2(server: &Inner, request: &Request) -> Reply {
    let accept = request.header(header::ACCEPT);
    let json = accept.is_empty()
        || accept.split(',').any(|clause| {
            let kind = clause.split(';').next().unwrap_or_default().trim();
            matches!(kind, "application/json" | "application/*" | "*/*")
        });
    if !json {
        return Reply::text(406, "");
    }
    let apis = apis(server);
    let hashes: Vec<&str> = apis.iter().map(Api::hash).collect();
    let hash = hash_of(&hashes);
    let mut reply = document(server, request, "v2", &hash, || v2_document(&apis));
    reply.set_header(header::VARY, "Accept-Encoding");
    reply
}

/// When a document that is asked for by its hash goes stale, as HTTP writes dates.
fn in_a_year() -> String {
    let year = SignedDuration::from_hours(365 * 24);
    let then = Timestamp::now()
        .saturating_add(year)
        .unwrap_or(Timestamp::MAX);
    then.strftime("%a, %d %b %Y %H:%M:%S GMT").to_string()
}

fn document(
    server: &Inner,
    request: &Request,
    name: &str,
    hash: &str,
    make: impl FnOnce() -> Value,
) -> Reply {
    let tag = format!("\"{hash}\"");
    let mut reply = if request.header(header::IF_NONE_MATCH) == tag {
        Reply::text(304, "")
    } else {
        Reply::bytes(
            200,
            negotiate::JSON,
            server.documents().get(name, hash, make),
        )
    };
    reply.set_header(header::ETAG, &tag);
    reply
}

/// All groups and versions that are served.
fn apis(server: &Inner) -> Vec<Api> {
    let mut apis: Vec<Api> = facts::group_versions().map(Api::native).collect();
    let state = server.lock();
    let definitions: Vec<Value> = match state.store.existing_table(DEFINITIONS) {
        Some(table) => table
            .objects()
            .filter(|object| crd::is_true(&object.value, "Established"))
            .map(|object| object.value.clone())
            .collect(),
        None => Vec::new(),
    };
    let mut served: Vec<(String, String)> = resources::all(&state.custom)
        .iter()
        .filter(|resource| !resource.is_native())
        .map(|resource| (resource.group.clone(), resource.version.clone()))
        .collect();
    drop(state);
    served.dedup();
    for (group, version) in served {
        let own = definitions
            .iter()
            .filter(|d| d["spec"]["group"] == group.as_str());
        apis.push(Api::custom(&group, &version, own));
    }
    apis
}
