//! Stored objects as a version of their resource shows them.

use std::borrow::Cow;

use serde_json::Value;

use super::convert::convert;
use crate::resources::Resource;
use crate::store::Object;

/// The object in the version asked for.
///
/// Conversion between versions changes the apiVersion alone, as the strategy `None` does. A custom
/// object also loses what the version does not know, and gets the defaults of the version it is
/// stored in.
pub(crate) fn present<'a>(resource: &Resource, object: &'a Object) -> Cow<'a, Value> {
    let value = &object.value;
    let mut shown = Cow::Borrowed(value);
    let differs = value["apiVersion"] != resource.api_version().as_str();
    match &resource.custom {
        Some(version) => {
            let outdated = object.undecoded || object.revision < resource.since;
            if outdated || differs || version.has_siblings() {
                version.present(shown.to_mut(), outdated);
            }
        }
        None if differs => {
            convert(shown.to_mut(), &resource.api_version());
        }
        None => super::services::hide_policy(resource, &mut shown),
    }
    shown
}

/// The object in the version asked for, as a value of its own.
pub(crate) fn present_value(resource: &Resource, object: &Object) -> Value {
    present(resource, object).into_owned()
}
