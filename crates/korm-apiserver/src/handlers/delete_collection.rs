//! Deleting all objects that a list would give.

use super::Context;
use super::delete::{delete_object, read_options};
use super::list::{Found, read_options as read_list_options, select};
use super::render::{ListMeta, render_list};
use crate::reply::Reply;
use crate::status::ApiError;

/// `DELETE` of a collection. Answers with the objects as they were listed.
pub(crate) fn delete_collection(cx: &Context<'_>) -> Result<Reply, ApiError> {
    let list_options = read_list_options(cx, false)?;
    let options = read_options(cx)?;
    options.refuse_unsafe()?;
    let mut state = cx.server.lock();
    let Found { objects, meta } = select(&state, &cx.resource, cx.namespace, &list_options)?;
    for object in &objects {
        match delete_object(&mut state, &cx.resource, &object.key, options.clone()) {
            Ok(_) => {}
            Err(error) if error.reason == "NotFound" => {}
            Err(error) => {
                state.settle();
                return Err(error);
            }
        }
    }
    state.settle();
    drop(state);
    // With a limit the answer is that page of the list; without one it is everything.
    let meta = if list_options.limit > 0 {
        meta
    } else {
        ListMeta {
            resource_version: meta.resource_version,
            ..ListMeta::default()
        }
    };
    render_list(cx, &objects, &meta)
}
