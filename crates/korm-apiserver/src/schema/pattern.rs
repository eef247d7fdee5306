//! Go's regular expressions (RE2 syntax) brought to the regex crate.
//!
//! Both are the same language but for corners: Go's `\d`, `\w`, `\s` and `\b` mean ASCII, and a few
//! characters have no meaning in its classes that have one in the regex crate's.

use regex::Regex;

/// Compiles a Go pattern. The error is Go's where this knows its wording, else of the same form.
pub(crate) fn compile(pattern: &str) -> Result<Regex, String> {
    if let Some(fault) = go_fault(pattern) {
        return Err(format!("error parsing regexp: {fault}"));
    }
    Regex::new(&translate(pattern))
        .map_err(|_| format!("error parsing regexp: invalid regular expression: `{pattern}`"))
}

/// Faults that are common enough to be told in Go's words.
fn go_fault(pattern: &str) -> Option<String> {
    let mut depth = 0_usize;
    let mut chars = pattern.char_indices().peekable();
    let mut repeatable = false;
    let mut repeated_at: Option<usize> = None;
    while let Some((at, c)) = chars.next() {
        let was_repeated = repeated_at.take();
        match c {
            '\\' => match chars.next() {
                None => return Some("trailing backslash at end of expression: ``".to_owned()),
                Some((_, next)) => {
                    if next.is_ascii_alphabetic() && !"ApPabBcCdDsSwWzQEtnrfvx".contains(next) {
                        return Some(format!("invalid escape sequence: `\\{next}`"));
                    }
                    repeatable = true;
                }
            },
            '[' => {
                match skip_class(pattern, &mut chars) {
                    Class::Good => {}
                    Class::Open => {
                        return Some(format!("missing closing ]: `{}`", &pattern[at..]));
                    }
                    Class::BadRange(range) => {
                        return Some(format!("invalid character class range: `{range}`"));
                    }
                }
                repeatable = true;
            }
            '(' => {
                depth += 1;
                repeatable = false;
                let rest = &pattern[at..];
                for look in ["(?=", "(?!", "(?<=", "(?<!"] {
                    if rest.starts_with(look) {
                        let shown = if look.len() == 4 { "(?<" } else { look };
                        return Some(format!("invalid or unsupported Perl syntax: `{shown}`"));
                    }
                }
                if rest.starts_with("(?") {
                    // A flag group; its question mark is no repetition.
                    chars.next();
                }
            }
            ')' => {
                if depth == 0 {
                    return Some(format!("unexpected ): `{pattern}`"));
                }
                depth -= 1;
                repeatable = true;
            }
            '*' | '+' | '?' => {
                if !repeatable && was_repeated.is_none() {
                    return Some(format!("missing argument to repetition operator: `{c}`"));
                }
                if let Some(start) = was_repeated {
                    let lazy = c == '?' && pattern[start..at].len() == 1;
                    if !lazy {
                        let shown = &pattern[start..=at];
                        return Some(format!("invalid nested repetition operator: `{shown}`"));
                    }
                } else {
                    repeated_at = Some(at);
                }
            }
            '{' => {
                let rest = &pattern[at + 1..];
                if let Some((low, high)) = repetition(rest) {
                    let too_many = low > MAX_REPEAT || high.is_some_and(|high| high > MAX_REPEAT);
                    if too_many || high.is_some_and(|high| low > high) {
                        let end = rest.find('}').unwrap_or(0);
                        let shown = &pattern[at..=at + 1 + end];
                        return Some(format!("invalid repeat count: `{shown}`"));
                    }
                }
                repeatable = true;
            }
            '|' => repeatable = false,
            '^' | '$' => repeatable = true,
            _ => repeatable = true,
        }
    }
    (depth > 0).then(|| format!("missing closing ): `{pattern}`"))
}

/// Go repeats no more than this often.
const MAX_REPEAT: u64 = 1000;

/// What is found of a class.
enum Class {
    Good,
    /// It does not end.
    Open,
    /// A range that ends before it begins.
    BadRange(String),
}

fn skip_class(pattern: &str, chars: &mut std::iter::Peekable<std::str::CharIndices<'_>>) -> Class {
    let mut start: Option<char> = None;
    let mut bad = None;
    if chars.peek().is_some_and(|(_, c)| *c == '^') {
        chars.next();
    }
    let mut first = true;
    while let Some((at, c)) = chars.next() {
        let before = start.take();
        match c {
            ']' if !first => return bad.map_or(Class::Good, Class::BadRange),
            '\\' => {
                chars.next();
            }
            '-' if before.is_some() => {
                let end = pattern[at + 1..].chars().next();
                if let (Some(low), Some(high)) = (before, end)
                    && high != ']'
                    && high != '\\'
                    && low > high
                {
                    bad.get_or_insert(format!("{low}-{high}"));
                }
            }
            '[' if chars.peek().is_some_and(|(_, c)| *c == ':') => {
                let mut last = ' ';
                for (_, c) in chars.by_ref() {
                    if c == ']' && last == ':' {
                        break;
                    }
                    last = c;
                }
            }
            c => start = Some(c),
        }
        first = false;
    }
    Class::Open
}

fn translate(pattern: &str) -> String {
    let mut out = String::with_capacity(pattern.len() + 16);
    let mut chars = pattern.chars().peekable();
    let mut in_class = false;
    let mut class_start = false;
    while let Some(c) = chars.next() {
        let at_start = std::mem::take(&mut class_start);
        match c {
            '\\' => {
                let Some(next) = chars.next() else { break };
                if next == 'Q' && !in_class {
                    quoted(&mut chars, &mut out);
                } else {
                    escape(next, in_class, &mut out);
                }
            }
            '[' if !in_class => {
                in_class = true;
                class_start = true;
                out.push('[');
                if chars.peek() == Some(&'^') {
                    chars.next();
                    out.push('^');
                }
            }
            '[' if chars.peek() == Some(&':') => out.push('['),
            '[' => out.push_str("\\["),
            ']' if in_class && at_start => out.push_str("\\]"),
            ']' if in_class => {
                // The end of `[:alpha:]` is not the end of the class.
                in_class = out.ends_with(':')
                    && out
                        .rfind("[:")
                        .is_some_and(|open| !out[open..].contains(']'));
                out.push(']');
            }
            '&' | '~' if in_class => {
                out.push('\\');
                out.push(c);
            }
            '-' if in_class && chars.peek() == Some(&'-') => out.push_str("\\-"),
            '{' if !in_class && repetition(&chars.clone().collect::<String>()).is_none() => {
                out.push_str("\\{");
            }
            c => out.push(c),
        }
    }
    out
}

fn quoted(chars: &mut std::iter::Peekable<std::str::Chars<'_>>, out: &mut String) {
    while let Some(c) = chars.next() {
        if c == '\\' && chars.peek() == Some(&'E') {
            chars.next();
            return;
        }
        out.push_str(&regex::escape(&c.to_string()));
    }
}

fn escape(next: char, in_class: bool, out: &mut String) {
    let ascii = match (next, in_class) {
        ('d', false) => "[0-9]",
        ('D', _) => "[^0-9]",
        ('w', false) => "[0-9A-Za-z_]",
        ('W', _) => "[^0-9A-Za-z_]",
        ('s', false) => r"[\t\n\x0C\r ]",
        ('S', _) => r"[^\t\n\x0C\r ]",
        ('d', true) => "0-9",
        ('w', true) => "0-9A-Za-z_",
        ('s', true) => r"\t\n\x0C\r ",
        ('b', false) => r"(?-u:\b)",
        ('<' | '>', _) => {
            out.push(next);
            return;
        }
        (c, _) if c.is_ascii_punctuation() => {
            out.push('\\');
            out.push(c);
            return;
        }
        _ => {
            out.push('\\');
            out.push(next);
            return;
        }
    };
    out.push_str(ascii);
}

/// The bounds of a repetition where what follows `{` makes it one: `2}`, `2,}`, `2,3}`.
fn repetition(rest: &str) -> Option<(u64, Option<u64>)> {
    let (inside, _) = rest.split_once('}')?;
    let number = |text: &str| {
        let digits = !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
        digits.then(|| text.parse().unwrap_or(u64::MAX))
    };
    match inside.split_once(',') {
        None => number(inside).map(|count| (count, Some(count))),
        Some((low, "")) => number(low).map(|low| (low, None)),
        Some((low, high)) => Some((number(low)?, Some(number(high)?))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_match(pattern: &str, text: &str) -> bool {
        compile(pattern).unwrap().is_match(text)
    }

    #[test]
    fn classes_are_ascii() {
        assert!(is_match(r"^\d+$", "12"));
        assert!(!is_match(r"^\d+$", "١"));
        assert!(!is_match(r"^[\w-]+$", "é"));
        assert!(is_match(r"^[\w.-]+$", "a_b-c.d"));
        assert!(is_match(r"^[^\s]+$", "ab"));
        assert!(is_match(r"\bfoo\b", "a foo b"));
    }

    #[test]
    fn corners_of_the_syntax() {
        assert!(is_match(r"^[[:alpha:]]+$", "abc"));
        assert!(is_match(r"^[[]$", "["));
        assert!(is_match(r"^[]a]+$", "]a"));
        assert!(is_match(r"^[a&&b]+$", "a&b"));
        assert!(is_match(r"^a{$", "a{"));
        assert!(is_match(r"^a{2}$", "aa"));
        assert!(is_match(r"^\_\-\/$", "_-/"));
        assert!(is_match(r"^\Qa.b\E$", "a.b"));
        assert!(is_match(r"^a+?$", "aa"));
        assert!(is_match("^(?i)abc$", "ABC"));
    }

    #[test]
    fn faults_are_gos() {
        let fault = |pattern| compile(pattern).unwrap_err();
        assert_eq!(fault("[a"), "error parsing regexp: missing closing ]: `[a`");
        assert_eq!(
            fault("[b-a]"),
            "error parsing regexp: invalid character class range: `b-a`"
        );
        assert_eq!(
            fault("a{2,1}"),
            "error parsing regexp: invalid repeat count: `{2,1}`"
        );
        assert_eq!(fault("(a"), "error parsing regexp: missing closing ): `(a`");
        assert_eq!(fault("a)"), "error parsing regexp: unexpected ): `a)`");
        assert_eq!(
            fault("*a"),
            "error parsing regexp: missing argument to repetition operator: `*`"
        );
        assert_eq!(
            fault("a**"),
            "error parsing regexp: invalid nested repetition operator: `**`"
        );
        assert_eq!(
            fault("(?=a)"),
            "error parsing regexp: invalid or unsupported Perl syntax: `(?=`"
        );
        assert_eq!(
            fault("\\y"),
            "error parsing regexp: invalid escape sequence: `\\y`"
        );
    }
}
