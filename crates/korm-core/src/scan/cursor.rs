//! Walking through JSON text without making anything of it.
//!
//! What is not wanted is not checked either, but for its quotes and brackets: two thirds of a list can be `managedFields`.
//! What is wanted goes through serde_json afterwards. Where something is not JSON, a method gives `None`, and the text is
//! read by serde_json from its beginning, which says what is wrong.

use std::ops::Range;

/// A place in a text.
#[derive(Clone, Debug)]
pub(super) struct Cursor<'t> {
    text: &'t [u8],
    at: usize,
}

/// What to do with a byte between the strings of a value.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Class {
    Other,
    Quote,
    Open,
    Close,
    /// After a number, `true`, `false` or `null`.
    End,
}

const CLASSES: [Class; 256] = {
    let mut classes = [Class::Other; 256];
    classes[b'"' as usize] = Class::Quote;
    classes[b'{' as usize] = Class::Open;
    classes[b'[' as usize] = Class::Open;
    classes[b'}' as usize] = Class::Close;
    classes[b']' as usize] = Class::Close;
    classes[b',' as usize] = Class::End;
    classes[b':' as usize] = Class::End;
    classes[b' ' as usize] = Class::End;
    classes[b'\n' as usize] = Class::End;
    classes[b'\r' as usize] = Class::End;
    classes[b'\t' as usize] = Class::End;
    classes
};

impl<'t> Cursor<'t> {
    pub(super) fn new(text: &'t [u8]) -> Self {
        Self { text, at: 0 }
    }

    /// How far it is.
    pub(super) fn at(&self) -> usize {
        self.at
    }

    /// The next byte that is no white space, which is not passed.
    pub(super) fn peek(&mut self) -> Option<u8> {
        loop {
            match self.text.get(self.at)? {
                b' ' | b'\n' | b'\r' | b'\t' => self.at += 1,
                byte => return Some(*byte),
            }
        }
    }

    /// Passes this byte, if it is the next one.
    pub(super) fn pass(&mut self, byte: u8) -> bool {
        let is_next = self.peek() == Some(byte);
        self.at += usize::from(is_next);
        is_next
    }

    /// Passes the opening bracket of an object or list: whether it has anything in it. If not, the closing one is passed
    /// too.
    pub(super) fn enter(&mut self, open: u8, close: u8) -> Option<bool> {
        self.pass(open).then_some(())?;
        Some(!self.pass(close))
    }

    /// Passes what follows a member or item: whether another one does.
    pub(super) fn another(&mut self, close: u8) -> Option<bool> {
        if self.pass(b',') {
            return Some(true);
        }
        self.pass(close).then_some(false)
    }

    /// Passes a key and its colon: the text between the quotes. `None` also where it has an escape.
    pub(super) fn key(&mut self) -> Option<&'t [u8]> {
        let range = self.string()?;
        let key = self.text.get(range.start + 1..range.end - 1)?;
        (!key.contains(&b'\\') && self.pass(b':')).then_some(key)
    }

    /// Passes a value: where it is.
    pub(super) fn value(&mut self) -> Option<Range<usize>> {
        match CLASSES[usize::from(self.peek()?)] {
            Class::Quote => self.string(),
            Class::Open => self.container(),
            Class::Other => self.word(),
            Class::Close | Class::End => None,
        }
    }

    /// Passes a string: where it is, with its quotes.
    pub(super) fn string(&mut self) -> Option<Range<usize>> {
        if self.peek()? != b'"' {
            return None;
        }
        let start = self.at;
        self.at = end_of_string(self.text, start + 1)?;
        Some(start..self.at)
    }

    /// An object or list. How deep it is makes no difference.
    fn container(&mut self) -> Option<Range<usize>> {
        let start = self.at;
        let mut depth = 0_usize;
        loop {
            let byte = *self.text.get(self.at)?;
            self.at += 1;
            match CLASSES[usize::from(byte)] {
                Class::Quote => self.at = end_of_string(self.text, self.at)?,
                Class::Open => depth += 1,
                Class::Close if depth == 1 => return Some(start..self.at),
                Class::Close => depth -= 1,
                Class::Other | Class::End => {}
            }
        }
    }

    /// A number, `true`, `false` or `null`.
    fn word(&mut self) -> Option<Range<usize>> {
        let start = self.at;
        let rest = self.text.get(start..)?;
        let length = rest
            .iter()
            .position(|byte| CLASSES[usize::from(*byte)] != Class::Other);
        self.at += length.unwrap_or(rest.len());
        Some(start..self.at)
    }
}

/// Where the string ends whose first byte after the quote is at `at`: after its closing quote.
///
/// Looks at eight bytes at once: a byte of `word ^ QUOTES` is zero where `word` has a quote, and the lowest bit of
/// `zeros` is exact.
fn end_of_string(text: &[u8], mut at: usize) -> Option<usize> {
    const ONES: u64 = u64::from_ne_bytes([1; 8]);
    const QUOTES: u64 = u64::from_ne_bytes([b'"'; 8]);
    const ESCAPES: u64 = u64::from_ne_bytes([b'\\'; 8]);
    let zeros = |word: u64| word.wrapping_sub(ONES) & !word & (ONES << 7);
    loop {
        while let Some(chunk) = text.get(at..).and_then(<[u8]>::first_chunk) {
            let word = u64::from_le_bytes(*chunk);
            let found = zeros(word ^ QUOTES) | zeros(word ^ ESCAPES);
            if found != 0 {
                at += found.trailing_zeros() as usize / 8;
                break;
            }
            at += 8;
        }
        match text.get(at)? {
            b'"' => return Some(at + 1),
            b'\\' => at += 2,
            _ => at += 1,
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::Value;

    use super::*;

    fn json() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            any::<i64>().prop_map(Value::from),
            any::<i32>().prop_map(|number| Value::from(f64::from(number) / 8.0)),
            "\\PC{0,12}".prop_map(Value::from),
            "[\"\\\\a{}\\[\\]:,]{0,20}".prop_map(Value::from),
        ];
        leaf.prop_recursive(4, 32, 5, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..5).prop_map(Value::from),
                prop::collection::btree_map("\\PC{0,9}", inner, 0..5)
                    .prop_map(|map| map.into_iter().collect()),
            ]
        })
    }

    proptest! {
        #[test]
        fn a_value_is_passed_whole(value in json(), pretty: bool) {
            let text = if pretty { serde_json::to_string_pretty(&value) } else { serde_json::to_string(&value) };
            let text = format!(" {} ,\"rest\"", text.unwrap());
            let mut cursor = Cursor::new(text.as_bytes());
            let range = cursor.value().unwrap();
            prop_assert_eq!(&serde_json::from_str::<Value>(&text[range]).unwrap(), &value);
            prop_assert_eq!(cursor.another(b']'), Some(true));
            prop_assert_eq!(&text[cursor.value().unwrap()], "\"rest\"");
        }

        #[test]
        fn text_that_is_no_json_does_no_harm(text: Vec<u8>, json in json(), cut in 0_usize..100) {
            let _ = Cursor::new(&text).value();
            let _ = Cursor::new(&text).key();
            let json = json.to_string();
            let cut = &json.as_bytes()[..json.len().min(cut)];
            if let Some(range) = Cursor::new(cut).value() {
                prop_assert!(range.end <= cut.len());
            }
        }
    }

    #[test]
    fn members_and_items() {
        let mut cursor = Cursor::new(br#" { "a" : [ ] , "b":{"c\"":"\\"} } x"#);
        assert_eq!(cursor.enter(b'{', b'}'), Some(true));
        assert_eq!(cursor.key(), Some(&b"a"[..]));
        assert_eq!(cursor.enter(b'[', b']'), Some(false));
        assert_eq!(cursor.another(b'}'), Some(true));
        assert_eq!(cursor.key(), Some(&b"b"[..]));
        assert_eq!(cursor.value(), Some(19..31));
        assert_eq!(cursor.another(b'}'), Some(false));
        assert_eq!(cursor.peek(), Some(b'x'));
        assert_eq!(cursor.another(b'}'), None);
    }

    #[test]
    fn keys_with_escapes_are_not_compared() {
        assert_eq!(Cursor::new(br#""\u0061":1"#).key(), None);
        assert_eq!(Cursor::new(br#""a" 1"#).key(), None);
        assert_eq!(Cursor::new(b"a:1").key(), None);
    }
}
