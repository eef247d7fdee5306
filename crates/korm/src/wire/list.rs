//! One page of a list.

use std::fmt;
use std::marker::PhantomData;

use serde::Deserialize;
use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::Value;

/// What a list says about itself.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(crate) struct ListMeta {
    pub resource_version: Option<String>,
    #[serde(rename = "continue")]
    pub continue_token: Option<String>,
    /// How many objects follow after this page. The server leaves it out where it would have to count.
    pub remaining_item_count: Option<u64>,
}

impl ListMeta {
    /// The token of the next page, if there is one.
    pub(crate) fn next(&self) -> Option<&str> {
        self.continue_token
            .as_deref()
            .filter(|token| !token.is_empty())
    }
}

/// The objects of one page as a seed reads them.
#[derive(Debug)]
pub(crate) struct Page<T = Value> {
    pub meta: ListMeta,
    pub items: Vec<T>,
}

/// Reads a page, each item with a copy of `item`.
pub(crate) fn decode_list<S, T>(bytes: &[u8], item: S) -> serde_json::Result<Page<T>>
where
    S: for<'de> DeserializeSeed<'de, Value = T> + Clone,
{
    let mut decoder = serde_json::Deserializer::from_slice(bytes);
    let page = decoder.deserialize_map(List {
        item,
        of: PhantomData,
    })?;
    decoder.end()?;
    Ok(page)
}

struct List<S, T> {
    item: S,
    of: PhantomData<T>,
}

impl<'de, S: DeserializeSeed<'de, Value = T> + Clone, T> Visitor<'de> for List<S, T> {
    type Value = Page<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a Kubernetes list")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Page<T>, A::Error> {
        let mut page = Page {
            meta: ListMeta::default(),
            items: Vec::new(),
        };
        while let Some(key) = map.next_key::<std::borrow::Cow<'_, str>>()? {
            match &*key {
                "metadata" => page.meta = map.next_value::<Option<ListMeta>>()?.unwrap_or_default(),
                "items" => {
                    page.items = map.next_value_seed(Items {
                        item: self.item.clone(),
                        of: PhantomData,
                    })?
                }
                _ => {
                    map.next_value::<IgnoredAny>()?;
                }
            }
        }
        Ok(page)
    }
}

struct Items<S, T> {
    item: S,
    of: PhantomData<T>,
}

impl<'de, S: DeserializeSeed<'de, Value = T> + Clone, T> DeserializeSeed<'de> for Items<S, T> {
    type Value = Vec<T>;

    fn deserialize<D: Deserializer<'de>>(self, decoder: D) -> Result<Vec<T>, D::Error> {
        decoder.deserialize_any(self)
    }
}

impl<'de, S: DeserializeSeed<'de, Value = T> + Clone, T> Visitor<'de> for Items<S, T> {
    type Value = Vec<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the items of a Kubernetes list")
    }

    /// Go writes an empty list as null.
    fn visit_unit<E>(self) -> Result<Vec<T>, E> {
        Ok(Vec::new())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Vec<T>, A::Error> {
        let mut items = Vec::new();
        while let Some(item) = seq.next_element_seed(self.item.clone())? {
            items.push(item);
        }
        Ok(items)
    }
}

/// The token of the next page without decoding the items, so that the page can be asked for before: `Some(None)` if
/// there is no next page, `None` if it cannot be told yet.
///
/// Lists of custom resources have sorted keys, so that `"metadata":{..}}` is the end of the body; lists of native kinds
/// start with it.
pub(crate) fn continue_token(body: &[u8]) -> Option<Option<String>> {
    let meta = at_the_end(body).or_else(|| at_the_start(body))?;
    Some(meta.next().map(str::to_owned))
}

const KEY: &[u8] = b"\"metadata\":";

fn at_the_end(body: &[u8]) -> Option<ListMeta> {
    // A token is some hundred bytes; the key of a list this long before the end is that of an item.
    const TAIL: usize = 8 << 10;
    let tail = &body[body.len().saturating_sub(TAIL)..];
    let at = (0..tail.len().checked_sub(KEY.len())?)
        .rev()
        .find(|at| tail[*at..].starts_with(KEY))?;
    // Inside of a string the quotes of the key would be escaped, so this is a key. It is the list's if only the brace
    // that closes the list follows its value.
    let mut values =
        serde_json::Deserializer::from_slice(&tail[at + KEY.len()..]).into_iter::<ListMeta>();
    let meta = values.next()?.ok()?;
    let rest = tail[at + KEY.len() + values.byte_offset()..].trim_ascii();
    (rest == b"}").then_some(meta)
}

fn at_the_start(body: &[u8]) -> Option<ListMeta> {
    const HEAD: usize = 8 << 10;
    let head = &body[..body.len().min(HEAD)];
    let at = (0..head.len().checked_sub(KEY.len())?).find(|at| head[*at..].starts_with(KEY))?;
    if head[..at].windows(8).any(|window| window == b"\"items\":") {
        return None;
    }
    serde_json::Deserializer::from_slice(&head[at + KEY.len()..])
        .into_iter::<ListMeta>()
        .next()?
        .ok()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::ObjectSeed;
    use super::*;

    #[test]
    fn a_page_has_its_items_and_its_token() {
        let body = br#"{"apiVersion":"v1","items":[{"metadata":{"name":"a","managedFields":[]}},{"x":1}],"kind":"PeachList",
            "metadata":{"continue":"abc","remainingItemCount":3,"resourceVersion":"9"}}"#;
        let page = decode_list(body, ObjectSeed).unwrap();
        assert_eq!(
            page.items,
            [json!({"metadata": {"name": "a"}}), json!({"x": 1})]
        );
        assert_eq!(page.meta.next(), Some("abc"));
        assert_eq!(page.meta.remaining_item_count, Some(3));
        assert_eq!(
            decode_list(br#"{"items":null,"metadata":null}"#, ObjectSeed)
                .unwrap()
                .items
                .len(),
            0
        );
        assert!(decode_list(br#"{"items":[1]}"#, ObjectSeed).is_err());
    }

    #[test]
    fn the_token_is_found_at_either_end() {
        let found = |body: &str| continue_token(body.as_bytes());
        let next = Some(Some("abc".to_owned()));
        assert_eq!(
            found(r#"{"items":[{"metadata":{}}],"metadata":{"continue":"abc"}}"#),
            next
        );
        assert_eq!(
            found("{\"items\":[],\"metadata\":{\"continue\":\"abc\"}}\n"),
            next
        );
        assert_eq!(
            found(r#"{"kind":"L","metadata":{"continue":"abc"},"items":[{}]}"#),
            next
        );
        assert_eq!(
            found(r#"{"items":[],"metadata":{"continue":"","resourceVersion":"1"}}"#),
            Some(None)
        );
    }

    #[test]
    fn nothing_inside_of_an_item_is_taken_for_the_token() {
        let found = |body: &str| continue_token(body.as_bytes());
        assert_eq!(
            found(r#"{"items":[{"metadata":{"continue":"no"}}],"x":1}"#),
            None
        );
        assert_eq!(found(r#"{"items":[{"metadata":{"continue":"no"}}]}"#), None);
        let text = r#"{"items":[{"s":"\"metadata\":{\"continue\":\"no\"}}"}],"metadata":{"continue":"yes"}}"#;
        assert_eq!(found(text), Some(Some("yes".to_owned())));
        let text = r#"{"metadata":{"continue":"yes"},"items":[{"s":"\"metadata\":{\"continue\":\"no\"}}"}]}"#;
        assert_eq!(found(text), Some(Some("yes".to_owned())));
        assert_eq!(found(""), None);
    }
}
