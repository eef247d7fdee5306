//! Base64 as Go's `encoding/base64` reads it, and its words for what is wrong.

/// Which characters stand for 62 and 63, and whether the end is filled up with `=`.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Alphabet {
    /// `+` and `/`, filled up.
    Standard,
    /// `-` and `_`, filled up.
    Url,
    /// `-` and `_`, not filled up.
    RawUrl,
}

impl Alphabet {
    fn value(self, byte: u8) -> Option<u32> {
        let value = match (byte, self) {
            (b'A'..=b'Z', _) => byte - b'A',
            (b'a'..=b'z', _) => byte - b'a' + 26,
            (b'0'..=b'9', _) => byte - b'0' + 52,
            (b'+', Self::Standard) | (b'-', Self::Url | Self::RawUrl) => 62,
            (b'/', Self::Standard) | (b'_', Self::Url | Self::RawUrl) => 63,
            _ => return None,
        };
        Some(u32::from(value))
    }
}

/// Decodes base64; line breaks are skipped.
///
/// # Errors
/// Go's complaint, which names the byte where decoding stopped.
pub(crate) fn decode(text: &str, alphabet: Alphabet) -> Result<Vec<u8>, String> {
    let bytes = text.as_bytes();
    let padded = !matches!(alphabet, Alphabet::RawUrl);
    let is_break = |at: usize| matches!(bytes.get(at), Some(b'\n' | b'\r'));
    let mut out = Vec::with_capacity(bytes.len() / 4 * 3);
    // Characters of the group of four that is being read.
    let (mut group, mut count) = (0_u32, 0_usize);
    for (at, byte) in bytes.iter().enumerate() {
        if is_break(at) {
            continue;
        }
        if let Some(value) = alphabet.value(*byte) {
            group = group << 6 | value;
            count += 1;
            if count == 4 {
                out.extend_from_slice(&group.to_be_bytes()[1..]);
                (group, count) = (0, 0);
            }
            continue;
        }
        if *byte != b'=' || count < 2 || !padded {
            return Err(illegal(at));
        }
        let after = |mut at: usize| {
            while is_break(at) {
                at += 1;
            }
            at
        };
        let mut end = after(at + 1);
        if count == 2 {
            // Two are expected.
            match bytes.get(end) {
                None => return Err(illegal(bytes.len())),
                Some(b'=') => end = after(end + 1),
                Some(_) => return Err(illegal(end - 1)),
            }
        }
        if end < bytes.len() {
            return Err(illegal(end));
        }
        end_with(&mut out, group, count);
        return Ok(out);
    }
    match count {
        0 => Ok(out),
        2 | 3 if !padded => {
            end_with(&mut out, group, count);
            Ok(out)
        }
        count => Err(illegal(bytes.len() - count)),
    }
}

/// The bytes of a last group that has two or three characters.
fn end_with(out: &mut Vec<u8>, group: u32, count: usize) {
    let bytes = if count == 2 { group >> 4 } else { group >> 2 };
    out.extend_from_slice(&bytes.to_be_bytes()[5 - count..]);
}

fn illegal(at: usize) -> String {
    format!("illegal base64 data at input byte {at}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_fits_is_decoded() {
        for (text, bytes) in [
            ("", &b""[..]),
            ("YQ==", b"a"),
            ("YWI=", b"ab"),
            ("YWJj\nYWJj", b"abcabc"),
            ("+/+/", &[0xfb, 0xff, 0xbf]),
        ] {
            assert_eq!(decode(text, Alphabet::Standard).as_deref(), Ok(bytes));
        }
        assert_eq!(
            decode("-_-_", Alphabet::Url),
            decode("+/+/", Alphabet::Standard)
        );
    }

    #[test]
    fn what_is_not_filled_up_has_its_own_end() {
        for (text, bytes) in [
            ("", &b""[..]),
            ("YQ", b"a"),
            ("YR", b"a"),
            ("YWI", b"ab"),
            ("YW\nI", b"ab"),
            ("-_-_", &[0xfb, 0xff, 0xbf]),
        ] {
            assert_eq!(decode(text, Alphabet::RawUrl).as_deref(), Ok(bytes));
        }
        for (text, at) in [("YQ==", 2), ("YWJjZ", 4), ("Y.", 1), ("+_-_", 0)] {
            assert_eq!(decode(text, Alphabet::RawUrl), Err(illegal(at)), "{text}");
        }
    }

    /// As Go 1.26 says.
    #[test]
    fn faults_are_where_go_sees_them() {
        for (text, at) in [
            ("AA=", 3),
            ("A", 0),
            ("AAA", 0),
            ("AAAAA", 4),
            ("=", 0),
            ("AA=A", 2),
            ("AA==A", 4),
            ("A B=", 1),
            ("-_-_", 0),
        ] {
            assert_eq!(decode(text, Alphabet::Standard), Err(illegal(at)), "{text}");
        }
    }
}
