//! Reading the mapped part of objects straight from the text of a list.
//!
//! A list of thousands of objects is read once, and most of them are never changed. So no tree of
//! values is made of them: the text is walked through once, what a model maps is found in it and read
//! from its place, and the [snapshot](crate::snapshot::Snapshot) keeps of it what is not the same in
//! all objects. Equal labels and annotations are kept once.
//!
//! What is odd about an object (a field of another type, `spec` that is no object) makes scanning give
//! up, and the object is read from the same text by [`Model::decode`](crate::Model::decode), which
//! says what is wrong.

mod cursor;
mod find;
mod maps;
mod reader;
mod tree;

use std::{
    borrow::Cow,
    cell::RefCell,
    fmt,
    ops::Range,
    sync::{Arc, LazyLock},
};

use serde::de::DeserializeSeed;
use serde_json::Value;

use crate::{
    model::ModelDef,
    project::Projection,
    snapshot::{Shape, Shapes, Snapshot},
    text::Interner,
};

use cursor::Cursor;
use maps::Maps;
use tree::{Member, Node, place};

pub use find::find;
pub use reader::ScanReader;

/// What a model maps, prepared for scanning.
#[derive(Debug)]
pub struct Scanner {
    root: Vec<Member>,
    /// Identity paths come first, then the fields of the model.
    places: usize,
    /// `apiVersion` and `kind`: items of native lists do not have them.
    kind: [Value; 2],
    /// The labels that are fields, with the indices of these.
    labels: Vec<(usize, Box<str>)>,
    annotations: Vec<(usize, Box<str>)>,
    /// For objects that are too odd to be scanned.
    projection: Projection,
}

impl Scanner {
    /// A scanner for this model; `None` for those that cannot be scanned: models of whole objects, for
    /// which there is [`whole`](Self::whole), and those that map a value and a part of it.
    pub fn new(def: &ModelDef) -> Option<Self> {
        if def.whole {
            return None;
        }
        let (root, places) = tree::of(def)?;
        let fields = || def.fields.iter().enumerate();
        let label = |(index, field): (usize, &crate::FieldDef)| {
            Some((index, field.path.label_key()?.into()))
        };
        let annotation = |(index, field): (usize, &crate::FieldDef)| {
            Some((index, field.path.annotation_key()?.into()))
        };
        Some(Self {
            root,
            places,
            kind: [def.api_version().into(), def.kind.as_str().into()],
            labels: fields().filter_map(label).collect(),
            annotations: fields().filter_map(annotation).collect(),
            projection: Projection::new(def),
        })
    }

    /// A scanner for models of whole objects, which have no snapshot: it finds `managedFields`, to leave
    /// them out.
    pub fn whole() -> &'static Self {
        static WHOLE: LazyLock<Scanner> = LazyLock::new(|| Scanner {
            root: tree::managed_fields(),
            places: 1,
            kind: [Value::Null, Value::Null],
            labels: Vec::new(),
            annotations: Vec::new(),
            projection: Projection::whole(),
        });
        &WHOLE
    }

    /// The members of an object that are not there and have to be.
    fn missing_kind<'s>(
        &'s self,
        has: impl Fn(usize) -> bool + 's,
    ) -> impl Iterator<Item = (&'static str, &'s Value)> {
        [(place::API_VERSION, "apiVersion"), (place::KIND, "kind")]
            .into_iter()
            .zip(&self.kind)
            .filter(move |((at, _), _)| !has(*at))
            .map(|((_, name), value)| (name, value))
    }
}

/// Reads lists by a [`Scanner`], and remembers from page to page what objects have in common.
pub struct Scan {
    scanner: &'static Scanner,
    memory: RefCell<Memory>,
    found: Found,
}

/// What objects had lately.
#[derive(Default)]
struct Memory {
    shapes: Shapes,
    labels: Maps,
    annotations: Maps,
    interner: Interner,
    /// Room to write in.
    differences: Vec<u8>,
}

/// What was found of one object.
#[derive(Default)]
struct Found {
    /// Which members there are, in their order: their ids, and [`END`] after those inside of one.
    trace: Vec<u16>,
    /// Where the text of each leaf is, in their order.
    leaves: Vec<Range<usize>>,
    /// Which leaf is in which place.
    places: Vec<Option<usize>>,
    odd: bool,
}

const END: u16 = u16::MAX;

/// A list that was read.
#[derive(Clone, Copy, Debug)]
pub struct Listed<'b> {
    /// The text of its metadata, if it has any.
    pub metadata: Option<&'b [u8]>,
    /// How many objects it has.
    pub objects: usize,
}

impl fmt::Debug for Scan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // What it remembers may be secret.
        f.debug_struct("Scan").finish_non_exhaustive()
    }
}

impl Scan {
    /// Has read nothing yet.
    pub fn new(scanner: &'static Scanner) -> Self {
        Self {
            scanner,
            memory: RefCell::default(),
            found: Found::default(),
        }
    }

    /// As [`new`](Self::new), for one object: remembers nothing, so that nothing has to be set up.
    pub fn once(scanner: &'static Scanner) -> Self {
        Self {
            scanner,
            memory: RefCell::new(Memory {
                shapes: Shapes::default(),
                labels: Maps::forgetful(),
                annotations: Maps::forgetful(),
                interner: Interner::forgetful(),
                differences: Vec::new(),
            }),
            found: Found::default(),
        }
    }

    /// Walks through the text of a list, and gives each object to `each`. `None` if the text is no list: maybe after some
    /// objects.
    pub fn list<'b>(
        &mut self,
        text: &'b [u8],
        mut each: impl FnMut(&Scanned<'_>),
    ) -> Option<Listed<'b>> {
        let mut cursor = Cursor::new(text);
        let mut listed = Listed {
            metadata: None,
            objects: 0,
        };
        let mut more = cursor.enter(b'{', b'}')?;
        while more {
            match cursor.key()? {
                b"metadata" => listed.metadata = text.get(cursor.value()?),
                b"items" if cursor.peek()? == b'[' => {
                    let mut more = cursor.enter(b'[', b']')?;
                    while more {
                        self.next(text, &mut cursor, &mut each)?;
                        listed.objects += 1;
                        more = cursor.another(b']')?;
                    }
                }
                // Go writes an empty list as null.
                b"items" => (text.get(cursor.value()?)? == b"null").then_some(())?,
                _ => {
                    cursor.value()?;
                }
            }
            more = cursor.another(b'}')?;
        }
        cursor.peek().is_none().then_some(listed)
    }

    /// Walks through the text of one object, and gives it to `each`. `None` if it is no JSON.
    pub fn object<T>(&mut self, text: &[u8], each: impl FnOnce(&Scanned<'_>) -> T) -> Option<T> {
        let mut cursor = Cursor::new(text);
        let read = self.next(text, &mut cursor, each)?;
        cursor.peek().is_none().then_some(read)
    }

    fn next<T>(
        &mut self,
        text: &[u8],
        cursor: &mut Cursor<'_>,
        each: impl FnOnce(&Scanned<'_>) -> T,
    ) -> Option<T> {
        let found = &mut self.found;
        found.trace.clear();
        found.leaves.clear();
        found.places.clear();
        found.places.resize(self.scanner.places, None);
        found.odd = cursor.peek()? != b'{';
        let start = cursor.at();
        if found.odd {
            cursor.value()?;
        } else {
            members(cursor, &self.scanner.root, found)?;
        }
        // An object without anything is none that a server sends: `decode` deals with it.
        found.odd |= found.trace.is_empty();
        Some(each(&Scanned {
            scanner: self.scanner,
            text,
            object: start..cursor.at(),
            found,
            memory: &self.memory,
        }))
    }
}

/// Finds the wanted members of one object.
fn members(cursor: &mut Cursor<'_>, wanted: &[Member], found: &mut Found) -> Option<()> {
    let mut more = cursor.enter(b'{', b'}')?;
    while more {
        let key = cursor.key()?;
        match wanted.iter().find(|member| member.name.as_bytes() == key) {
            None => {
                cursor.value()?;
            }
            Some(member) => {
                found.trace.push(member.id);
                match &member.node {
                    Node::Leaf(places) => {
                        for place in places {
                            found.places[*place] = Some(found.leaves.len());
                        }
                        found.leaves.push(cursor.value()?);
                    }
                    Node::Members(wanted) if cursor.peek()? == b'{' => {
                        members(cursor, wanted, found)?;
                        found.trace.push(END);
                    }
                    Node::Members(_) => {
                        found.odd = true;
                        cursor.value()?;
                    }
                }
            }
        }
        more = cursor.another(b'}')?;
    }
    Some(())
}

/// One object that was found.
pub struct Scanned<'x> {
    scanner: &'x Scanner,
    text: &'x [u8],
    object: Range<usize>,
    found: &'x Found,
    memory: &'x RefCell<Memory>,
}

impl fmt::Debug for Scanned<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Contents may be secret.
        f.debug_struct("Scanned")
            .field("bytes", &self.object.len())
            .finish_non_exhaustive()
    }
}

impl Scanned<'_> {
    /// The text of the whole object.
    pub fn text(&self) -> &[u8] {
        &self.text[self.object.clone()]
    }

    /// The mapped part as a value, for [`Model::decode`](crate::Model::decode). Null if it is no JSON. Items of native
    /// lists do not say what they are: that is for the caller to add.
    pub fn to_value(&self) -> Value {
        let mut decoder = serde_json::Deserializer::from_slice(self.text());
        self.scanner
            .projection
            .deserialize(&mut decoder)
            .unwrap_or_default()
    }

    /// The text of an object that was scanned [`whole`](Scanner::whole), with null for its `managedFields`. `None` where
    /// it is too odd.
    pub fn without_managed_fields(&self) -> Option<Cow<'_, [u8]>> {
        if self.found.odd {
            return None;
        }
        Some(match self.found.leaves.as_slice() {
            [] => self.text().into(),
            [managed] => [
                &self.text[self.object.start..managed.start],
                b"null",
                &self.text[managed.end..self.object.end],
            ]
            .concat()
            .into(),
            _ => return None,
        })
    }

    /// The text in a place.
    fn place(&self, place: usize) -> Option<&[u8]> {
        let leaf = (*self.found.places.get(place)?)?;
        self.text.get(self.found.leaves.get(leaf)?.clone())
    }

    /// Begins to read the fields; `None` where the object is too odd.
    pub fn reader(&self, def: &'static ModelDef) -> Option<ScanReader<'_>> {
        if self.found.odd {
            return None;
        }
        let memory = &mut *self.memory.borrow_mut();
        let labels = self.place(place::LABELS).unwrap_or(b"null");
        let annotations = self.place(place::ANNOTATIONS).unwrap_or(b"null");
        let interner = &mut memory.interner;
        Some(ScanReader {
            def,
            scanned: self,
            labels: memory.labels.read(labels, &self.scanner.labels, interner)?,
            annotations: memory.annotations.read(
                annotations,
                &self.scanner.annotations,
                interner,
            )?,
        })
    }

    /// What is kept of the object. `None` where uid or resourceVersion are no plain strings, as the real ones are.
    fn snapshot(&self) -> Option<Snapshot> {
        for place in [place::UID, place::RESOURCE_VERSION] {
            if let Some(text) = self.place(place) {
                plain(text)?;
            }
        }
        let memory = &mut *self.memory.borrow_mut();
        if let Some(shape) = memory.shapes.find(&self.found.trace) {
            let values = self
                .found
                .leaves
                .iter()
                .map(|leaf| &self.text[leaf.clone()]);
            memory.differences.clear();
            shape.compare(values, &mut memory.differences);
            return Some(Snapshot::like(shape.clone(), &memory.differences));
        }
        let mut gathered = Gathered {
            text: Vec::with_capacity(512),
            values: Vec::with_capacity(self.found.leaves.len()),
            leaves: self
                .found
                .leaves
                .iter()
                .map(|leaf| &self.text[leaf.clone()]),
        };
        let mut trace = self.found.trace.iter().copied();
        gathered.members(&self.scanner.root, &mut trace);
        self.name_kind(&mut gathered.text);
        let value = |place: usize| self.found.places.get(place).copied().flatten();
        let shape = Shape::new(
            &self.found.trace,
            &gathered.text,
            gathered.values,
            value(place::UID),
            value(place::RESOURCE_VERSION),
        );
        Some(match shape {
            Some(shape) => Snapshot::like(memory.shapes.add(shape), &[]),
            None => {
                let text = |place: usize| self.place(place).and_then(plain);
                Snapshot::whole(
                    gathered.text,
                    text(place::UID),
                    text(place::RESOURCE_VERSION),
                )
            }
        })
    }

    /// Says what the object is, where it does not say so itself. It has members.
    fn name_kind(&self, text: &mut Vec<u8>) {
        for (name, value) in self
            .scanner
            .missing_kind(|place| self.place(place).is_some())
        {
            text.pop();
            text.extend_from_slice(format!(",\"{name}\":{value}}}").as_bytes());
        }
    }
}

/// Puts together the text of what is mapped.
struct Gathered<I> {
    text: Vec<u8>,
    /// Where the leaves are in it.
    values: Vec<Range<usize>>,
    leaves: I,
}

impl<'x, I: Iterator<Item = &'x [u8]>> Gathered<I> {
    /// The members of one object, up to its end.
    fn members(&mut self, wanted: &[Member], trace: &mut impl Iterator<Item = u16>) {
        self.text.push(b'{');
        let mut first = true;
        while let Some(id) = trace.next().filter(|id| *id != END) {
            // The trace was made of these members.
            let Some(member) = wanted.iter().find(|member| member.id == id) else {
                continue;
            };
            if !std::mem::take(&mut first) {
                self.text.push(b',');
            }
            self.text.extend_from_slice(member.key.as_bytes());
            match &member.node {
                Node::Leaf(_) => {
                    let start = self.text.len();
                    self.text
                        .extend_from_slice(self.leaves.next().unwrap_or(b"null"));
                    self.values.push(start..self.text.len());
                }
                Node::Members(wanted) => self.members(wanted, trace),
            }
        }
        self.text.push(b'}');
    }
}

/// The text between the quotes of a string without escapes.
fn plain(text: &[u8]) -> Option<&str> {
    let inner = text.strip_prefix(b"\"")?.strip_suffix(b"\"")?;
    if inner.iter().any(|byte| *byte == b'\\' || *byte < b' ') {
        return None;
    }
    std::str::from_utf8(inner).ok()
}

/// Where the maps of a model's reader come from.
type Texts = Arc<maps::Texts>;
