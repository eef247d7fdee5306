//! Objects as the server wrote them, for those who look at little of them and not at once.

use std::fmt;
use std::marker::PhantomData;

use futures::TryStreamExt;
use korm_core::plan::Plan;
use korm_core::project::Projection;
use korm_core::scan::{self, Scan, Scanned, Scanner};
use serde::de::DeserializeSeed;
use serde_json::Value;
use serde_json::value::RawValue;

use super::Query;
use super::pages::{Read, Reader};
use crate::Result;
use crate::objects::Objects;
use crate::wire;

impl Query {
    /// All of them, each as the text that the server wrote: to keep a text takes a tenth of the time and of the memory
    /// that values take.
    ///
    /// Nothing where objects have to be looked at to answer the query: where a part of it is evaluated here, or it has an
    /// order. A continue token that expires in the middle makes it start again, once and in one piece.
    ///
    /// # Errors
    ///
    /// Those of the requests.
    pub async fn texts(&self) -> Result<Option<Vec<ObjectText>>> {
        if !self.order.is_empty() || self.plan()?.residual.is_some() {
            return Ok(None);
        }
        let query = self.begun();
        let texts = match query.collect_texts().await {
            Err(error) if error.is_expired() => query.page_size(0).collect_texts().await,
            result => result,
        };
        texts.map(Some)
    }

    async fn collect_texts(&self) -> Result<Vec<ObjectText>> {
        let mut pages = Box::pin(self.unordered::<Texts>());
        let mut all = Vec::new();
        while let Some(batch) = pages.try_next().await? {
            all.extend(batch.items);
        }
        Ok(all)
    }
}

/// An object as the server wrote it, with null for its `managedFields`, which can be two thirds of it.
///
/// Little of it was looked at: what is no JSON shows when it is read.
#[derive(Clone)]
pub struct ObjectText(Box<str>);

impl ObjectText {
    fn new(scanned: &Scanned<'_>) -> Option<Self> {
        let text = match scanned.without_managed_fields() {
            Some(text) => text.into_owned(),
            None => scanned.text().to_vec(),
        };
        Some(Self(String::from_utf8(text).ok()?.into()))
    }

    /// The text of one object. Nothing where that is no object as it should be.
    pub(crate) fn read(text: &[u8]) -> Option<Self> {
        Scan::once(Scanner::whole()).object(text, Self::new)?
    }

    /// An object as a server would have written it.
    pub(crate) fn of(object: &Value) -> Self {
        Self(object.to_string().into())
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The whole object.
    ///
    /// # Errors
    ///
    /// It is no JSON, or nested deeper than anybody reads.
    pub fn value(&self) -> serde_json::Result<Value> {
        serde_json::from_str(&self.0)
    }

    /// What a projection wants of the object.
    ///
    /// # Errors
    ///
    /// As [`value`](Self::value).
    pub fn project(&self, projection: &Projection) -> serde_json::Result<Value> {
        projection.deserialize(&mut serde_json::Deserializer::from_str(&self.0))
    }

    /// What stands at a path of keys; nothing where the path leads nowhere.
    ///
    /// # Errors
    ///
    /// As [`value`](Self::value).
    pub fn find(&self, path: &[&str]) -> serde_json::Result<Option<Value>> {
        if let Some(found) = scan::find(self.0.as_bytes(), path) {
            return found.map(serde_json::from_slice).transpose();
        }
        let object = self.value()?;
        let found = path.iter().try_fold(&object, |at, key| at.get(*key));
        Ok(found.cloned())
    }
}

impl fmt::Debug for ObjectText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Contents may be secret.
        f.debug_struct("ObjectText")
            .field("bytes", &self.0.len())
            .finish_non_exhaustive()
    }
}

/// Cuts lists into the texts of their objects.
struct Texts {
    objects: Objects,
    scan: Scan,
    /// How many objects the page before had.
    last: usize,
}

impl Reader for Texts {
    type Item = ObjectText;

    fn new(query: &Query, _plan: &Plan) -> Result<Self> {
        Ok(Self {
            objects: query.objects.clone(),
            scan: Scan::once(Scanner::whole()),
            last: 0,
        })
    }

    fn read(&mut self, body: &[u8]) -> Result<Read<Self::Item>> {
        if let Some(read) = self.scan(body) {
            return Ok(read);
        }
        // Something is odd about it; this says what.
        let page = wire::decode_list(body, PhantomData::<Box<RawValue>>)
            .map_err(|error| self.objects.no_list(&error))?;
        let texts = page.items.into_iter().map(|text| ObjectText(text.into()));
        Ok(Read {
            scanned: texts.len(),
            items: texts.collect(),
            meta: page.meta,
        })
    }
}

impl Texts {
    /// Cuts a list without reading what is in its objects. Nothing where that is no list as it should be.
    fn scan(&mut self, body: &[u8]) -> Option<Read<ObjectText>> {
        let mut texts = Vec::with_capacity(self.last);
        let mut sound = true;
        let listed = self.scan.list(body, |scanned| {
            let text = ObjectText::new(scanned);
            sound &= text.is_some();
            texts.extend(text);
        })?;
        let meta = listed.metadata.map_or(Some(None), |text| {
            serde_json::from_slice::<Option<wire::ListMeta>>(text).ok()
        });
        self.last = listed.objects;
        sound.then_some(Read {
            items: texts,
            scanned: listed.objects,
            meta: meta?.unwrap_or_default(),
        })
    }
}
