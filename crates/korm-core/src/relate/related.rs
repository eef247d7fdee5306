//! Relations as fields of typed models.

use std::{any::Any, fmt, sync::Arc};

use serde_json::Value;

use super::Link;
use crate::{
    error::DecodeError,
    model::{Model, ModelDef},
};

/// The other side of a relation: not loaded, or what was found.
///
/// Reading it never sends a request. A query loads it when it is asked to include the relation.
///
/// ```
/// use korm_core::relate::Related;
///
/// let mut owner: Related<Option<String>> = Related::default();
/// assert!(owner.loaded().is_none());
/// owner = Related::Loaded(Some("tree".into()));
/// assert_eq!(owner.loaded(), Some(&Some("tree".into())));
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Related<T> {
    /// Nobody has asked for it.
    #[default]
    NotLoaded,
    /// What was found; empty where nothing belongs to the object.
    Loaded(T),
}

/// A relation to at most one object. Objects that several belong to are shared.
pub type ToOne<M> = Related<Option<Arc<M>>>;

/// A relation to any number of objects.
pub type ToMany<M> = Related<Vec<Arc<M>>>;

impl<T> Related<T> {
    /// What was found, if it was asked for.
    pub fn loaded(&self) -> Option<&T> {
        match self {
            Self::NotLoaded => None,
            Self::Loaded(found) => Some(found),
        }
    }

    /// Whether it was asked for.
    pub fn is_loaded(&self) -> bool {
        self.loaded().is_some()
    }
}

/// The type of a field that is a relation.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be the type of a relation",
    label = "not a relation",
    note = "a relation is a `korm::ToOne<Model>` or a `korm::ToMany<Model>`"
)]
pub trait RelatedTo: Default + Send + Sync + 'static {
    /// The model on the other side.
    type Target: Model;

    /// The relation with these found.
    fn from_found(found: Vec<Arc<Self::Target>>) -> Self;

    /// What is loaded.
    fn targets(&self) -> Vec<&Self::Target>;
}

impl<M: Model> RelatedTo for ToOne<M> {
    type Target = M;

    fn from_found(found: Vec<Arc<M>>) -> Self {
        Self::Loaded(found.into_iter().next())
    }

    fn targets(&self) -> Vec<&M> {
        self.loaded()
            .into_iter()
            .flatten()
            .map(|found| &**found)
            .collect()
    }
}

impl<M: Model> RelatedTo for ToMany<M> {
    type Target = M;

    fn from_found(found: Vec<Arc<M>>) -> Self {
        Self::Loaded(found)
    }

    fn targets(&self) -> Vec<&M> {
        self.loaded()
            .into_iter()
            .flatten()
            .map(|found| &**found)
            .collect()
    }
}

type Erased = Arc<dyn Any + Send + Sync>;

/// Puts what was found into a model.
type Attach<M> = Box<dyn Fn(&mut M, Vec<Erased>) + Send + Sync>;

/// One relation of the model `M`: how it links, to what, and where what is found goes.
pub struct Relation<M> {
    name: &'static str,
    link: Link,
    target: fn() -> &'static ModelDef,
    decode: fn(Value) -> Result<Erased, DecodeError>,
    attach: Attach<M>,
}

impl<M: 'static> Relation<M> {
    /// A relation of this name that is kept in the field `place` gives.
    pub fn new<R: RelatedTo>(name: &'static str, link: Link, place: fn(&mut M) -> &mut R) -> Self {
        Self {
            name,
            link,
            target: <R::Target as Model>::definition,
            decode: |object| R::Target::decode(object).map(|found| Arc::new(found) as Erased),
            attach: Box::new(move |model, found| {
                // Only what `decode` made comes back here, so nothing is lost by the downcast.
                let found = found
                    .into_iter()
                    .filter_map(|one| one.downcast::<R::Target>().ok());
                *place(model) = R::from_found(found.collect());
            }),
        }
    }

    /// The name of the field.
    pub fn name(&self) -> &'static str {
        self.name
    }

    /// How the objects belong together.
    pub fn link(&self) -> &Link {
        &self.link
    }

    /// The description of the kind on the other side.
    pub fn target(&self) -> &'static ModelDef {
        (self.target)()
    }

    /// Reads an object of the other side, to be attached to any number of models.
    ///
    /// # Errors
    ///
    /// As [`Model::decode`].
    pub fn decode(&self, object: Value) -> Result<Loaded, DecodeError> {
        (self.decode)(object).map(Loaded)
    }

    /// Puts what was found into the model.
    pub fn attach(&self, model: &mut M, found: impl IntoIterator<Item = Loaded>) {
        (self.attach)(model, found.into_iter().map(|loaded| loaded.0).collect());
    }
}

/// An object of the other side of a relation that has been read.
#[derive(Clone)]
pub struct Loaded(Erased);

impl fmt::Debug for Loaded {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Loaded")
    }
}

impl<M> fmt::Debug for Relation<M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (name, link) = (&self.name, &self.link);
        f.debug_struct("Relation")
            .field("name", name)
            .field("link", link)
            .finish_non_exhaustive()
    }
}
