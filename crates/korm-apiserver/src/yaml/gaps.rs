//! Two places where the parser panics instead of giving the fault that go-yaml finds there: an escape that the end of
//! the text cuts off, and a comma right after a tag in a list or mapping within brackets. Both are told by parsing what
//! comes before, with a letter in place of the gap that leads to the same fault.

use super::tree::first_document;

const UNKNOWN_ESCAPE: &str = "found unknown escape character";
const UNFINISHED_TAG: &str = "did not find expected whitespace or line break";
/// So many things that look like a tag before a comma are tried; texts with more of them are no objects.
const MOST: usize = 64;

/// The fault at the first of these places, if there is one.
pub(super) fn fault(text: &[u8]) -> Option<String> {
    for end in tags_before_commas(text).take(MOST) {
        // A quote is no letter of a tag.
        let fault = first_document(&[&text[..end], b"\""].concat()).err();
        if let Some(fault) = fault.filter(|fault| fault.ends_with(UNFINISHED_TAG)) {
            return Some(fault);
        }
    }
    if !text.ends_with(b"\\") {
        return None;
    }
    let fault = first_document(&[text, b"."].concat()).err();
    fault.filter(|fault| fault.ends_with(UNKNOWN_ESCAPE))
}

/// Where something ends that may be a tag, with a comma behind it.
fn tags_before_commas(text: &[u8]) -> impl Iterator<Item = usize> + '_ {
    let is_letter =
        |byte: u8| byte.is_ascii_alphanumeric() || b"-_;/?:@&=+$.!~*'()%<>[]#{}^|".contains(&byte);
    let commas = text.iter().enumerate().filter(|(_, byte)| **byte == b',');
    commas.map(|(at, _)| at).filter(move |at| {
        let word = text[..*at]
            .iter()
            .rev()
            .take_while(|byte| is_letter(**byte));
        word.copied().any(|byte| byte == b'!')
    })
}
