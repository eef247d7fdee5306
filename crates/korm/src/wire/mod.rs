//! How answers are read: lists and watch streams, decoded as they come and without what nobody asked for.

mod event;
mod lines;
mod list;
mod object;

pub(crate) use self::event::{EventKind, RawEvent, decode_event};
pub(crate) use self::lines::{LineError, Lines};
pub(crate) use self::list::{ListMeta, Page, continue_token, decode_list};
pub(crate) use self::object::{ObjectSeed, decode_object};
