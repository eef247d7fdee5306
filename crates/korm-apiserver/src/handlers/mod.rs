//! The verbs: what each does to the state, and what it answers.

mod apply;
mod context;
mod convert;
mod create;
mod decode;
mod delete;
mod delete_collection;
mod discovery;
mod dispatch;
mod get;
mod list;
mod managed;
mod native_rules;
mod openapi;
mod patch;
mod prepare;
mod present;
mod recognize;
mod render;
mod review;
mod scale;
mod services;
mod subresource;
mod update;
mod watch;
mod write;

pub(crate) use context::Context;
pub(crate) use delete::delete_object;
pub(crate) use dispatch::handle;
pub(crate) use managed::track_controller;
pub(crate) use openapi::Documents;
pub(crate) use prepare::count_change;
pub(crate) use present::present;
pub(crate) use update::is_finished;
pub(crate) use write::to_storage;
