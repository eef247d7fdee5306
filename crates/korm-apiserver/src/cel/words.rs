//! What functions say of arguments that they cannot take, in the words of cel-go.

/// The words for what `function` says as `message`.
pub(super) fn of_function(function: &str, message: &str) -> String {
    match function {
        "int" | "uint" | "double" | "bool" if message.contains("parse error") => {
            format!("type conversion error from 'string' to '{function}'")
        }
        "charAt" | "substring" => match word_before(message, " out of range") {
            Some(index) => format!("index out of range: {index}"),
            None => message.to_owned(),
        },
        _ => message.to_owned(),
    }
}

/// The word that stands before these.
fn word_before<'m>(message: &'m str, words: &str) -> Option<&'m str> {
    let (before, _) = message.split_once(words)?;
    before.rsplit(' ').next()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn indexes_and_conversions_are_told_as_cel_go_tells_them() {
        assert_eq!(
            of_function("charAt", "index 1 out of range for string of length 0"),
            "index out of range: 1"
        );
        assert_eq!(
            of_function("int", "string parse error: invalid digit found in string"),
            "type conversion error from 'string' to 'int'"
        );
        assert_eq!(of_function("find", "invalid regex: x"), "invalid regex: x");
    }
}
