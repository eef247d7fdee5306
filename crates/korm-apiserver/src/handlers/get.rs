//! Reading one object.

use super::Context;
use super::present::present;
use super::render::render_object;
use super::scale;
use crate::reply::Reply;
use crate::status::ApiError;

/// `GET` of an object or of its status or scale.
pub(crate) fn get(cx: &Context<'_>) -> Result<Reply, ApiError> {
    if cx.query().flag("export").unwrap_or(false) {
        return Err(ApiError::bad_request(
            "the export parameter, deprecated since v1.14, is no longer supported",
        ));
    }
    let version = cx.query().text("resourceVersion");
    let state = cx.server.lock();
    super::list::check_not_in_the_future(&state, version)?;
    let object = state
        .store
        .get(&cx.resource.storage, &cx.key())
        .ok_or_else(|| cx.not_found())?;
    drop(state);
    let object = present(&cx.resource, &object);
    if cx.subresource_name() == "scale" {
        let scale = scale::scale_of(&cx.resource, &object)?;
        return render_object(cx, 200, &scale);
    }
    render_object(cx, 200, &object)
}
