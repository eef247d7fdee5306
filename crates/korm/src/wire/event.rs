//! One line of a watch stream.

use std::borrow::Cow;
use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, Visitor};
use serde_json::Value;

/// What a watch event says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum EventKind {
    Added,
    Modified,
    Deleted,
    /// Nothing happened until this resource version.
    Bookmark,
    /// The object is a `Status`.
    Error,
}

/// A watch event with its object as JSON.
#[derive(Debug)]
pub(crate) struct RawEvent {
    pub kind: EventKind,
    pub object: Value,
}

/// Reads one line, its object with `seed`. A `Status` that stands alone is an error event, as some proxies send it.
pub(crate) fn decode_event<S>(line: &[u8], seed: S) -> serde_json::Result<RawEvent>
where
    S: for<'de> DeserializeSeed<'de, Value = Value>,
{
    let mut decoder = serde_json::Deserializer::from_slice(line);
    let event = decoder.deserialize_map(Event { seed: Some(seed) })?;
    decoder.end()?;
    match event {
        Some(event) => Ok(event),
        None => Ok(RawEvent {
            kind: EventKind::Error,
            object: serde_json::from_slice(line)?,
        }),
    }
}

struct Event<S> {
    seed: Option<S>,
}

impl<'de, S: DeserializeSeed<'de, Value = Value>> Visitor<'de> for Event<S> {
    /// Nothing for a `Status` that stands alone.
    type Value = Option<RawEvent>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a watch event")
    }

    fn visit_map<A: MapAccess<'de>>(mut self, mut map: A) -> Result<Self::Value, A::Error> {
        use serde::de::Error as _;
        let (mut kind, mut object, mut is_status) = (None, None, false);
        while let Some(key) = map.next_key::<Cow<'_, str>>()? {
            match &*key {
                "type" => {
                    kind = Some(match &*map.next_value::<Cow<'_, str>>()? {
                        "ADDED" => EventKind::Added,
                        "MODIFIED" => EventKind::Modified,
                        "DELETED" => EventKind::Deleted,
                        "BOOKMARK" => EventKind::Bookmark,
                        "ERROR" => EventKind::Error,
                        other => {
                            return Err(A::Error::custom(format!(
                                "unknown watch event type `{other}`"
                            )));
                        }
                    });
                }
                // Servers write the type first. Where they did not, the object is read whole, being perhaps a `Status`.
                "object" => {
                    object = Some(match (kind, self.seed.take()) {
                        (Some(kind), Some(seed)) if kind != EventKind::Error => {
                            map.next_value_seed(seed)?
                        }
                        _ => map.next_value()?,
                    });
                }
                "kind" => is_status = &*map.next_value::<Cow<'_, str>>()? == "Status",
                _ => {
                    map.next_value::<IgnoredAny>()?;
                }
            }
        }
        match (kind, object) {
            (Some(kind), Some(object)) => Ok(Some(RawEvent { kind, object })),
            _ if is_status => Ok(None),
            _ => Err(A::Error::custom(
                "a watch event has a `type` and an `object`",
            )),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::ObjectSeed;
    use super::*;

    #[test]
    fn events_are_read_in_either_order() {
        let event = decode_event(
            br#"{"type":"ADDED","object":{"metadata":{"managedFields":[]}}}"#,
            ObjectSeed,
        )
        .unwrap();
        assert_eq!(
            (event.kind, event.object),
            (EventKind::Added, json!({"metadata": {}}))
        );
        let event = decode_event(br#"{"object":{"code":410},"type":"ERROR"}"#, ObjectSeed).unwrap();
        assert_eq!(
            (event.kind, event.object),
            (EventKind::Error, json!({"code": 410}))
        );
    }

    #[test]
    fn a_status_alone_is_an_error_event() {
        let event = decode_event(br#"{"kind":"Status","code":500}"#, ObjectSeed).unwrap();
        assert_eq!(event.kind, EventKind::Error);
        assert_eq!(event.object["code"], 500);
    }

    #[test]
    fn garbage_is_refused() {
        for line in [
            &b"{}"[..],
            b"[]",
            b"{\"type\":\"X\",\"object\":{}}",
            b"{\"type\":\"ADDED\"}",
            b"{\"ty",
        ] {
            assert!(decode_event(line, ObjectSeed).is_err());
        }
    }
}
