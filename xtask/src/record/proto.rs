//! A reader of `generated.proto`: messages with their fields.

use crate::Error;

/// One message of a file.
pub(super) struct Message {
    pub(super) name: String,
    pub(super) fields: Vec<Field>,
}

/// One field: its type as written, packages of the Kubernetes modules in full.
pub(super) struct Field {
    pub(super) name: String,
    pub(super) number: u32,
    pub(super) repeated: bool,
    pub(super) kind: Kind,
}

/// What one value of a field is.
pub(super) enum Kind {
    One(String),
    Map(String, String),
}

/// The messages of a file. The generator writes one declaration per line and never nests.
///
/// # Errors
/// When a line has another form.
pub(super) fn parse(text: &str) -> Result<Vec<Message>, Error> {
    let mut messages: Vec<Message> = Vec::new();
    for line in text.lines().map(str::trim) {
        if let Some(rest) = line.strip_prefix("message ") {
            let name = rest.trim_end_matches('{').trim().to_owned();
            messages.push(Message {
                name,
                fields: Vec::new(),
            });
        } else if ["optional ", "repeated ", "map<"]
            .iter()
            .any(|start| line.starts_with(start))
        {
            let message = messages
                .last_mut()
                .ok_or_else(|| format!("no message for: {line}"))?;
            message
                .fields
                .push(field(line).ok_or_else(|| format!("unknown field form: {line}"))?);
        }
    }
    Ok(messages)
}

fn field(line: &str) -> Option<Field> {
    let (left, number) = line.strip_suffix(';')?.split_once(" = ")?;
    let number = number.trim().parse().ok()?;
    if let Some(rest) = left.strip_prefix("map<") {
        let (types, name) = rest.split_once("> ")?;
        let (key, value) = types.split_once(", ")?;
        let kind = Kind::Map(key.to_owned(), value.trim_start_matches('.').to_owned());
        return Some(Field {
            name: name.to_owned(),
            number,
            repeated: false,
            kind,
        });
    }
    let mut words = left.split_whitespace();
    let repeated = words.next()? == "repeated";
    let kind = Kind::One(words.next()?.trim_start_matches('.').to_owned());
    Some(Field {
        name: words.next()?.to_owned(),
        number,
        repeated,
        kind,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_and_all_field_forms() {
        let text = "message A {\n  // text\n  optional string b = 1;\n\n  repeated .k8s.io.api.X c = 2;\n  \
                    map<string, bytes> d = 13;\n}\nmessage B {\n}\n";
        let messages = parse(text).unwrap();
        assert_eq!(messages.len(), 2);
        let fields = &messages[0].fields;
        assert_eq!((fields[0].name.as_str(), fields[0].number), ("b", 1));
        assert!(
            fields[1].repeated && matches!(&fields[1].kind, Kind::One(t) if t == "k8s.io.api.X")
        );
        assert!(matches!(&fields[2].kind, Kind::Map(k, v) if k == "string" && v == "bytes"));
        assert!(parse("optional string b = 1;").is_err());
        assert!(parse("message A {\noptional string = x;").is_err());
    }
}
