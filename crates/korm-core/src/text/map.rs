//! A map of texts in one piece of memory.

use std::{collections::BTreeMap, fmt, ops::Index, slice, sync::Arc};

use serde::{
    Deserialize, Deserializer, Serialize, Serializer,
    de::{MapAccess, Visitor},
};

use super::Text;

/// Labels or annotations: texts by their keys, in the order of the keys.
///
/// Made to be kept by the hundred thousand: one piece of memory, which clones share, as do the objects
/// of one list that have the same labels. Changing one makes a new piece, so it takes time in
/// proportion to its size, and is seen in no clone.
///
/// ```
/// use korm_core::TextMap;
///
/// let mut labels = TextMap::from([("app", "stall"), ("tier", "front")]);
/// labels.insert("orchard", "north");
/// labels.remove("tier");
/// assert_eq!(labels["app"], "stall");
/// assert_eq!(labels.get("tier"), None);
/// assert_eq!(labels.iter().collect::<Vec<_>>(), [("app", "stall"), ("orchard", "north")]);
/// ```
#[derive(Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TextMap(Arc<[(Text, Text)]>);

impl TextMap {
    /// An empty map. It takes no memory.
    pub fn new() -> Self {
        Self::default()
    }

    /// How many entries there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    fn place(&self, key: &str) -> Result<usize, usize> {
        self.0
            .binary_search_by(|(known, _)| known.as_str().cmp(key))
    }

    /// The text of this key.
    pub fn get(&self, key: &str) -> Option<&str> {
        self.entry(key).map(|(_, text)| text.as_str())
    }

    fn entry(&self, key: &str) -> Option<&(Text, Text)> {
        self.0.get(self.place(key).ok()?)
    }

    /// Whether there is an entry of this key.
    pub fn contains_key(&self, key: &str) -> bool {
        self.place(key).is_ok()
    }

    /// Sets the text of this key, and gives the one it had.
    pub fn insert(&mut self, key: impl Into<Text>, text: impl Into<Text>) -> Option<Text> {
        let (key, text) = (key.into(), text.into());
        let mut entries = self.0.to_vec();
        let old = match self.place(&key) {
            Ok(at) => Some(std::mem::replace(&mut entries[at].1, text)),
            Err(at) => {
                entries.insert(at, (key, text));
                None
            }
        };
        self.0 = entries.into();
        old
    }

    /// Removes the entry of this key, and gives the text it had.
    pub fn remove(&mut self, key: &str) -> Option<Text> {
        let mut entries = self.0.to_vec();
        let (_, old) = entries.remove(self.place(key).ok()?);
        self.0 = entries.into();
        Some(old)
    }

    /// Keeps the entries for which this holds.
    pub fn retain(&mut self, mut keep: impl FnMut(&str, &str) -> bool) {
        let mut entries = self.0.to_vec();
        entries.retain(|(key, text)| keep(key, text));
        self.0 = entries.into();
    }

    /// Removes all entries.
    pub fn clear(&mut self) {
        *self = Self::default();
    }

    /// The entries, in the order of their keys.
    pub fn iter(&self) -> Iter<'_> {
        Iter(self.0.iter())
    }

    /// The keys, in their order.
    pub fn keys(&self) -> impl ExactSizeIterator<Item = &str> + DoubleEndedIterator + Clone {
        self.0.iter().map(|(key, _)| key.as_str())
    }

    /// The texts, in the order of their keys.
    pub fn values(&self) -> impl ExactSizeIterator<Item = &str> + DoubleEndedIterator + Clone {
        self.0.iter().map(|(_, text)| text.as_str())
    }

    /// Of entries with the same key the last one counts.
    pub(super) fn of(mut entries: Vec<(Text, Text)>) -> Self {
        if !entries.is_sorted_by(|(a, _), (b, _)| a < b) {
            // The sort is stable, so of equal keys the last one stands last: first, turned around.
            entries.reverse();
            entries.sort_by(|(a, _), (b, _)| a.cmp(b));
            entries.dedup_by(|(a, _), (b, _)| a == b);
        }
        Self(entries.into())
    }
}

/// The entries of a [`TextMap`], in the order of their keys.
#[derive(Clone, Debug)]
pub struct Iter<'a>(slice::Iter<'a, (Text, Text)>);

fn pair((key, text): &(Text, Text)) -> (&str, &str) {
    (key, text)
}

impl<'a> Iterator for Iter<'a> {
    type Item = (&'a str, &'a str);

    fn next(&mut self) -> Option<Self::Item> {
        self.0.next().map(pair)
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        self.0.size_hint()
    }
}

impl DoubleEndedIterator for Iter<'_> {
    fn next_back(&mut self) -> Option<Self::Item> {
        self.0.next_back().map(pair)
    }
}

impl ExactSizeIterator for Iter<'_> {}

impl<'a> IntoIterator for &'a TextMap {
    type Item = (&'a str, &'a str);
    type IntoIter = Iter<'a>;

    fn into_iter(self) -> Iter<'a> {
        self.iter()
    }
}

impl IntoIterator for TextMap {
    type Item = (Text, Text);
    type IntoIter = std::vec::IntoIter<(Text, Text)>;

    fn into_iter(self) -> Self::IntoIter {
        Vec::from(&*self.0).into_iter()
    }
}

impl Index<&str> for TextMap {
    type Output = Text;

    /// # Panics
    ///
    /// If there is no entry of this key, as with other maps.
    fn index(&self, key: &str) -> &Text {
        match self.entry(key) {
            Some((_, text)) => text,
            // What `Index` promises for maps; `get` is for those who do not know.
            #[allow(clippy::panic)]
            None => panic!("there is no entry {key:?}"),
        }
    }
}

impl<K: Into<Text>, V: Into<Text>> FromIterator<(K, V)> for TextMap {
    fn from_iter<I: IntoIterator<Item = (K, V)>>(entries: I) -> Self {
        Self::of(
            entries
                .into_iter()
                .map(|(key, text)| (key.into(), text.into()))
                .collect(),
        )
    }
}

impl<K: Into<Text>, V: Into<Text>> Extend<(K, V)> for TextMap {
    fn extend<I: IntoIterator<Item = (K, V)>>(&mut self, entries: I) {
        let mut all = self.0.to_vec();
        all.extend(
            entries
                .into_iter()
                .map(|(key, text)| (key.into(), text.into())),
        );
        *self = Self::of(all);
    }
}

impl<K: Into<Text>, V: Into<Text>, const N: usize> From<[(K, V); N]> for TextMap {
    fn from(entries: [(K, V); N]) -> Self {
        entries.into_iter().collect()
    }
}

impl From<BTreeMap<String, String>> for TextMap {
    fn from(map: BTreeMap<String, String>) -> Self {
        map.into_iter().collect()
    }
}

impl From<TextMap> for BTreeMap<String, String> {
    fn from(map: TextMap) -> Self {
        map.iter()
            .map(|(key, text)| (key.to_owned(), text.to_owned()))
            .collect()
    }
}

impl PartialEq<BTreeMap<String, String>> for TextMap {
    fn eq(&self, other: &BTreeMap<String, String>) -> bool {
        self.iter().eq(other
            .iter()
            .map(|(key, text)| (key.as_str(), text.as_str())))
    }
}

impl fmt::Debug for TextMap {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_map().entries(self).finish()
    }
}

impl Serialize for TextMap {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self)
    }
}

impl<'de> Deserialize<'de> for TextMap {
    fn deserialize<D: Deserializer<'de>>(decoder: D) -> Result<Self, D::Error> {
        struct OfMap;

        impl<'de> Visitor<'de> for OfMap {
            type Value = TextMap;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a map of strings")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<TextMap, A::Error> {
                let mut entries = Vec::new();
                while let Some(entry) = map.next_entry()? {
                    entries.push(entry);
                }
                Ok(TextMap::of(entries))
            }
        }

        decoder.deserialize_map(OfMap)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    /// What a program does with a map.
    #[derive(Clone, Debug)]
    enum Step {
        Insert(String, String),
        Remove(String),
        Extend(Vec<(String, String)>),
        Retain(String),
    }

    fn steps() -> impl Strategy<Value = Vec<Step>> {
        let key = "[a-e]{0,2}";
        let step = prop_oneof![
            (key, "[x-z]").prop_map(|(key, text)| Step::Insert(key, text)),
            key.prop_map(Step::Remove),
            prop::collection::vec((key, "[x-z]"), 0..4).prop_map(Step::Extend),
            key.prop_map(Step::Retain),
        ];
        prop::collection::vec(step, 0..20)
    }

    proptest! {
        #[test]
        fn does_what_a_btree_map_does(steps in steps()) {
            let (mut map, mut model) = (TextMap::new(), BTreeMap::new());
            for step in steps {
                let before = map.clone();
                let was = model.clone();
                match step {
                    Step::Insert(key, text) => prop_assert_eq!(
                        map.insert(&key, &text).map(String::from),
                        model.insert(key, text)
                    ),
                    Step::Remove(key) => {
                        prop_assert_eq!(map.remove(&key).map(String::from), model.remove(&key));
                    }
                    Step::Extend(entries) => {
                        map.extend(entries.clone());
                        model.extend(entries);
                    }
                    Step::Retain(key) => {
                        map.retain(|known, _| known < key.as_str());
                        model.retain(|known, _| *known < key);
                    }
                }
                prop_assert_eq!(&map, &model);
                prop_assert_eq!(&before, &was);
                for (key, text) in &model {
                    prop_assert_eq!(map.get(key), Some(text.as_str()));
                    prop_assert!(map.contains_key(key));
                }
                prop_assert_eq!(map.get("missing"), None);
                prop_assert_eq!(map.len(), model.len());
                let text = serde_json::to_string(&map).unwrap();
                prop_assert_eq!(&text, &serde_json::to_string(&model).unwrap());
                prop_assert_eq!(&serde_json::from_str::<TextMap>(&text).unwrap(), &map);
                prop_assert_eq!(format!("{map:?}"), format!("{model:?}"));
                prop_assert!(map.keys().eq(model.keys()) && map.values().eq(model.values()));
                prop_assert_eq!(&BTreeMap::from(map.clone()), &model);
            }
        }
    }

    #[test]
    fn of_equal_keys_the_last_counts() {
        let map = TextMap::from([("b", "1"), ("a", "2"), ("b", "3")]);
        assert_eq!(
            serde_json::to_value(&map).unwrap(),
            json!({"a": "2", "b": "3"})
        );
        assert_eq!(map.into_iter().next_back(), Some(("b".into(), "3".into())));
        assert!(serde_json::from_value::<TextMap>(json!({"a": 1})).is_err());
        assert!(serde_json::from_value::<TextMap>(json!([])).is_err());
    }

    #[test]
    #[should_panic(expected = "there is no entry \"b\"")]
    fn an_index_has_to_be_there() {
        let _ = &TextMap::from([("a", "1")])["b"];
    }
}
