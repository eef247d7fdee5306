//! Rules for names, label keys and label values, with the messages of
//! `k8s.io/apimachinery/pkg/api/validate/content`.
//!
//! The patterns are matched by hand: compiling regular expressions would cost more than starting
//! the rest of the server.

use serde_json::{Map, Value};

use crate::schema::{FieldError, FieldPath};

const DNS1123_LABEL: &str = "[a-z0-9]([-a-z0-9]*[a-z0-9])?";
const DNS1123_LABEL_MESSAGE: &str = "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character";
const DNS1123_SUBDOMAIN: &str = "[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*";
const DNS1123_SUBDOMAIN_MESSAGE: &str = "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character";
const LABEL_KEY: &str = "([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]";
const LABEL_KEY_MESSAGE: &str = "must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character";
const LABEL_VALUE: &str = "(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?";
const LABEL_VALUE_MESSAGE: &str = "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character";

/// The faults of all labels of a map, which are told of the map.
pub(crate) fn label_faults(
    path: &FieldPath<'_>,
    labels: Option<&Map<String, Value>>,
) -> Vec<FieldError> {
    let mut errors = Vec::new();
    for (key, value) in labels.into_iter().flatten() {
        let of_key = label_key(key).into_iter();
        errors.extend(of_key.map(|fault| FieldError::invalid(path, key.as_str(), fault)));
        let value = value.as_str().unwrap_or_default();
        let of_value = label_value(value).into_iter();
        errors.extend(of_value.map(|fault| FieldError::invalid(path, value, fault)));
    }
    errors
}

/// What is wrong with a text; empty when nothing is.
pub(crate) type Faults = Vec<String>;

/// Which rule the name of an object follows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum NameRule {
    /// Dot-separated labels of RFC 1123: what most kinds ask for.
    Subdomain,
    /// One label of RFC 1123.
    Label,
    /// Anything that fits between two slashes of a URL.
    PathSegment,
}

impl NameRule {
    /// Checks a name, or with `prefix` a `generateName`, which may end in a dash.
    pub(crate) fn check(self, name: &str, prefix: bool) -> Faults {
        if self == Self::PathSegment {
            return if prefix {
                path_segment_prefix(name)
            } else {
                path_segment_name(name)
            };
        }
        let masked;
        let name = if prefix && name.len() > 1 && name.ends_with('-') {
            // As upstream does it: the last two characters go, so that a dash before the dash is fine.
            let keep = name.char_indices().rev().nth(1).map_or(0, |(at, _)| at);
            masked = format!("{}a", &name[..keep]);
            masked.as_str()
        } else {
            name
        };
        match self {
            Self::Subdomain => dns1123_subdomain(name),
            Self::Label => dns1123_label(name),
            // Answered above.
            Self::PathSegment => Vec::new(),
        }
    }
}

/// A label of RFC 1123: namespaces are named so.
pub(crate) fn dns1123_label(text: &str) -> Faults {
    let mut faults = too_many_characters(text, 63);
    if !is_dns_label(text) {
        faults.push(if text.split('.').all(is_dns_label) {
            "must not contain dots".to_owned()
        } else {
            pattern_fault(
                DNS1123_LABEL_MESSAGE,
                DNS1123_LABEL,
                &["my-name", "123-abc"],
            )
        });
    }
    faults
}

/// Dot-separated labels of RFC 1123: most objects are named so.
pub(crate) fn dns1123_subdomain(text: &str) -> Faults {
    let mut faults = too_many_characters(text, 253);
    if !text.split('.').all(is_dns_label) {
        faults.push(pattern_fault(
            DNS1123_SUBDOMAIN_MESSAGE,
            DNS1123_SUBDOMAIN,
            &["example.com"],
        ));
    }
    faults
}

/// The key of a label or annotation, also the name of a finalizer: an optional subdomain and a
/// slash before a name.
pub(crate) fn label_key(text: &str) -> Faults {
    let mut faults = Vec::new();
    let parts: Vec<&str> = text.split('/').collect();
    let name = match parts.as_slice() {
        [name] => *name,
        [prefix, name] => {
            if prefix.is_empty() {
                faults.push("prefix part must be non-empty".to_owned());
            } else {
                // Here, and here only, upstream counts a subdomain in bytes.
                let found = dns1123_subdomain(prefix);
                let found = found
                    .iter()
                    .map(|f| f.replace(" 253 characters", " 253 bytes"));
                faults.extend(found.map(|f| format!("prefix part {f}")));
            }
            *name
        }
        _ => {
            let fault = pattern_fault(
                LABEL_KEY_MESSAGE,
                LABEL_KEY,
                &["MyName", "my.name", "123-abc"],
            );
            faults.push(format!(
                "a valid label key {fault} with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')"
            ));
            return faults;
        }
    };
    if name.is_empty() {
        faults.push("name part must be non-empty".to_owned());
    } else if name.len() > 63 {
        faults.push("name part must be no more than 63 bytes".to_owned());
    }
    if !is_label_name(name) {
        let fault = pattern_fault(
            LABEL_KEY_MESSAGE,
            LABEL_KEY,
            &["MyName", "my.name", "123-abc"],
        );
        faults.push(format!("name part {fault}"));
    }
    faults
}

/// The value of a label.
pub(crate) fn label_value(text: &str) -> Faults {
    let mut faults = too_long(text, 63);
    if !text.is_empty() && !is_label_name(text) {
        faults.push(pattern_fault(
            LABEL_VALUE_MESSAGE,
            LABEL_VALUE,
            &["MyValue", "my_value", "12345"],
        ));
    }
    faults
}

/// A name that can stand between two slashes.
pub(crate) fn path_segment_name(text: &str) -> Faults {
    if text == "." || text == ".." {
        return vec![format!("may not be '{text}'")];
    }
    path_segment_prefix(text)
}

fn path_segment_prefix(text: &str) -> Faults {
    ["/", "%"]
        .into_iter()
        .filter(|bad| text.contains(bad))
        .map(|bad| format!("may not contain '{bad}'"))
        .collect()
}

fn is_dns_label(text: &str) -> bool {
    let inner = |b: &u8| b.is_ascii_lowercase() || b.is_ascii_digit() || *b == b'-';
    !text.is_empty()
        && text.as_bytes().iter().all(inner)
        && !text.starts_with('-')
        && !text.ends_with('-')
}

fn is_label_name(text: &str) -> bool {
    let bytes = text.as_bytes();
    let inner = |b: &u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.');
    bytes.first().is_some_and(u8::is_ascii_alphanumeric)
        && bytes.last().is_some_and(u8::is_ascii_alphanumeric)
        && bytes.iter().all(inner)
}

fn too_long(text: &str, limit: usize) -> Faults {
    if text.len() > limit {
        vec![format!("must be no more than {limit} bytes")]
    } else {
        Vec::new()
    }
}

/// Upstream counts bytes here as well, but calls them characters.
fn too_many_characters(text: &str, limit: usize) -> Faults {
    if text.len() > limit {
        vec![format!("must be no more than {limit} characters")]
    } else {
        Vec::new()
    }
}

fn pattern_fault(message: &str, pattern: &str, examples: &[&str]) -> String {
    let examples: Vec<String> = examples.iter().map(|e| format!("'{e}', ")).collect();
    format!(
        "{message} (e.g. {}regex used for validation is '{pattern}')",
        examples.join(" or ")
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bad_name_is_told_with_the_pattern() {
        assert_eq!(
            dns1123_subdomain("Peach"),
            [
                "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')"
            ]
        );
        assert_eq!(dns1123_label("a.b"), ["must not contain dots"]);
        assert!(dns1123_subdomain("a-b.c0").is_empty());
    }

    #[test]
    fn label_keys_have_an_optional_prefix() {
        assert!(label_key("example.com/My_Name").is_empty());
        assert_eq!(label_key("/x"), ["prefix part must be non-empty"]);
        assert_eq!(label_key("").len(), 2);
        assert!(label_key("a/b/c")[0].starts_with("a valid label key must consist of"));
        assert!(label_value("").is_empty());
        assert_eq!(
            label_value(&"x".repeat(64)),
            ["must be no more than 63 bytes"]
        );
    }

    #[test]
    fn a_generate_name_may_end_in_a_dash() {
        assert!(NameRule::Subdomain.check("peach-", true).is_empty());
        assert!(!NameRule::Subdomain.check("peach-", false).is_empty());
        assert!(!NameRule::Subdomain.check("-", true).is_empty());
        assert_eq!(
            NameRule::PathSegment.check("..", false),
            ["may not be '..'"]
        );
        assert!(NameRule::PathSegment.check("system:node", false).is_empty());
    }
}
