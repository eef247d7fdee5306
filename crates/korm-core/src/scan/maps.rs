//! Reading labels and annotations.

use std::sync::Arc;

use super::{cursor::Cursor, plain};
use crate::text::{Interner, Text, TextMap, hash};

/// The labels or annotations of an object: those that are fields of the model, and the rest.
#[derive(Debug, Default)]
pub(super) struct Texts {
    pub(super) rest: TextMap,
    /// By the index of the field.
    pub(super) fields: Vec<(usize, Text)>,
}

/// Remembers what it read lately: many objects have the same labels.
#[derive(Debug)]
pub(super) struct Maps {
    places: Box<[Option<Known>]>,
}

#[derive(Clone, Debug)]
struct Known {
    text: Box<[u8]>,
    texts: Arc<Texts>,
}

const PLACES: usize = 128;

/// Longer ones are not remembered.
const LONGEST: usize = 512;

impl Default for Maps {
    fn default() -> Self {
        Self {
            places: vec![None; PLACES].into(),
        }
    }
}

impl Maps {
    /// One that remembers nothing.
    pub(super) fn forgetful() -> Self {
        Self {
            places: Box::default(),
        }
    }

    /// Reads the text of a map; `fields` are the keys that are fields of the model, with their indices. `None` for
    /// anything but a map of strings and null.
    pub(super) fn read(
        &mut self,
        text: &[u8],
        fields: &[(usize, Box<str>)],
        interner: &mut Interner,
    ) -> Option<Arc<Texts>> {
        if text.len() > LONGEST {
            return read(text, fields, interner).map(Arc::new);
        }
        match self.places.get_mut(hash(text) as usize % PLACES) {
            None => read(text, fields, interner).map(Arc::new),
            Some(Some(known)) if *known.text == *text => Some(known.texts.clone()),
            Some(place) => {
                let texts = Arc::new(read(text, fields, interner)?);
                *place = Some(Known {
                    text: text.into(),
                    texts: texts.clone(),
                });
                Some(texts)
            }
        }
    }
}

fn read(text: &[u8], fields: &[(usize, Box<str>)], interner: &mut Interner) -> Option<Texts> {
    if text == b"null" {
        return Some(Texts::default());
    }
    let mut cursor = Cursor::new(text);
    let mut entries = Vec::new();
    let mut more = cursor.enter(b'{', b'}')?;
    while more {
        let key = string(text.get(cursor.string()?)?, interner)?;
        cursor.pass(b':').then_some(())?;
        entries.push((key, string(text.get(cursor.string()?)?, interner)?));
        more = cursor.another(b'}')?;
    }
    let mut texts = Texts::default();
    for (index, key) in fields {
        // Of equal keys the last one counts.
        if let Some((_, text)) = entries.iter().rfind(|(known, _)| **known == **key) {
            texts.fields.push((*index, text.clone()));
        }
    }
    entries.retain(|(key, _)| fields.iter().all(|(_, field)| **field != **key));
    texts.rest = entries.into_iter().collect();
    Some(texts)
}

fn string(text: &[u8], interner: &mut Interner) -> Option<Text> {
    match plain(text) {
        Some(text) => Some(interner.text(text)),
        None => serde_json::from_slice(text).ok(),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn as_serde_reads_them(map: BTreeMap<String, String>, pretty: bool) {
            let text = if pretty { serde_json::to_string_pretty(&map) } else { serde_json::to_string(&map) };
            let text = text.unwrap();
            let (mut maps, mut interner) = (Maps::default(), Interner::default());
            let fields: Vec<(usize, Box<str>)> = map.keys().take(1).map(|key| (3, key.as_str().into())).collect();
            for _ in 0..2 {
                let texts = maps.read(text.as_bytes(), &fields, &mut interner).unwrap();
                let mut whole: BTreeMap<String, String> = texts.rest.clone().into();
                prop_assert_eq!(texts.fields.len(), fields.len());
                for ((index, text), (_, key)) in texts.fields.iter().zip(&fields) {
                    prop_assert_eq!((*index, whole.insert(key.to_string(), text.to_string())), (3, None));
                }
                prop_assert_eq!(&whole, &map);
            }
        }
    }

    #[test]
    fn what_is_no_map_of_strings() {
        let (mut maps, mut interner) = (Maps::default(), Interner::default());
        let mut read = |text: &str| {
            maps.read(text.as_bytes(), &[], &mut interner)
                .map(|texts| texts.rest.len())
        };
        assert_eq!(read("null"), Some(0));
        assert_eq!(read("{}"), Some(0));
        assert_eq!(read(r#"{"a":"b","a":"c"}"#), Some(1));
        for text in [
            "1",
            "[]",
            r#"{"a":1}"#,
            r#"{"a":null}"#,
            r#"{"a":"b""#,
            r#"{"a":"\x"}"#,
            "{\"a\":\"\n\"}",
        ] {
            assert_eq!(read(text), None, "{text}");
        }
    }
}
