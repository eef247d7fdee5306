//! The `continue` token of pages: the same base64 of the same JSON as the real server's.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};

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
        let bytes = URL_SAFE_NO_PAD
            .decode(text)
            .map_err(|_| not_valid(illegal_base64(text)))?;
        let token = crate::schema::decode::parse(&bytes).map_err(not_valid)?;
        let token: Value = crate::schema::decode::decode_untyped(token).value;
        if token["v"] != VERSION {
            return Err(format!(
                "continue key is not valid: server does not recognize this encoded version {}",
                token["v"].as_str().unwrap_or_default()
            ));
        }
        let revision = token["rv"].as_i64().unwrap_or(0);
        if revision == 0 {
            return Err("continue key is not valid: incorrect encoded start resourceVersion (version meta.k8s.io/v1)".to_owned());
        }
        let start = token["start"].as_str().unwrap_or_default();
        if start.is_empty() {
            return Err(
                "continue key is not valid: encoded start key empty (version meta.k8s.io/v1)"
                    .to_owned(),
            );
        }
        // A key that leads out of the range of the request is an attack, or a mistake.
        let path = start.strip_prefix('/').unwrap_or(start);
        if path.split('/').any(|part| matches!(part, "" | "." | "..")) {
            return Err(not_valid(start.to_owned()));
        }
        Ok(Self {
            revision,
            start: start.to_owned(),
        })
    }
}

/// Go's message about text that is not base64: it names the first byte that is wrong.
fn illegal_base64(text: &str) -> String {
    let good = |b: &u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'\n' | b'\r');
    let at = text.bytes().position(|b| !good(&b)).unwrap_or(text.len());
    format!("illegal base64 data at input byte {at}")
}

#[cfg(test)]
mod tests {
    use super::*;

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
}
