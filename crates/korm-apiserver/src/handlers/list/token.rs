//! The `continue` token of pages: the same base64 of the same JSON as the real server's.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::json;

use crate::schema::decode::{Node, parse};
use crate::schema::go_base64::{self, Alphabet};

const VERSION: &str = "meta.k8s.io/v1";

/// Where the next page begins, and in which state of the past.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct ContinueToken {
    /// Negative for the present state.
    pub(super) revision: i64,
    /// The first key that may come, relative to the range of the request.
    start: String,
}

impl ContinueToken {
    /// The token of the page after the object of `key`.
    pub(super) fn after(key: &str, namespace: &str, revision: u64) -> Self {
        // Revisions count writes of one process: they stay far below the limit.
        let revision = i64::try_from(revision).unwrap_or(i64::MAX);
        Self::at(&format!("{key}\0"), namespace, revision)
    }

    /// A token that begins with `key`.
    pub(super) fn at(key: &str, namespace: &str, revision: i64) -> Self {
        let start = match key.strip_prefix(namespace) {
            Some(rest) if !namespace.is_empty() => rest.trim_start_matches('/'),
            _ => key,
        };
        Self {
            revision,
            start: start.to_owned(),
        }
    }

    /// The key to begin with in a request of `namespace`.
    pub(super) fn key_in(&self, namespace: &str) -> String {
        let start = self.start.trim_start_matches('/');
        if namespace.is_empty() {
            start.to_owned()
        } else {
            format!("{namespace}/{start}")
        }
    }

    pub(super) fn encode(&self) -> String {
        let token = json!({"v": VERSION, "rv": self.revision, "start": self.start});
        URL_SAFE_NO_PAD.encode(token.to_string())
    }

    pub(super) fn decode(text: &str) -> Result<Self, String> {
        let not_valid = |why: String| format!("continue key is not valid: {why}");
        let bytes = go_base64::decode(text, Alphabet::RawUrl).map_err(not_valid)?;
        let content = parse(&bytes).and_then(Content::read).map_err(not_valid)?;
        let Content {
            version,
            revision,
            start,
        } = content;
        if version != VERSION {
            return Err(format!(
                "continue key is not valid: server does not recognize this encoded version {version}"
            ));
        }
        if revision == 0 {
            return Err("continue key is not valid: incorrect encoded start resourceVersion (version meta.k8s.io/v1)".to_owned());
        }
        if start.is_empty() {
            return Err(
                "continue key is not valid: encoded start key empty (version meta.k8s.io/v1)"
                    .to_owned(),
            );
        }
        // A key that leads out of the range of the request is an attack, or a mistake.
        let path = start.strip_prefix('/').unwrap_or(&start);
        if path.split('/').any(|part| matches!(part, "" | "." | "..")) {
            return Err(not_valid(start));
        }
        Ok(Self { revision, start })
    }
}

/// What a token holds.
#[derive(Debug, Default)]
struct Content {
    version: String,
    revision: i64,
    start: String,
}

impl Content {
    /// Reads as Go's `encoding/json` reads into a struct: names in any case, nulls left out, what is not known passed over.
    ///
    /// # Errors
    /// The first value that is of another type.
    fn read(node: Node) -> Result<Self, String> {
        let mut content = Self::default();
        let members = match node {
            Node::Object(members) => members,
            Node::Null => return Ok(content),
            other => {
                let kind = other.go_name();
                return Err(format!(
                    "json: cannot unmarshal {kind} into Go value of type storage.continueToken"
                ));
            }
        };
        let mut wrong = None;
        for (name, value) in members {
            let name = name.to_ascii_lowercase();
            let (found, expected) = match (name.as_str(), value) {
                (_, Node::Null) => continue,
                ("v", Node::String(text)) => {
                    content.version = text;
                    continue;
                }
                ("start", Node::String(text)) => {
                    content.start = text;
                    continue;
                }
                ("rv", Node::Number(_, text)) => {
                    if let Ok(revision) = text.parse() {
                        content.revision = revision;
                        continue;
                    }
                    (format!("number {text}"), "int64")
                }
                ("rv", other) => (other.go_name().to_owned(), "int64"),
                ("v" | "start", other) => (other.go_name().to_owned(), "string"),
                _ => continue,
            };
            wrong.get_or_insert_with(|| {
                format!("json: cannot unmarshal {found} into Go struct field continueToken.{name} of type {expected}")
            });
        }
        wrong.map_or(Ok(content), Err)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::Value;

    #[test]
    fn a_token_leads_back_to_its_key() {
        let token = ContinueToken::after("ns/a", "ns", 7);
        let decoded = ContinueToken::decode(&token.encode()).unwrap();
        assert_eq!(decoded.key_in("ns"), "ns/a\0");
        assert_eq!(decoded.revision, 7);
        let token = ContinueToken::after("ns/a", "", 7);
        assert_eq!(
            ContinueToken::decode(&token.encode()).unwrap().key_in(""),
            "ns/a\0"
        );
    }

    #[test]
    fn bad_tokens_are_refused() {
        assert_eq!(
            ContinueToken::decode("a.b").unwrap_err(),
            "continue key is not valid: illegal base64 data at input byte 1"
        );
        // Padded as base64 may be, it is none.
        assert_eq!(
            ContinueToken::decode("e30=").unwrap_err(),
            "continue key is not valid: illegal base64 data at input byte 3"
        );
        let encoded = |value: Value| URL_SAFE_NO_PAD.encode(value.to_string());
        let up = encoded(json!({"v": VERSION, "rv": 1, "start": "../x"}));
        assert_eq!(
            ContinueToken::decode(&up).unwrap_err(),
            "continue key is not valid: ../x"
        );
        let zero = encoded(json!({"v": VERSION, "rv": 0, "start": "x"}));
        assert!(
            ContinueToken::decode(&zero)
                .unwrap_err()
                .contains("start resourceVersion")
        );
    }

    /// As the real server says.
    #[test]
    fn a_token_has_its_types() {
        let read = |text: &str| Content::read(parse(text.as_bytes()).unwrap());
        let content = read(r#"{"V":"v","rv":3,"start":"b","RV":null,"x":{}}"#).unwrap();
        assert_eq!(
            (
                content.version.as_str(),
                content.revision,
                content.start.as_str()
            ),
            ("v", 3, "b")
        );
        for (text, why) in [
            ("[1]", "array into Go value of type storage.continueToken"),
            (
                r#"{"rv":"1","v":5}"#,
                "string into Go struct field continueToken.rv of type int64",
            ),
            (
                r#"{"rv":true,"rv":1}"#,
                "bool into Go struct field continueToken.rv of type int64",
            ),
            (
                r#"{"RV":1e3}"#,
                "number 1e3 into Go struct field continueToken.rv of type int64",
            ),
            (
                r#"{"start":7}"#,
                "number into Go struct field continueToken.start of type string",
            ),
        ] {
            assert_eq!(
                read(text).unwrap_err(),
                format!("json: cannot unmarshal {why}")
            );
        }
    }
}
