//! What most programs use: `use korm::prelude::*;`.

pub use futures::{StreamExt, TryStreamExt};

pub use crate::{Cluster, Event, Meta, Model, ObjectKey, Validate};
