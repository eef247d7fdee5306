//! What Go source says of a struct's fields: how JSON calls them, pointers, what is left out.

use crate::Error;
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

/// The struct types of one package by name, and the names of all its other types.
#[derive(Default)]
pub(super) struct Package {
    pub(super) structs: BTreeMap<String, Vec<Field>>,
    /// Named types that are no structs, with what they are, for instance `PodPhase` → `string`.
    pub(super) named: BTreeMap<String, String>,
}

/// One field of a Go struct that has a tag.
pub(super) struct Field {
    /// The name in JSON; empty where an embedded struct's fields are the parent's own.
    pub(super) json: String,
    /// The number of the `protobuf` tag; absent for what protobuf does not carry.
    pub(super) number: Option<u32>,
    /// The type as Go prints it, with package names in place of import aliases.
    pub(super) go: String,
    pub(super) omit_empty: bool,
    pub(super) omit_zero: bool,
}

/// Reads every source file of a package that people wrote.
///
/// # Errors
/// When the folder cannot be read.
pub(super) fn read(folder: &Path) -> Result<Package, Error> {
    let mut paths: Vec<_> = fs::read_dir(folder)?
        .map(|entry| entry.map(|e| e.path()))
        .collect::<Result<_, _>>()?;
    paths.sort();
    let own = folder
        .file_name()
        .and_then(|name| name.to_str())
        .unwrap_or_default()
        .to_owned();
    let mut package = Package::default();
    for path in &paths {
        let name = path
            .file_name()
            .and_then(|name| name.to_str())
            .unwrap_or_default();
        let by_hand = name.ends_with(".go")
            && !name.ends_with("_test.go")
            && !name.starts_with("zz_generated")
            && name != "generated.pb.go";
        if by_hand {
            parse(&fs::read_to_string(path)?, &own, &mut package);
        }
    }
    Ok(package)
}

/// gofmt puts one field on one line, and a struct's closing brace at its start.
fn parse(source: &str, own: &str, package: &mut Package) {
    let mut aliases = BTreeMap::new();
    let mut open: Option<(String, Vec<Field>)> = None;
    for line in source.lines() {
        if let Some((name, fields)) = &mut open {
            if line == "}" {
                package
                    .structs
                    .insert(std::mem::take(name), std::mem::take(fields));
                open = None;
            } else if let Some(field) = field(line.trim(), own, &aliases) {
                fields.push(field);
            }
        } else if let Some((alias, path)) = import(line) {
            aliases.insert(alias, path);
        } else if let Some(rest) = line.strip_prefix("type ") {
            match rest.split_once(' ') {
                Some((name, "struct {")) => open = Some((name.to_owned(), Vec::new())),
                Some((name, "struct{}")) => {
                    package.structs.insert(name.to_owned(), Vec::new());
                }
                Some((name, what)) => {
                    package
                        .named
                        .insert(name.to_owned(), what.trim().to_owned());
                }
                None => {}
            }
        }
    }
}

/// `alias "path"` or `"path"` inside an import block: the name in use and the package's own.
fn import(line: &str) -> Option<(String, String)> {
    let line = line
        .strip_prefix('\t')
        .or_else(|| line.strip_prefix("import "))?;
    let (alias, rest) = line.split_once('"')?;
    let path = rest.strip_suffix('"')?;
    let own = path.rsplit('/').next()?.to_owned();
    let alias = alias.trim();
    if alias.contains(char::is_whitespace) {
        return None;
    }
    Some((
        if alias.is_empty() {
            own.clone()
        } else {
            alias.to_owned()
        },
        own,
    ))
}

fn field(line: &str, own: &str, aliases: &BTreeMap<String, String>) -> Option<Field> {
    let (declaration, rest) = line.split_once('`')?;
    if declaration.trim_start().starts_with("//") {
        return None;
    }
    let tags = rest.split('`').next()?;
    let protobuf = tag(tags, "protobuf");
    // Types that marshal themselves have no json tags.
    let json = tag(tags, "json").or(protobuf.map(|_| "-"))?;
    let mut options = json.split(',');
    let json = options.next().unwrap_or_default().to_owned();
    let options: Vec<&str> = options.collect();
    let words: Vec<&str> = declaration.split_whitespace().collect();
    let go = match words.as_slice() {
        [embedded] => embedded,
        [_, go] => go,
        _ => return None,
    };
    let number = protobuf.and_then(|tag| tag.split(',').nth(1)?.parse().ok());
    Some(Field {
        json,
        number,
        go: qualified(go, own, aliases),
        omit_empty: options.contains(&"omitempty"),
        omit_zero: options.contains(&"omitzero"),
    })
}

fn tag<'a>(tags: &'a str, key: &str) -> Option<&'a str> {
    let start = tags.find(&format!("{key}:\""))? + key.len() + 2;
    tags[start..].split('"').next()
}

/// A type as reflection prints it: every named type with the name of its package.
fn qualified(go: &str, own: &str, aliases: &BTreeMap<String, String>) -> String {
    const BASIC: [&str; 9] = [
        "string",
        "bool",
        "byte",
        "int",
        "int32",
        "int64",
        "float64",
        "map",
        "interface{}",
    ];
    let mut out = String::new();
    let mut rest = go;
    while let Some(first) = rest.chars().next() {
        let end = rest
            .find(|c: char| !(c.is_alphanumeric() || c == '_'))
            .unwrap_or(rest.len());
        if end == 0 {
            out.push(first);
            rest = &rest[first.len_utf8()..];
            continue;
        }
        let (word, after) = rest.split_at(end);
        match after.strip_prefix('.') {
            Some(after) => {
                out.push_str(aliases.get(word).map_or(word, String::as_str));
                out.push('.');
                let end = after
                    .find(|c: char| !(c.is_alphanumeric() || c == '_'))
                    .unwrap_or(after.len());
                out.push_str(&after[..end]);
                rest = &after[end..];
            }
            None if word == "byte" => {
                out.push_str("uint8");
                rest = after;
            }
            None => {
                if !BASIC.contains(&word) {
                    out.push_str(own);
                    out.push('.');
                }
                out.push_str(word);
                rest = after;
            }
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_of_a_struct() {
        let source = "import (\n\tmetav1 \"k8s.io/apimachinery/pkg/apis/meta/v1\"\n)\n\
            type Phase string\n\
            type A struct {\n\
            \tmetav1.TypeMeta `json:\"\"`\n\
            \tmetav1.ObjectMeta `json:\"metadata,omitempty\" protobuf:\"bytes,1,opt,name=metadata\"`\n\
            \t// text `json:\"no\"`\n\
            \tB map[Phase][]byte `json:\"b,omitempty\" protobuf:\"bytes,2,rep,name=b\"`\n\
            \tC *metav1.Time `json:\"c,omitzero\" protobuf:\"bytes,3,opt,name=c\"`\n\
            }\n";
        let mut package = Package::default();
        parse(source, "v1", &mut package);
        let fields = &package.structs["A"];
        let seen: Vec<_> = fields
            .iter()
            .map(|f| (f.json.as_str(), f.number, f.go.as_str()))
            .collect();
        assert_eq!(
            seen,
            [
                ("", None, "v1.TypeMeta"),
                ("metadata", Some(1), "v1.ObjectMeta"),
                ("b", Some(2), "map[v1.Phase][]uint8"),
                ("c", Some(3), "*v1.Time"),
            ]
        );
        assert!(fields[2].omit_empty && !fields[2].omit_zero && fields[3].omit_zero);
        assert_eq!(package.named["Phase"], "string");
    }
}
