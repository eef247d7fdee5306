//! Keeping the parser from macros and texts: it tells nothing else of an expression in which a macro is wrong, and reads
//! some in another way than cel-go. So it is given an expression in which the functions that it would take for macros have
//! other names, and texts that are more than their characters stand for themselves.

use std::collections::HashSet;

use kube_cel::cel::common::ast::{Expr, IdedExpr, LiteralValue};

use super::{literals, visit};
use crate::cel::positions::Positions;

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
    /// Where there are other texts, and what they are.
    texts: Vec<(usize, LiteralValue)>,
}

impl Disguised {
    pub(in crate::cel) fn new(source: &str) -> Self {
        let words = words(source);
        let used: HashSet<&str> = words.iter().map(|word| word.text).collect();
        let names = KNOWN.into_iter().filter(|name| used.contains(name));
        let names: Vec<_> = names
            .filter_map(|name| Some((name, other_name(name, &used)?)))
            .collect();
        let mut texts = Vec::new();
        let mut disguised = String::with_capacity(source.len());
        let mut rest = 0;
        for word in words {
            let other = match word.kind {
                Kind::Called => names
                    .iter()
                    .find(|(name, _)| *name == word.text)
                    .map(|(_, other)| other.clone()),
                Kind::Text => literals::value(word.text).map(|value| {
                    let other = other_text(&value, word.text.len());
                    texts.push((word.start, value));
                    other
                }),
                Kind::Other => None,
            };
            if let Some(other) = other {
                disguised.push_str(&source[rest..word.start]);
                disguised.push_str(&other);
                rest = word.start + word.text.len();
            }
        }
        disguised.push_str(&source[rest..]);
        Self {
            source: disguised,
            names,
            texts,
        }
    }

    /// Gives texts their values again.
    pub(super) fn restore_texts(&self, tree: &mut IdedExpr) {
        if self.texts.is_empty() {
            return;
        }
        let positions = Positions::of(&self.source);
        visit(tree, &mut |part| {
            if matches!(part.expr, Expr::Literal(_))
                && let Some(offset) = positions.offset(part.id)
                && let Some((_, value)) = self.texts.iter().find(|(start, _)| *start == offset)
            {
                part.expr = Expr::Literal(value.clone());
            }
        });
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

/// A text as long that stands for itself.
fn other_text(value: &LiteralValue, length: usize) -> String {
    let prefix = match value {
        LiteralValue::Bytes(_) => "b'",
        _ => "'",
    };
    // Both have quotes, and bytes a prefix.
    let width = length.saturating_sub(prefix.len() + 1);
    format!("{prefix}{}'", "x".repeat(width))
}

struct Word<'s> {
    text: &'s str,
    start: usize,
    kind: Kind,
}

enum Kind {
    /// A name with a parenthesis behind it.
    Called,
    /// A text that does not stand for itself, with its prefix and quotes.
    Text,
    Other,
}

/// The words of an expression, and the texts that do not stand for themselves, outside of comments.
fn words(source: &str) -> Vec<Word<'_>> {
    let mut words = Vec::new();
    let mut rest = source;
    while let Some(first) = rest.chars().next() {
        let start = source.len() - rest.len();
        let (length, kind) = match first {
            'A'..='Z' | 'a'..='z' | '_' | '0'..='9' => word(rest),
            '\'' | '"' => (text_length(rest, false), Some(Kind::Text)),
            '`' => (rest[1..].find('`').map_or(rest.len(), |end| end + 2), None),
            '/' if rest.starts_with("//") => (rest.find('\n').unwrap_or(rest.len()), None),
            other => (other.len_utf8(), None),
        };
        let (text, behind) = rest.split_at(length);
        rest = behind;
        let kind = kind.filter(|kind| !matches!(kind, Kind::Text) || !is_plain(text));
        words.extend(kind.map(|kind| Word { text, start, kind }));
    }
    words
}

/// How long the word is that begins here, and what it is.
fn word(rest: &str) -> (usize, Option<Kind>) {
    let (word, behind) = rest.split_at(word_length(rest));
    if behind.starts_with(['\'', '"']) && is_prefix(word) {
        let is_raw = word.contains(['r', 'R']);
        return (word.len() + text_length(behind, is_raw), Some(Kind::Text));
    }
    let kind = match without_blanks(behind).starts_with('(') {
        true => Kind::Called,
        false => Kind::Other,
    };
    (word.len(), Some(kind))
}

/// Whether the parser reads a text as cel-go does.
fn is_plain(text: &str) -> bool {
    let has_prefix = text.starts_with(['r', 'R', 'b', 'B']);
    !has_prefix && !text.contains('\\') && !text.starts_with("'''") && !text.starts_with("\"\"\"")
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
                r"'xxxxxxxxxx' + 'xx' + a00('é')",
            ),
            ("'''all('all(''' + b'a('", "'xxxxxxxxxxxxx' + b'xx'"),
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
