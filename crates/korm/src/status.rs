//! `metav1.Status`, the body with which a Kubernetes server explains a failure.

use serde::Deserialize;

/// What the server said about a failed request (`metav1.Status`).
///
/// Where the object is a Secret, values quoted by the server's messages are replaced by `<redacted>` before they get
/// here.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Status {
    /// HTTP status code.
    #[serde(deserialize_with = "null_is_default")]
    pub code: u16,
    /// Machine-readable reason, for example `NotFound`. Empty when the server gave none.
    #[serde(deserialize_with = "null_is_default")]
    pub reason: String,
    /// The server's sentence.
    #[serde(deserialize_with = "null_is_default")]
    pub message: String,
    /// What it was about, and every single fault.
    #[serde(deserialize_with = "null_is_default")]
    pub details: StatusDetails,
}

/// The details of a [`Status`].
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct StatusDetails {
    /// Name of the object. Empty when it was not about one.
    #[serde(deserialize_with = "null_is_default")]
    pub name: String,
    /// API group of the object.
    #[serde(deserialize_with = "null_is_default")]
    pub group: String,
    /// Kind or, in most answers, the plural of the object.
    #[serde(deserialize_with = "null_is_default")]
    pub kind: String,
    /// Each single fault.
    #[serde(deserialize_with = "null_is_default")]
    pub causes: Vec<StatusCause>,
    /// After how many seconds the server wants to be asked again; 0 when it did not say.
    #[serde(deserialize_with = "null_is_default")]
    pub retry_after_seconds: u32,
}

/// One fault of a [`Status`].
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct StatusCause {
    /// Machine-readable reason, for example `FieldValueInvalid`.
    #[serde(deserialize_with = "null_is_default")]
    pub reason: String,
    /// The server's sentence about it.
    #[serde(deserialize_with = "null_is_default")]
    pub message: String,
    /// The field, as `spec.price` or `items[0].name`. Empty when it is not about one.
    #[serde(deserialize_with = "null_is_default")]
    pub field: String,
}

fn null_is_default<'de, D, T>(decoder: D) -> Result<T, D::Error>
where
    D: serde::Deserializer<'de>,
    T: Default + Deserialize<'de>,
{
    Ok(Option::<T>::deserialize(decoder)?.unwrap_or_default())
}

impl Status {
    /// Reads the answer of a failed request: a `Status` in JSON or, from a proxy or an unknown path, any text.
    pub(crate) fn from_body(code: u16, body: &[u8]) -> Self {
        #[derive(Deserialize)]
        struct Kind<'a> {
            #[serde(borrow)]
            kind: Option<std::borrow::Cow<'a, str>>,
        }
        let is_status = serde_json::from_slice::<Kind<'_>>(body)
            .is_ok_and(|head| head.kind.as_deref() == Some("Status"));
        if is_status && let Ok(mut status) = serde_json::from_slice::<Self>(body) {
            if status.code == 0 {
                status.code = code;
            }
            return status;
        }
        Self {
            code,
            message: plain_text(body),
            ..Self::default()
        }
    }

    /// Removes values that the server quoted, for kinds whose contents are confidential.
    pub(crate) fn redacted(mut self) -> Self {
        self.message = redact_values(&self.message);
        for cause in &mut self.details.causes {
            cause.message = redact_values(&cause.message);
        }
        self
    }

    /// Whether the server named the object it did not find, rather than not knowing the kind at all.
    pub(crate) fn names_an_object(&self) -> bool {
        !self.details.name.is_empty()
    }
}

/// The first part of a body that is no `Status`, on one line.
fn plain_text(body: &[u8]) -> String {
    const MOST: usize = 300;
    let text = String::from_utf8_lossy(&body[..body.len().min(MOST)]);
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Replaces what field errors quote after `Invalid value:` and its sisters by `<redacted>`.
///
/// The quoted value ends where the sentence of the error goes on after `": "`; where no such end can be seen, all of the
/// rest goes.
fn redact_values(message: &str) -> String {
    const MARKS: [&str; 4] = [
        "Invalid value: ",
        "Unsupported value: ",
        "Duplicate value: ",
        "Too long: ",
    ];
    let mut out = String::with_capacity(message.len());
    let mut rest = message;
    while let Some((at, mark)) = MARKS
        .iter()
        .filter_map(|mark| rest.find(mark).map(|at| (at, *mark)))
        .min()
    {
        let value_at = at + mark.len();
        out.push_str(&rest[..value_at]);
        out.push_str("<redacted>");
        rest = end_of_value(&rest[value_at..]);
    }
    out.push_str(rest);
    out
}

/// What follows the value that `text` starts with: a quoted Go string or a plain word. A structure has no end that can
/// be told from its contents, so nothing of the rest is kept.
fn end_of_value(text: &str) -> &str {
    if !text.starts_with('"') {
        let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '+');
        let rest = text.trim_start_matches(plain);
        return if rest.starts_with(": ") { rest } else { "" };
    }
    let mut escaped = false;
    for (at, byte) in text.bytes().enumerate().skip(1) {
        match byte {
            _ if escaped => escaped = false,
            b'\\' => escaped = true,
            b'"' => return &text[at + 1..],
            _ => {}
        }
    }
    ""
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_status_body_is_read_whole() {
        let status = Status::from_body(
            422,
            br#"{"kind":"Status","status":"Failure","message":"m","reason":"Invalid","details":{"name":"p","kind":"Peach",
                "causes":[{"reason":"FieldValueInvalid","message":"bad","field":"spec.price"}]},"code":422}"#,
        );
        assert_eq!(status.reason, "Invalid");
        assert_eq!(status.details.causes[0].field, "spec.price");
        assert!(status.names_an_object());
    }

    #[test]
    fn nulls_and_text_do_not_disturb() {
        assert_eq!(
            Status::from_body(404, b"404 page not found\n").message,
            "404 page not found"
        );
        let status = Status::from_body(
            503,
            br#"{"kind":"Status","details":null,"message":null,"code":null}"#,
        );
        assert_eq!((status.code, status.message.as_str()), (503, ""));
    }

    #[test]
    fn quoted_values_go_and_the_sentence_stays() {
        let text = r#"data.password: Invalid value: "hunter \"2\"": must be longer"#;
        assert_eq!(
            redact_values(text),
            "data.password: Invalid value: <redacted>: must be longer"
        );
        assert_eq!(
            redact_values("Invalid value: 12: nope, Duplicate value: \"x\""),
            "Invalid value: <redacted>: nope, Duplicate value: <redacted>"
        );
        assert_eq!(
            redact_values("Invalid value: {a: b}: nope"),
            "Invalid value: <redacted>"
        );
        assert_eq!(
            redact_values("Invalid value: \"open"),
            "Invalid value: <redacted>"
        );
        assert_eq!(redact_values("nothing here"), "nothing here");
    }
}
