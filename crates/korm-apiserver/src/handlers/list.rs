//! Reading a collection: selectors, pages, and states of the past.

mod token;

use std::sync::Arc;

use super::Context;
use super::present::present;
use super::render::{ListMeta, render_list};
use crate::meta;
use crate::reply::Reply;
use crate::request::ListOptions;
use crate::resources::{Resource, canonical_field, field_value};
use crate::schema::go_format::quote;
use crate::selector::FieldSelector;
use crate::state::State;
use crate::status::{ApiError, Cause, Details};
use crate::store::{Object, ReadAt, object_key};

use token::ContinueToken;

const EXPIRED: &str = "The resourceVersion for the provided list is too old.";
const INCONSISTENT: &str = "The provided continue parameter is too old to display a consistent list result. You can start a new list without the continue parameter, or use the continue token in this response to retrieve the remainder of the results. Continuing with the provided token results in an inconsistent list - objects that were created, modified, or deleted between the time the first chunk was returned and now may show up in the list.";

/// `GET` of a collection.
pub(crate) fn list(cx: &Context<'_>, options: ListOptions) -> Result<Reply, ApiError> {
    let found = {
        let state = cx.server.lock();
        select(&state, &cx.resource, cx.namespace, &options)?
    };
    render_list(cx, &found.objects, &found.meta)
}

/// Objects that were asked for, and what the list tells about itself.
pub(crate) struct Found {
    pub(crate) objects: Vec<Arc<Object>>,
    pub(crate) meta: ListMeta,
}

/// Options with the fields of the selector checked and under their canonical names.
pub(crate) fn read_options(cx: &Context<'_>, watch: bool) -> Result<ListOptions, ApiError> {
    let mut options = ListOptions::read(cx.query(), watch)?;
    options.fields = std::mem::take(&mut options.fields)
        .transform(|field, _| canonical_field(&cx.resource, field))
        .map_err(|message: String| ApiError::bad_request(message))?;
    if !cx.name.is_empty() {
        // The old way to watch one object: by its path.
        if options.fields.is_empty() {
            options.fields = FieldSelector::name(cx.name);
        } else if options.fields.exact("metadata.name") != Some(cx.name) {
            return Err(ApiError::bad_request(
                "fieldSelector metadata.name doesn't match requested name",
            ));
        }
    }
    Ok(options)
}

/// Reads what a list asks for.
pub(crate) fn select(
    state: &State,
    resource: &Resource,
    namespace: &str,
    options: &ListOptions,
) -> Result<Found, ApiError> {
    // An object of a name is one key of the range; a selector may name the namespace, too.
    let scope = match options.fields.exact("metadata.namespace") {
        Some(selected) if namespace.is_empty() && options.continue_token.is_empty() => selected,
        _ => namespace,
    };
    let prefix = if scope.is_empty() {
        String::new()
    } else {
        format!("{scope}/")
    };
    let single = options
        .fields
        .exact("metadata.name")
        .filter(|_| options.continue_token.is_empty())
        .filter(|_| !resource.namespaced || !scope.is_empty())
        .map(|name| object_key(if resource.namespaced { scope } else { "" }, name));
    let start = Start::of(state, namespace, options, single.is_some())?;
    let page = state
        .store
        .read(
            &resource.storage,
            single.as_deref().unwrap_or(&prefix),
            start.key.as_deref(),
            start.at,
        )
        .map_err(|_| start.expired())?;
    // A key that merely begins with the name is another object's.
    let in_range: Vec<Arc<Object>> = match single {
        Some(key) => page
            .objects
            .into_iter()
            .filter(|o| *o.key == *key)
            .collect(),
        None => page.objects,
    };

    let limit = if options.resource_version == "0" && options.resource_version_match != "Exact" {
        0
    } else {
        usize::try_from(options.limit).unwrap_or(0)
    };
    let everything = options.labels.is_empty() && options.fields.is_empty();
    let total = in_range.len();
    let mut objects = Vec::new();
    let mut more = false;
    for (index, object) in in_range.into_iter().enumerate() {
        if everything || matches(resource, &object, options) {
            objects.push(object);
        }
        if limit > 0 && objects.len() >= limit {
            more = index + 1 < total;
            break;
        }
    }
    let mut meta = ListMeta {
        resource_version: page.revision,
        ..ListMeta::default()
    };
    if more && let Some(last) = objects.last() {
        meta.continue_token =
            Some(ContinueToken::after(&last.key, namespace, page.revision).encode());
        meta.remaining = everything.then(|| total - limit);
    }
    Ok(Found { objects, meta })
}

/// Whether an object meets both selectors. Its fields are those that the version of the resource shows.
pub(crate) fn matches(resource: &Resource, object: &Object, options: &ListOptions) -> bool {
    options.labels.matches(meta::labels(&object.value))
        && (options.fields.is_empty() || {
            let shown = present(resource, object);
            options
                .fields
                .matches(|field| field_value(resource, &shown, field))
        })
}

/// Where a list begins.
struct Start {
    key: Option<String>,
    at: ReadAt,
    /// The namespace and key of the token, for a new token should this one be expired.
    token: Option<(String, String)>,
}

impl Start {
    fn of(
        state: &State,
        namespace: &str,
        options: &ListOptions,
        single: bool,
    ) -> Result<Self, ApiError> {
        if !options.continue_token.is_empty() {
            let token = ContinueToken::decode(&options.continue_token)
                .map_err(|e| ApiError::bad_request(format!("invalid continue token: {e}")))?;
            if !matches!(options.resource_version.as_str(), "" | "0") {
                return Err(ApiError::bad_request(
                    "specifying resource version is not allowed when using continue",
                ));
            }
            // A negative revision is that of a token given out for an inconsistent rest.
            let at = match u64::try_from(token.revision) {
                Ok(revision) if revision > state.store.revision() => {
                    return Err(too_large(revision, state.store.revision(), true));
                }
                Ok(revision) => ReadAt::Revision(revision),
                Err(_) => ReadAt::Now,
            };
            let key = token.key_in(namespace);
            return Ok(Self {
                token: Some((namespace.to_owned(), key.clone())),
                key: Some(key),
                at,
            });
        }
        let revision = parse_revision(&options.resource_version)
            .map_err(|fault| ApiError::bad_request(format!("invalid resource version: {fault}")))?;
        let exact = options.resource_version_match == "Exact";
        let paged = options.resource_version_match.is_empty() && options.limit > 0 && revision > 0;
        if revision > state.store.revision() {
            return Err(too_large(
                revision,
                state.store.revision(),
                !exact && !paged,
            ));
        }
        // Pages are of the revision; one object is no page, and read as it is now.
        let exact = exact || (paged && !single);
        let at = if exact {
            ReadAt::Revision(revision)
        } else {
            ReadAt::Now
        };
        Ok(Self {
            key: None,
            at,
            token: None,
        })
    }

    fn expired(&self) -> ApiError {
        match &self.token {
            None => ApiError::resource_expired(EXPIRED),
            Some((namespace, key)) => {
                let token = ContinueToken::at(key, namespace, -1);
                ApiError::resource_expired(INCONSISTENT).with_continue(token.encode())
            }
        }
    }
}

/// A resourceVersion of a request; 0 for none.
pub(crate) fn parse_revision(text: &str) -> Result<u64, String> {
    if text.is_empty() || text == "0" {
        return Ok(0);
    }
    parse_uint(text)
        .map_err(|fault| format!("resourceVersion: Invalid value: {}: {fault}", quote(text)))
}

/// `strconv.ParseUint(text, 10, 64)` with its message.
pub(crate) fn parse_uint(text: &str) -> Result<u64, String> {
    use std::num::IntErrorKind::PosOverflow;
    // Rust reads a plus sign, Go does not.
    let parsed = if text.starts_with('+') {
        "x".parse::<u64>()
    } else {
        text.parse::<u64>()
    };
    parsed.map_err(|error| {
        let why = match error.kind() {
            PosOverflow => "value out of range",
            _ => "invalid syntax",
        };
        format!("strconv.ParseUint: parsing {}: {why}", quote(text))
    })
}

/// Refuses the read of a revision that is not there yet.
pub(crate) fn check_not_in_the_future(state: &State, version: &str) -> Result<(), ApiError> {
    let wanted = parse_revision(version).map_err(ApiError::unknown)?;
    if wanted > state.store.revision() {
        return Err(too_large(wanted, state.store.revision(), true));
    }
    Ok(())
}

/// 504 for a revision of the future: the real server waits three seconds for it, then says this.
pub(crate) fn too_large(wanted: u64, current: u64, retry: bool) -> ApiError {
    let message = format!("Too large resource version: {wanted}, current: {current}");
    let mut error = ApiError::timeout(&message, u32::from(retry));
    let cause = Cause {
        reason: "ResourceVersionTooLarge".to_owned(),
        message: "Too large resource version".to_owned(),
        field: String::new(),
    };
    let details = error
        .details
        .get_or_insert_with(|| Box::new(Details::default()));
    details.causes.push(cause);
    error
}
