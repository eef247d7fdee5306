//! Stored objects as a version of their resource shows them.

use std::borrow::Cow;

use serde_json::Value;

use crate::resources::Resource;
use crate::store::Object;

/// The object in the version asked for.
///
/// Conversion between versions changes the apiVersion alone, as the strategy `None` does. A custom
/// object also gets the defaults of its schema, which may be newer than the object, and loses what
/// the schema does not know.
pub(crate) fn present<'a>(resource: &Resource, object: &'a Object) -> Cow<'a, Value> {
    let value = &object.value;
    let mut shown = Cow::Borrowed(value);
    if value["apiVersion"] != resource.api_version().as_str() {
        let fields = shown.to_mut();
        fields["apiVersion"] = resource.api_version().into();
        fields["kind"] = resource.kind.as_str().into();
    }
    if let Some(version) = &resource.custom
        && (object.revision < resource.since || matches!(shown, Cow::Owned(_)))
    {
        version.present(shown.to_mut());
    }
    shown
}

/// The object in the version asked for, as a value of its own.
pub(crate) fn present_value(resource: &Resource, object: &Object) -> Value {
    present(resource, object).into_owned()
}
