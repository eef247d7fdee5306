//! One value of an object, without looking at the rest.

use super::cursor::Cursor;

/// The text of the value at a path of keys in the text of an object; `Some(None)` where the path leads nowhere.
///
/// `None` where the text is no JSON as far as it was walked through, or has a key with an escape in it: then serde_json
/// has to read it. Of equal keys the first one counts; no API server writes a key twice.
pub fn find<'t>(text: &'t [u8], path: &[&str]) -> Option<Option<&'t [u8]>> {
    let mut cursor = Cursor::new(text);
    for name in path {
        if cursor.peek()? != b'{' || !member(&mut cursor, name)? {
            return Some(None);
        }
    }
    text.get(cursor.value()?).map(Some)
}

/// Goes to the value of a member: whether there is one of this name.
fn member(cursor: &mut Cursor<'_>, name: &str) -> Option<bool> {
    let mut more = cursor.enter(b'{', b'}')?;
    while more {
        if cursor.key()? == name.as_bytes() {
            return Some(true);
        }
        cursor.value()?;
        more = cursor.another(b'}')?;
    }
    Some(false)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::{Value, json};

    use super::*;

    fn found<'t>(text: &'t str, path: &[&str]) -> Option<Option<&'t str>> {
        let found = find(text.as_bytes(), path)?;
        Some(found.map(|text| std::str::from_utf8(text).unwrap()))
    }

    #[test]
    fn paths_lead_to_values_or_nowhere() {
        let text = r#" {"a": {"b.c/d": [1, {"e": 2}], "": null}, "f": "{\"g\":1}", "h": 3.5} "#;
        assert_eq!(found(text, &["a", "b.c/d"]), Some(Some(r#"[1, {"e": 2}]"#)));
        assert_eq!(found(text, &["a", ""]), Some(Some("null")));
        assert_eq!(found(text, &["h"]), Some(Some("3.5")));
        for nowhere in [
            &["g"][..],
            &["f", "g"],
            &["a", "b.c/d", "e"],
            &["a", "b"],
            &["h", "x"],
        ] {
            assert_eq!(found(text, nowhere), Some(None), "{nowhere:?}");
        }
        assert_eq!(found("{}", &["a"]), Some(None));
        assert_eq!(found("{}", &[]), Some(Some("{}")));
    }

    #[test]
    fn what_is_odd_is_left_to_others() {
        for text in ["", "{\"b\"", "{\"b\":1,", "{\"\\u0061\":1}", "{b:1}"] {
            assert_eq!(found(text, &["a"]), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn as_serde_finds_them(keys in prop::collection::vec("[a-c.]{0,2}", 1..4), value: i64, other: String, pretty: bool) {
            let mut object = json!(value);
            for key in keys.iter().rev() {
                let mut around = serde_json::Map::new();
                around.insert("before".to_owned(), Value::from(other.as_str()));
                around.insert(key.clone(), object);
                object = Value::Object(around);
            }
            let text = if pretty { serde_json::to_string_pretty(&object) } else { serde_json::to_string(&object) };
            let text = text.unwrap();
            let path: Vec<&str> = keys.iter().map(String::as_str).collect();
            let expected = value.to_string();
            prop_assert_eq!(found(&text, &path), Some(Some(expected.as_str())));
        }
    }
}
