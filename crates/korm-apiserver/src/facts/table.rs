//! Lines of `name<TAB>json`, sorted by name: the form of the recorded data.

/// The JSON of the line called `name`, by bisection.
pub(super) fn lookup(table: &'static str, name: &str) -> Option<&'static str> {
    let mut rest = table;
    while !rest.is_empty() {
        let middle = floor_char_boundary(rest, rest.len() / 2);
        let start = rest[..middle].rfind('\n').map_or(0, |newline| newline + 1);
        let end = rest[start..]
            .find('\n')
            .map_or(rest.len(), |newline| start + newline);
        let (key, json) = rest[start..end].split_once('\t')?;
        match name.cmp(key) {
            std::cmp::Ordering::Equal => return Some(json),
            std::cmp::Ordering::Less => rest = &rest[..start],
            std::cmp::Ordering::Greater => rest = rest.get(end + 1..)?,
        }
    }
    None
}

/// Names are ASCII, but a default may hold anything.
fn floor_char_boundary(text: &str, mut index: usize) -> usize {
    while !text.is_char_boundary(index) {
        index -= 1;
    }
    index
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_is_found_and_nothing_else() {
        let table = "a\t1\nb.c\t{\"ü\":2}\nb.d\t3\nz\t4\n";
        assert_eq!(lookup(table, "a"), Some("1"));
        assert_eq!(lookup(table, "b.c"), Some("{\"ü\":2}"));
        assert_eq!(lookup(table, "b.d"), Some("3"));
        assert_eq!(lookup(table, "z"), Some("4"));
        for absent in ["", "0", "b", "b.cc", "zz"] {
            assert_eq!(lookup(table, absent), None);
        }
    }
}
