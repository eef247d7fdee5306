//! What reading a version of a native kind does beyond decoding it.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

/// Brings fields that are only read into the form in which they are kept.
pub(super) fn convert(group: &str, kind: &str, object: &mut Value) {
    if (group, kind) == ("", "Secret") {
        string_data(object);
    }
}

/// `stringData` is another way to write `data`, and wins.
fn string_data(secret: &mut Value) {
    let Some(secret) = secret.as_object_mut() else {
        return;
    };
    let Some(Value::Object(texts)) = secret.remove("stringData") else {
        return;
    };
    let data = secret.entry("data").or_insert_with(|| json!({}));
    for (key, text) in texts {
        if let (Some(data), Some(text)) = (data.as_object_mut(), text.as_str()) {
            data.insert(key, STANDARD.encode(text).into());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn string_data_goes_into_data() {
        let mut secret = json!({"data": {"a": "QQ==", "b": "Qg=="}, "stringData": {"b": "x"}});
        convert("", "Secret", &mut secret);
        assert_eq!(secret, json!({"data": {"a": "QQ==", "b": "eA=="}}));
    }
}
