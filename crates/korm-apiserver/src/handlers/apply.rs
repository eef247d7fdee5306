//! Server-side apply.

use serde_json::Value;

use super::Context;
use super::decode::{decode_value, report, yaml};
use crate::meta;
use crate::request::WriteOptions;
use crate::state::State;
use crate::status::ApiError;

/// The object that an applied configuration makes of the present one.
pub(super) fn apply(
    _state: &mut State,
    cx: &Context<'_>,
    live: Option<&Value>,
    options: &WriteOptions,
) -> Result<Value, ApiError> {
    let mut applied = yaml(&cx.request.body).map_err(ApiError::bad_request)?;
    if let Some(live) = live {
        let mut merged = live.clone();
        json_patch::merge(&mut merged, &applied);
        applied = merged;
    } else {
        meta::set(&mut applied, "name", cx.name);
    }
    let (object, complaints) = decode_value(cx, applied).map_err(ApiError::bad_request)?;
    report(
        cx,
        options.field_validation,
        complaints,
        ApiError::bad_request,
    )?;
    Ok(object)
}
