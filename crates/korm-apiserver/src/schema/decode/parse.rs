//! A JSON parser that finds the same faults as Go's and words them the same.

use serde_json::Number;

use super::Node;
use crate::schema::go_format;

/// Deeper documents would take more stack than a thread has, and no real object comes near. (Go
/// stops at 10,000.)
const MAX_DEPTH: usize = 500;

/// Parses a document. The error is Go's message without a prefix.
pub(crate) fn parse(bytes: &[u8]) -> Result<Node, String> {
    let mut parser = Parser { bytes, at: 0 };
    let node = parser.value("looking for beginning of value", 0)?;
    parser.skip_space();
    match parser.peek() {
        None => Ok(node),
        Some(byte) => Err(invalid(byte, "after top-level value")),
    }
}

fn invalid(byte: u8, context: &str) -> String {
    let shown = match byte {
        b'\'' => "'\\''".to_owned(),
        b'"' => "'\"'".to_owned(),
        byte => {
            let quoted = go_format::quote(&char::from(byte).to_string());
            format!("'{}'", &quoted[1..quoted.len() - 1])
        }
    };
    format!("invalid character {shown} {context}")
}

fn end() -> String {
    "unexpected end of JSON input".to_owned()
}

struct Parser<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl Parser<'_> {
    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    fn next(&mut self) -> Result<u8, String> {
        let byte = self.peek().ok_or_else(end)?;
        self.at += 1;
        Ok(byte)
    }

    fn skip_space(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\t' | b'\n' | b'\r')) {
            self.at += 1;
        }
    }

    fn value(&mut self, context: &str, depth: usize) -> Result<Node, String> {
        self.skip_space();
        let byte = self.next()?;
        match byte {
            b'{' | b'[' if depth >= MAX_DEPTH => Err("exceeded max depth".to_owned()),
            b'{' => self.object(depth + 1),
            b'[' => self.array(depth + 1),
            b'"' => self.string().map(Node::String),
            b't' => self.literal("true", Node::Bool(true)),
            b'f' => self.literal("false", Node::Bool(false)),
            b'n' => self.literal("null", Node::Null),
            b'-' | b'0'..=b'9' => self.number(byte),
            byte => Err(invalid(byte, context)),
        }
    }

    fn object(&mut self, depth: usize) -> Result<Node, String> {
        let mut fields = Vec::new();
        self.skip_space();
        if self.peek() == Some(b'}') {
            self.at += 1;
            return Ok(Node::Object(fields));
        }
        loop {
            self.skip_space();
            match self.next()? {
                b'"' => {}
                byte => return Err(invalid(byte, "looking for beginning of object key string")),
            }
            let key = self.string()?;
            self.skip_space();
            match self.next()? {
                b':' => {}
                byte => return Err(invalid(byte, "after object key")),
            }
            let value = self.value("looking for beginning of value", depth)?;
            fields.push((key, value));
            self.skip_space();
            match self.next()? {
                b',' => {}
                b'}' => return Ok(Node::Object(fields)),
                byte => return Err(invalid(byte, "after object key:value pair")),
            }
        }
    }

    fn array(&mut self, depth: usize) -> Result<Node, String> {
        let mut items = Vec::new();
        self.skip_space();
        if self.peek() == Some(b']') {
            self.at += 1;
            return Ok(Node::Array(items));
        }
        loop {
            items.push(self.value("looking for beginning of value", depth)?);
            self.skip_space();
            match self.next()? {
                b',' => {}
                b']' => return Ok(Node::Array(items)),
                byte => return Err(invalid(byte, "after array element")),
            }
        }
    }

    fn literal(&mut self, word: &str, node: Node) -> Result<Node, String> {
        for expected in word.bytes().skip(1) {
            let byte = self.next()?;
            if byte != expected {
                let expected = char::from(expected);
                return Err(invalid(
                    byte,
                    &format!("in literal {word} (expecting '{expected}')"),
                ));
            }
        }
        Ok(node)
    }

    fn number(&mut self, first: u8) -> Result<Node, String> {
        let start = self.at - 1;
        let mut byte = first;
        if byte == b'-' {
            byte = self.next()?;
            if !byte.is_ascii_digit() {
                return Err(invalid(byte, "in numeric literal"));
            }
        }
        if byte != b'0' {
            self.digits();
        }
        if self.peek() == Some(b'.') {
            self.at += 1;
            self.digit("after decimal point in numeric literal")?;
            self.digits();
        }
        if matches!(self.peek(), Some(b'e' | b'E')) {
            self.at += 1;
            if matches!(self.peek(), Some(b'+' | b'-')) {
                self.at += 1;
            }
            self.digit("in exponent of numeric literal")?;
            self.digits();
        }
        let text = String::from_utf8_lossy(&self.bytes[start..self.at]).into_owned();
        number_of(&text)
            .map(|number| Node::Number(number, text.clone()))
            .ok_or_else(|| {
                format!("json: cannot unmarshal number {text} into Go value of type float64")
            })
    }

    fn digit(&mut self, context: &str) -> Result<(), String> {
        match self.next()? {
            byte if byte.is_ascii_digit() => Ok(()),
            byte => Err(invalid(byte, context)),
        }
    }

    fn digits(&mut self) {
        while self.peek().is_some_and(|byte| byte.is_ascii_digit()) {
            self.at += 1;
        }
    }

    /// The rest of a string after its opening quote. What is not UTF-8 becomes U+FFFD.
    fn string(&mut self) -> Result<String, String> {
        let mut raw = Vec::new();
        loop {
            match self.next()? {
                b'"' => break,
                b'\\' => self.escape(&mut raw)?,
                byte if byte < 0x20 => return Err(invalid(byte, "in string literal")),
                byte => raw.push(byte),
            }
        }
        Ok(match String::from_utf8(raw) {
            Ok(text) => text,
            Err(error) => String::from_utf8_lossy(error.as_bytes()).into_owned(),
        })
    }

    fn escape(&mut self, raw: &mut Vec<u8>) -> Result<(), String> {
        let byte = self.next()?;
        match byte {
            b'"' | b'\\' | b'/' => raw.push(byte),
            b'b' => raw.push(8),
            b'f' => raw.push(12),
            b'n' => raw.push(b'\n'),
            b'r' => raw.push(b'\r'),
            b't' => raw.push(b'\t'),
            b'u' => {
                let c = self.code_point()?;
                raw.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes());
            }
            byte => return Err(invalid(byte, "in string escape code")),
        }
        Ok(())
    }

    /// One `\u` escape, or two that make a surrogate pair; halves alone become U+FFFD.
    fn code_point(&mut self) -> Result<char, String> {
        let first = self.hex()?;
        if !(0xd800..0xdc00).contains(&first) || !self.bytes[self.at..].starts_with(b"\\u") {
            return Ok(char::from_u32(first).unwrap_or('\u{fffd}'));
        }
        let before = self.at;
        self.at += 2;
        let second = self.hex()?;
        if (0xdc00..0xe000).contains(&second) {
            let code = 0x1_0000 + ((first - 0xd800) << 10) + (second - 0xdc00);
            return Ok(char::from_u32(code).unwrap_or('\u{fffd}'));
        }
        self.at = before;
        Ok('\u{fffd}')
    }

    fn hex(&mut self) -> Result<u32, String> {
        let mut code = 0;
        for _ in 0..4 {
            let byte = self.next()?;
            let digit = char::from(byte)
                .to_digit(16)
                .ok_or_else(|| invalid(byte, "in \\u hexadecimal character escape"))?;
            code = code * 16 + digit;
        }
        Ok(code)
    }
}

/// An int64 where the text is one, else a float64; nothing where it is out of range.
pub(super) fn number_of(text: &str) -> Option<Number> {
    if let Ok(int) = text.parse::<i64>() {
        return Some(int.into());
    }
    Number::from_f64(text.parse().ok()?)
}
