//! What every handler knows about the request it answers.

use std::borrow::Cow;
use std::cell::RefCell;
use std::sync::Arc;

use serde_json::{Value, json};

use crate::meta;
use crate::negotiate::Output;
use crate::request::{PatchKind, Query, Request};
use crate::resources::{Resource, Subresource};
use crate::server::Inner;
use crate::status::ApiError;
use crate::store::object_key;

/// One request to a resource.
pub(crate) struct Context<'a> {
    pub(crate) server: &'a Arc<Inner>,
    pub(crate) request: &'a Request,
    pub(crate) resource: Arc<Resource>,
    pub(crate) subresource: Option<Subresource>,
    /// Empty in cluster scope and for all namespaces.
    pub(crate) namespace: &'a str,
    /// Empty where the request is about a collection.
    pub(crate) name: &'a str,
    pub(crate) output: Output,
    warnings: RefCell<Vec<String>>,
    /// The paths of what is in the body without anything in it, of what Go tells from none.
    empty: RefCell<Vec<&'static [&'static str]>>,
    /// Where the body has null in the place of bytes: a field of the object, and a key of it.
    null_bytes: RefCell<Vec<(&'static str, String)>>,
}

impl<'a> Context<'a> {
    pub(crate) fn new(
        server: &'a Arc<Inner>,
        request: &'a Request,
        resource: Arc<Resource>,
        output: Output,
    ) -> Self {
        Self {
            server,
            request,
            resource,
            subresource: None,
            namespace: "",
            name: "",
            output,
            warnings: RefCell::default(),
            empty: RefCell::default(),
            null_bytes: RefCell::default(),
        }
    }

    pub(crate) fn query(&self) -> &Query {
        &self.request.query
    }

    /// The key of the object the path names.
    pub(crate) fn key(&self) -> String {
        object_key(self.namespace, self.name)
    }

    pub(crate) fn subresource_name(&self) -> &str {
        self.subresource.as_ref().map_or("", |s| s.name.as_str())
    }

    /// Whether the body is a configuration to apply.
    pub(crate) fn applies(&self) -> bool {
        self.request.method == http::Method::PATCH
            && super::patch::patch_kind(self.request, &self.resource)
                .is_ok_and(|kind| kind == PatchKind::Apply)
    }

    /// Whether what is written has not been decoded as an object of its kind: what was applied, and the object that got
    /// the replicas of its Scale.
    pub(crate) fn writes_undecoded(&self) -> bool {
        self.applies() || self.subresource_name() == "scale"
    }

    pub(crate) fn not_found(&self) -> ApiError {
        ApiError::not_found(self.resource.qualified(), self.name)
    }

    /// Adds a text for a `Warning` header; repeated ones are sent once.
    pub(crate) fn warn(&self, text: impl Into<String>) {
        let text = text.into();
        let mut warnings = self.warnings.borrow_mut();
        if !warnings.contains(&text) {
            warnings.push(text);
        }
    }

    /// Notes that the body has something at this path, with nothing in it.
    pub(crate) fn note_empty(&self, path: &'static [&'static str]) {
        self.empty.borrow_mut().push(path);
    }

    /// Notes that the body has null under a key of this field, which is one of bytes. It is stored otherwise than no bytes,
    /// though it is read as them.
    pub(crate) fn note_null_bytes(&self, field: &'static str, key: String) {
        self.null_bytes.borrow_mut().push((field, key));
    }

    /// Whether it has.
    pub(crate) fn has_null_bytes(&self) -> bool {
        !self.null_bytes.borrow().is_empty()
    }

    /// The object with the nulls of its body. Whoever writes one has changed the bytes, and owns them.
    pub(crate) fn with_null_bytes<'o>(&self, object: &'o Value) -> Cow<'o, Value> {
        let mut shown = Cow::Borrowed(object);
        for (field, key) in self.null_bytes.borrow().iter() {
            if shown[*field][key] == "" {
                shown.to_mut()[*field][key] = Value::Null;
            }
        }
        shown
    }

    /// The object with what its body had with nothing in it, which a stored object has not.
    pub(crate) fn with_empty<'o>(&self, object: &'o Value) -> Cow<'o, Value> {
        let mut shown = Cow::Borrowed(object);
        for path in self.empty.borrow().iter() {
            add_empty(shown.to_mut(), path);
        }
        shown
    }

    pub(crate) fn take_warnings(&self) -> Vec<String> {
        self.warnings.take()
    }

    /// Makes the object's namespace the request's, or refuses an object of another one.
    pub(crate) fn match_namespace(&self, object: &mut Value) -> Result<(), ApiError> {
        // A namespace is named like the namespace it makes.
        let expected = if self.resource.namespaced {
            self.namespace
        } else {
            ""
        };
        let given = meta::namespace(object);
        if given == expected {
            return Ok(());
        }
        if given.is_empty() || expected.is_empty() {
            let expected = expected.to_owned();
            meta::set_text(object, "namespace", &expected);
            return Ok(());
        }
        Err(ApiError::bad_request(
            "the namespace of the provided object does not match the namespace sent on the request",
        ))
    }

    /// Refuses an object that is named otherwise than the path says.
    pub(crate) fn match_name(&self, object: &Value) -> Result<(), ApiError> {
        let given = meta::name(object);
        if given.is_empty() {
            return Err(ApiError::bad_request(format!(
                "the name of the object ({} based on URL) was undeterminable: name must be provided",
                self.name
            )));
        }
        if given != self.name {
            return Err(ApiError::bad_request(format!(
                "the name of the object ({given}) does not match the name on the URL ({})",
                self.name
            )));
        }
        Ok(())
    }
}

/// Puts an empty object where nothing is.
fn add_empty(at: &mut Value, path: &[&str]) {
    if at.is_null() {
        *at = json!({});
    }
    if let (Some((first, rest)), Some(members)) = (path.split_first(), at.as_object_mut()) {
        add_empty(members.entry(*first).or_insert(Value::Null), rest);
    }
}
