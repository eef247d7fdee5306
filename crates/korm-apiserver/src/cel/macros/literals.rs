//! What a text or bytes that are written down stand for (`parser/unescape.go` of cel-go).

use kube_cel::cel::common::ast::LiteralValue;

/// The value of a text with its prefix and quotes; none if it is not well formed.
pub(super) fn value(written: &str) -> Option<LiteralValue> {
    let quoted = written.trim_start_matches(['b', 'B', 'r', 'R']);
    let prefix = &written[..written.len() - quoted.len()];
    let (is_bytes, is_raw) = (prefix.contains(['b', 'B']), prefix.contains(['r', 'R']));
    let within = ["'''", "\"\"\""]
        .iter()
        .find_map(|quote| quoted.strip_prefix(quote)?.strip_suffix(quote));
    let within = within.or_else(|| {
        let quote = quoted.chars().next()?;
        let within = quoted.strip_prefix(quote)?.strip_suffix(quote)?;
        (!within.contains(['\n', '\r'])).then_some(within)
    })?;
    let within = within.replace("\r\n", "\n").replace('\r', "\n");
    let mut out = Vec::with_capacity(within.len());
    let mut rest = within.as_str();
    while let Some(next) = rest.chars().next() {
        rest = &rest[next.len_utf8()..];
        match next {
            '\\' if !is_raw => rest = unescape(rest, is_bytes, &mut out)?,
            next => push(next, &mut out),
        }
    }
    Some(match is_bytes {
        true => LiteralValue::Bytes(out.into()),
        false => LiteralValue::String(String::from_utf8(out).ok()?.into()),
    })
}

/// Reads what is behind a backslash, and gives what is left.
fn unescape<'t>(text: &'t str, is_bytes: bool, out: &mut Vec<u8>) -> Option<&'t str> {
    let letter = text.chars().next()?;
    let rest = &text[letter.len_utf8()..];
    let (digits, radix) = match letter {
        'x' | 'X' => (rest.get(..2)?, 16),
        'u' if !is_bytes => (rest.get(..4)?, 16),
        'U' if !is_bytes => (rest.get(..8)?, 16),
        '0'..='3' => (text.get(..3)?, 8),
        _ => {
            let plain = match letter {
                'a' => '\u{7}',
                'b' => '\u{8}',
                'f' => '\u{c}',
                'n' => '\n',
                'r' => '\r',
                't' => '\t',
                'v' => '\u{b}',
                '\\' | '\'' | '"' | '`' | '?' => letter,
                _ => return None,
            };
            push(plain, out);
            return Some(rest);
        }
    };
    let number = u32::from_str_radix(digits, radix).ok()?;
    match is_bytes {
        true => out.push(u8::try_from(number).ok()?),
        false => push(char::from_u32(number)?, out),
    }
    match radix {
        8 => text.get(3..),
        _ => rest.get(digits.len()..),
    }
}

fn push(character: char, out: &mut Vec<u8>) {
    out.extend_from_slice(character.encode_utf8(&mut [0; 4]).as_bytes());
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_read() {
        for (written, text) in [
            ("'''a'b'''", "a'b"),
            ("\"\"\"a\nb\"\"\"", "a\nb"),
            (r#"'\"'"#, "\""),
            (r#""\'\\""#, r"'\"),
            (r"r'\d\'", r"\d\"),
            (r"'\x41é\u00e9\U0001F600\101\n\?'", "Aéé😀A\n?"),
            ("''", ""),
        ] {
            assert_eq!(value(written), Some(LiteralValue::String(text.into())));
        }
        for written in ["'", "'a", "'\n'", r"'\8'", r"'\uD800'", r"'\xé'", r"'\'"] {
            assert_eq!(value(written), None, "{written}");
        }
    }

    #[test]
    fn bytes_are_read() {
        for (written, bytes) in [
            (r"b'\xff\377é'", &[255, 255, 0xc3, 0xa9][..]),
            (r"bR'\n'", br"\n"),
            ("B\"\"\"a\"b\"\"\"", b"a\"b"),
            (r"b'\n'", b"\n"),
        ] {
            assert_eq!(
                value(written),
                Some(LiteralValue::Bytes(bytes.to_vec().into()))
            );
        }
        assert_eq!(value(r"b'\u0041'"), None);
    }
}
