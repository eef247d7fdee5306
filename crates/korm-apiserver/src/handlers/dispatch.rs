//! From a request to the handler of its verb.

use std::sync::Arc;

use http::Method;

use super::{
    Context, create, delete, delete_collection, discovery, get, list, patch, review, scale,
    subresource, update, watch,
};
use crate::negotiate::{self, Offer, Output};
use crate::reply::Reply;
use crate::request::{Request, ResourcePath, Route};
use crate::resources::{Resource, Subresource, is_native_group};
use crate::server::Inner;
use crate::status::ApiError;

/// Answers a request.
pub(crate) fn handle(server: &Arc<Inner>, request: &Request) -> Reply {
    match Route::parse(&request.path) {
        Route::Resource(path) => resource_request(server, request, path),
        Route::Other => discovery::handle(server, request)
            .unwrap_or_else(|error| Reply::error(&error, &error_output(request))),
    }
}

fn resource_request(server: &Arc<Inner>, request: &Request, path: ResourcePath<'_>) -> Reply {
    let found = server
        .lock()
        .resource(path.group, path.version, path.resource);
    let native = is_native_group(path.group);
    let Some(resource) = found else {
        // Groups of custom resources are routed by what there is; others have a router of theirs.
        return if native {
            unknown(request)
        } else {
            Reply::page_not_found()
        };
    };
    let offer = if resource.is_native() {
        Offer::NATIVE
    } else {
        Offer::CUSTOM
    };
    let deprecated = resource.deprecation_warning().map(str::to_owned);
    let mut reply = match answer(server, request, path, resource, offer) {
        Ok(reply) => reply,
        Err(Refusal::Error(error)) => Reply::error(&error, &error_output(request)),
        Err(Refusal::NotFound) if native => return unknown(request),
        Err(Refusal::NotFound) => return Reply::page_not_found(),
    };
    // Told whatever came of the request.
    reply.warnings.splice(0..0, deprecated);
    reply
}

fn unknown(request: &Request) -> Reply {
    Reply::error(&ApiError::unknown_resource(), &error_output(request))
}

/// Errors come in any media type that was asked for as it is, whatever the objects are; what was asked for as a Table,
/// or as metadata alone, does not count.
fn error_output(request: &Request) -> Output {
    negotiate::output(request, Offer::PLAIN).unwrap_or_default()
}

enum Refusal {
    /// Nobody handles the path.
    NotFound,
    Error(ApiError),
}

impl From<ApiError> for Refusal {
    fn from(error: ApiError) -> Self {
        Self::Error(error)
    }
}

fn answer(
    server: &Arc<Inner>,
    request: &Request,
    path: ResourcePath<'_>,
    resource: Arc<Resource>,
    offer: Offer,
) -> Result<Reply, Refusal> {
    check_scope(&resource, &path)?;
    let subresource = match path.subresource {
        None => None,
        Some(name) => match resource.subresource(name) {
            Some(found) if !path.too_deep => Some(found.clone()),
            // Upstream looks for the object before the subresource of a custom kind.
            _ if !resource.is_native() && path.name.is_some() => {
                let name = path.name.unwrap_or_default();
                return Err(ApiError::not_found(resource.qualified(), name).into());
            }
            _ => return Err(Refusal::NotFound),
        },
    };
    let verb = if resource.is_native() {
        native_verb(request, &path, &resource, subresource.as_ref())?
    } else {
        custom_verb(request, &path, &resource, subresource.as_ref())?
    };
    if verb == "patch" {
        patch::patch_kind(request, &resource)?;
    }
    let output = negotiate::output(request, offer).map_err(|error| {
        if resource.is_native() && !negotiate::names_known_type(request) {
            negotiate::not_routable(verb)
        } else {
            error
        }
    })?;
    let mut cx = Context::new(server, request, resource, output);
    cx.subresource = subresource;
    cx.namespace = path.namespace.unwrap_or_default();
    cx.name = path.name.unwrap_or_default();
    let mut reply =
        run(&cx, verb).unwrap_or_else(|error| Reply::error(&error, &error_output(request)));
    reply.warnings = cx.take_warnings();
    Ok(reply)
}

fn is_question(resource: &Resource) -> bool {
    review::is_review(&resource.group) && resource.verbs == ["create"]
}

/// Objects in namespaces have one in their path, the others have none.
fn check_scope(resource: &Resource, path: &ResourcePath<'_>) -> Result<(), Refusal> {
    let stray = !resource.namespaced && path.namespace.is_some();
    let homeless = resource.namespaced && path.namespace.is_none() && path.name.is_some();
    if stray || homeless {
        Err(Refusal::NotFound)
    } else {
        Ok(())
    }
}

/// The verb of a request for a native resource, which has a route for each.
fn native_verb(
    request: &Request,
    path: &ResourcePath<'_>,
    resource: &Resource,
    subresource: Option<&Subresource>,
) -> Result<&'static str, ApiError> {
    let named = path.name.is_some();
    let verb = match (&request.method, named) {
        (&Method::HEAD, _) => None,
        (&Method::POST, true) if subresource.is_none() => None,
        (&Method::PUT | &Method::PATCH, false) => None,
        _ => verb(request, path),
    };
    let verb = verb.ok_or_else(ApiError::method_not_allowed)?;
    let verbs = subresource.map_or(&resource.verbs, |s| &s.verbs);
    let known = verbs.contains(&verb) || (verb == "watch" && resource.has_verb("watch"));
    let everywhere = resource.namespaced && path.namespace.is_none();
    if !known || (everywhere && !matches!(verb, "list" | "watch") && !is_question(resource)) {
        return Err(ApiError::method_not_allowed());
    }
    Ok(verb)
}

/// The verb of a request for a custom resource, which has one handler for all.
fn custom_verb(
    request: &Request,
    path: &ResourcePath<'_>,
    resource: &Resource,
    subresource: Option<&Subresource>,
) -> Result<&'static str, Refusal> {
    let everywhere = resource.namespaced && path.namespace.is_none();
    let verb = verb(request, path).unwrap_or_default();
    if everywhere && !matches!(verb, "list" | "watch") {
        return Err(Refusal::NotFound);
    }
    let verbs = subresource.map_or(&resource.verbs, |s| &s.verbs);
    if !verbs.contains(&verb) {
        return Err(ApiError::method_not_supported(resource.qualified(), verb).into());
    }
    if path.name.is_none() && matches!(verb, "update" | "patch") {
        return Err(ApiError::bad_request("name must be provided").into());
    }
    Ok(verb)
}

fn verb(request: &Request, path: &ResourcePath<'_>) -> Option<&'static str> {
    let named = path.name.is_some();
    Some(match request.method {
        Method::GET | Method::HEAD if path.watch => "watch",
        Method::GET | Method::HEAD if named => "get",
        Method::GET | Method::HEAD if wants_watch(request) => "watch",
        Method::GET | Method::HEAD => "list",
        Method::POST => "create",
        Method::PUT => "update",
        Method::PATCH => "patch",
        Method::DELETE if named => "delete",
        Method::DELETE => "deletecollection",
        _ => return None,
    })
}

fn wants_watch(request: &Request) -> bool {
    request.query.flag("watch").unwrap_or(false)
}

fn run(cx: &Context<'_>, verb: &str) -> Result<Reply, ApiError> {
    let scale = cx.subresource_name() == "scale";
    match verb {
        "get" => get::get(cx),
        "list" => list::list(cx, list::read_options(cx, false)?),
        "watch" => watch::watch(cx, list::read_options(cx, true)?),
        "create" if is_question(&cx.resource) => review::review(cx),
        _ if subresource::is_special(cx) => subresource::handle(cx, verb),
        "create" => create::create(cx),
        "update" if scale => scale::update(cx),
        "update" => update::update(cx),
        "patch" => patch::patch(cx),
        "delete" => delete::delete(cx),
        "deletecollection" => delete_collection::delete_collection(cx),
        _ => Err(ApiError::method_not_allowed()),
    }
}
