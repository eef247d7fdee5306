//! Keeping the parser from macros: it tells nothing else of an expression in which one is wrong, and reads some in another
//! way than cel-go. So it is given an expression in which the functions that it would take for macros have other names.

use std::collections::HashSet;

/// The macros that the parser knows, and what it takes for one.
const KNOWN: [&str; 7] = [
    "has",
    "all",
    "exists",
    "exists_one",
    "existsOne",
    "map",
    "filter",
];

/// An expression in which no function is called like a macro of the parser. All is where it was before.
#[derive(Debug)]
pub(in crate::cel) struct Disguised {
    pub(in crate::cel) source: String,
    /// What each macro is called instead.
    names: Vec<(&'static str, String)>,
}

impl Disguised {
    pub(in crate::cel) fn new(source: &str) -> Self {
        let words = words(source);
        let used: HashSet<&str> = words.iter().map(|word| word.text).collect();
        let names = KNOWN.into_iter().filter(|name| used.contains(name));
        let names: Vec<_> = names
            .filter_map(|name| Some((name, other_name(name, &used)?)))
            .collect();
        let mut disguised = String::with_capacity(source.len());
        let mut rest = 0;
        for word in words.iter().filter(|word| word.is_called) {
            if let Some((_, other)) = names.iter().find(|(name, _)| *name == word.text) {
                disguised.push_str(&source[rest..word.start]);
                disguised.push_str(other);
                rest = word.start + word.text.len();
            }
        }
        disguised.push_str(&source[rest..]);
        Self {
            source: disguised,
            names,
        }
    }

    /// Gives a function its own name again, which may begin with a dot.
    pub(super) fn restore(&self, function: &mut String) {
        let (dot, name) = match function.strip_prefix('.') {
            Some(name) => (".", name),
            None => ("", function.as_str()),
        };
        if let Some((own, _)) = self.names.iter().find(|(_, other)| other == name) {
            *function = format!("{dot}{own}");
        }
    }
}

/// A name as long that is not used. There are a hundred at least: whoever uses all of them gets the parser's macro.
fn other_name(name: &str, used: &HashSet<&str>) -> Option<String> {
    let (first, rest) = name.split_at(1);
    let width = rest.len();
    let mut others = (0..100).map(|number| format!("{first}{number:0width$}"));
    others.find(|other| !used.contains(other.as_str()))
}

/// A name or a keyword.
struct Word<'s> {
    text: &'s str,
    start: usize,
    /// There is a parenthesis behind it.
    is_called: bool,
}

/// The words of an expression, outside of texts and comments.
fn words(source: &str) -> Vec<Word<'_>> {
    let mut words = Vec::new();
    let mut rest = source;
    while let Some(first) = rest.chars().next() {
        let length = match first {
            'A'..='Z' | 'a'..='z' | '_' | '0'..='9' => {
                let word = &rest[..word_length(rest)];
                let behind = &rest[word.len()..];
                match behind.chars().next() {
                    Some('\'' | '"') if is_prefix(word) => {
                        let is_raw = word.contains(['r', 'R']);
                        word.len() + text_length(behind, is_raw)
                    }
                    _ => {
                        words.push(Word {
                            text: word,
                            start: source.len() - rest.len(),
                            is_called: without_blanks(behind).starts_with('('),
                        });
                        word.len()
                    }
                }
            }
            '\'' | '"' => text_length(rest, false),
            '`' => rest[1..].find('`').map_or(rest.len(), |end| end + 2),
            '/' if rest.starts_with("//") => rest.find('\n').unwrap_or(rest.len()),
            other => other.len_utf8(),
        };
        rest = &rest[length..];
    }
    words
}

fn word_length(text: &str) -> usize {
    let is_other = |c: char| c != '_' && !c.is_ascii_alphanumeric();
    text.find(is_other).unwrap_or(text.len())
}

/// Whether this is what a text may begin with: that it is raw, or bytes.
fn is_prefix(word: &str) -> bool {
    matches!(word.to_ascii_lowercase().as_str(), "r" | "b" | "br")
}

/// How long the text is that begins here, with its quotes.
fn text_length(text: &str, is_raw: bool) -> usize {
    let quote = match text.get(..3) {
        Some(three @ ("'''" | "\"\"\"")) => three,
        _ => &text[..1],
    };
    let mut at = quote.len();
    while let Some(next) = text[at..].chars().next() {
        if text[at..].starts_with(quote) {
            return at + quote.len();
        }
        at += next.len_utf8();
        if next == '\\' && !is_raw {
            at += text[at..].chars().next().map_or(0, char::len_utf8);
        }
    }
    text.len()
}

/// What is behind blanks and comments.
fn without_blanks(text: &str) -> &str {
    let mut text = text.trim_start();
    while text.starts_with("//") {
        let end = text.find('\n').unwrap_or(text.len());
        text = text[end..].trim_start();
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_functions_are_disguised() {
        for (source, disguised) in [
            ("a.map(x, map)", "a.m00(x, map)"),
            ("has (a.has)", "h00 (a.has)"),
            ("m00.all // all(\n (", "m00.a00 // all(\n ("),
            ("m00.map(m01, 1)", "m00.m02(m01, 1)"),
            (
                r"'all(\'all(' + r'\' + all('é')",
                r"'all(\'all(' + r'\' + a00('é')",
            ),
            ("'''all('all(''' + b'all('", "'''all('all(''' + b'all('"),
            ("a.`all(`.all(", "a.`all(`.a00("),
            ("1.exists_one(", "1.e000000000("),
            ("'all(", "'all("),
        ] {
            assert_eq!(Disguised::new(source).source, disguised);
        }
    }

    #[test]
    fn functions_get_their_names_again() {
        let disguised = Disguised::new("map(1) + .all(2)");
        for (function, own) in [("m00", "map"), (".a00", ".all"), ("m01", "m01")] {
            let mut function = function.to_owned();
            disguised.restore(&mut function);
            assert_eq!(function, own);
        }
    }
}
