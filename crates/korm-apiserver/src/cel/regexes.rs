//! Regular expressions as Go reads them (RE2): its classes are of ASCII, and some that it takes are written otherwise here.

use std::iter::Peekable;
use std::str::Chars;

use regex::Regex;

/// More repetitions are none.
const MOST_REPETITIONS: u32 = 1000;

/// The expression, if it is one.
pub(super) fn compiled(pattern: &str) -> Option<Regex> {
    Regex::new(&translated(pattern)?).ok()
}

/// What can be repeated before the next character.
#[derive(Clone, Copy, PartialEq)]
enum Before {
    Anything,
    Repetition,
    /// A repetition that `?` made reluctant.
    Reluctant,
}

fn translated(pattern: &str) -> Option<String> {
    let mut out = String::with_capacity(pattern.len());
    let mut rest = pattern.chars().peekable();
    let mut before = Before::Anything;
    while let Some(next) = rest.next() {
        let mut after = Before::Anything;
        match next {
            '\\' => escaped(&mut rest, &mut out)?,
            '[' => class(&mut rest, &mut out)?,
            '{' => match repetition(&rest) {
                Some(text) => {
                    if before != Before::Anything || text.split(',').any(is_too_often) {
                        return None;
                    }
                    rest.by_ref().take(text.len() + 1).for_each(drop);
                    out.extend(["{", &text, "}"]);
                    after = Before::Repetition;
                }
                None => out.push_str("\\{"),
            },
            '?' if before == Before::Repetition => {
                out.push('?');
                after = Before::Reluctant;
            }
            '*' | '+' | '?' if before != Before::Anything => return None,
            // What follows a parenthesis may be flags or a name.
            '*' | '+' | '?' => {
                out.push(next);
                if !out.ends_with("(?") {
                    after = Before::Repetition;
                }
            }
            _ => out.push(next),
        }
        before = after;
    }
    Some(out)
}

fn is_too_often(times: &str) -> bool {
    !times.is_empty()
        && times
            .parse()
            .is_ok_and(|times: u32| times > MOST_REPETITIONS)
}

/// The text between braces, if it says how often something is repeated.
fn repetition(rest: &Peekable<Chars<'_>>) -> Option<String> {
    let text: String = rest.clone().take_while(|next| *next != '}').collect();
    let is_closed = rest.clone().nth(text.len()) == Some('}');
    let (least, most) = text.split_once(',').unwrap_or((&text, ""));
    let is_number = |text: &str| text.chars().all(|digit| digit.is_ascii_digit());
    (is_closed && !least.is_empty() && is_number(least) && is_number(most)).then_some(text)
}

/// What the letter after a backslash means within a class.
fn letters(shorthand: char) -> Option<&'static str> {
    Some(match shorthand.to_ascii_lowercase() {
        'd' => "0-9",
        's' => "\\t\\n\\x0C\\r\\x20",
        'w' => "0-9A-Za-z_",
        _ => return None,
    })
}

fn escaped(rest: &mut Peekable<Chars<'_>>, out: &mut String) -> Option<()> {
    let next = rest.next()?;
    match (next, letters(next)) {
        (_, Some(letters)) => {
            let not = if next.is_ascii_uppercase() { "^" } else { "" };
            out.extend(["[", not, letters, "]"]);
        }
        ('b', _) => out.push_str("(?-u:\\b)"),
        ('<' | '>', _) => out.push(next),
        ('Q', _) => {
            let text: String = rest.clone().collect();
            let quoted = text.split("\\E").next().unwrap_or(&text);
            let length = quoted.chars().count();
            rest.by_ref().take(length + 2).for_each(drop);
            out.push_str(&regex::escape(quoted));
        }
        _ => out.extend(['\\', next]),
    }
    Some(())
}

fn class(rest: &mut Peekable<Chars<'_>>, out: &mut String) -> Option<()> {
    out.push('[');
    if rest.next_if_eq(&'^').is_some() {
        out.push('^');
    }
    if rest.next_if_eq(&']').is_some() {
        out.push_str("\\]");
    }
    let mut after_shorthand = false;
    loop {
        let next = rest.next()?;
        let mut is_shorthand = false;
        match next {
            ']' => break,
            '[' if rest.peek() == Some(&':') => {
                out.push('[');
                while let Some(name) = rest.next_if(|next| *next != ']') {
                    out.push(name);
                }
                out.push(rest.next()?);
            }
            '\\' => {
                let next = rest.next()?;
                match letters(next) {
                    Some(letters) if next.is_ascii_uppercase() => out.extend(["[^", letters, "]"]),
                    Some(letters) => out.push_str(letters),
                    None => out.extend(['\\', next]),
                }
                is_shorthand = letters(next).is_some();
            }
            '-' if after_shorthand => out.push_str("\\-"),
            '[' | '&' | '~' => out.extend(['\\', next]),
            _ => out.push(next),
        }
        after_shorthand = is_shorthand;
    }
    out.push(']');
    Some(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn matches(pattern: &str, text: &str) -> Option<bool> {
        compiled(pattern).map(|regex| regex.is_match(text))
    }

    /// The answers are those of kube-apiserver 1.37.2.
    #[test]
    fn patterns_are_read_as_go_reads_them() {
        for (pattern, text, is_match) in [
            (r"^\w$", "é", false),
            (r"^\d$", "٣", false),
            (r"\QHello\E", "Hello, World", true),
            (r"^[a[b]+$", "a[b", true),
            (r"^[]ab]+$", "ab]", true),
            (r"^[\w-b]+$", "a-b", true),
            (r"^[a~~b]+$", "a~~b", true),
            (r"[a-z&&[^b]]", "Hello, World", false),
            (r"x{", "x{", true),
            (r"^(?i)hello{1,2}?\W", "HELLO,", true),
            (r"^[[:alpha:]]+$", "abc", true),
            (r"^(?:a|b)*?c\.d$", "abc.d", true),
        ] {
            assert_eq!(matches(pattern, text), Some(is_match), "{pattern}");
        }
        for pattern in ["H{2000}", "a++", "(?=H)", "a**", "[a", "a{1}{2}", "a\\"] {
            assert_eq!(matches(pattern, ""), None, "{pattern}");
        }
    }
}
