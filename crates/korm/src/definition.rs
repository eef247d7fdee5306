//! A model's description, whoever owns it.

use std::{ops::Deref, sync::Arc};

use korm_core::ModelDef;

/// The description of a kind: one of the program text, or one made at run time.
#[derive(Clone, Debug)]
pub enum Definition {
    /// Of a type with `#[derive(Model)]`.
    Static(&'static ModelDef),
    /// Made at run time.
    Shared(Arc<ModelDef>),
}

impl Definition {
    /// Whether this is the very same description as another one, not only an equal one.
    pub(crate) fn is(&self, other: &Self) -> bool {
        std::ptr::eq::<ModelDef>(&**self, &**other)
    }
}

impl Deref for Definition {
    type Target = ModelDef;

    fn deref(&self) -> &ModelDef {
        match self {
            Self::Static(def) => def,
            Self::Shared(def) => def,
        }
    }
}

impl From<&'static ModelDef> for Definition {
    fn from(def: &'static ModelDef) -> Self {
        Self::Static(def)
    }
}

impl From<Arc<ModelDef>> for Definition {
    fn from(def: Arc<ModelDef>) -> Self {
        Self::Shared(def)
    }
}

impl From<ModelDef> for Definition {
    fn from(def: ModelDef) -> Self {
        Self::Shared(Arc::new(def))
    }
}
