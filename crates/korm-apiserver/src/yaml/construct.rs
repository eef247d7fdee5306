//! From the nodes of a document to JSON: aliases followed, mappings merged, keys made texts.

use std::collections::HashSet;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::Document;
use super::scalar::{Scalar, resolve};
use super::tree::{Content, Tree, YamlNode};
use crate::schema::decode::Node;
use crate::schema::go_format;

const MERGE: &str = "tag:yaml.org,2002:merge";

/// Makes JSON of a document.
pub(super) fn construct(tree: &Tree) -> Result<Document, String> {
    let mut constructor = Constructor {
        tree,
        complaints: Vec::new(),
        followed: HashSet::new(),
        visits: 0,
        through_aliases: 0,
        depth: 0,
    };
    let node = match tree.root {
        Some(root) => constructor.node(root)?,
        None => Node::Null,
    };
    Ok(Document {
        node,
        complaints: constructor.complaints,
    })
}

/// What is behind `!!binary`.
pub(super) fn binary(text: &str) -> Result<String, String> {
    let clean: String = text.chars().filter(|c| !matches!(c, '\r' | '\n')).collect();
    let bytes = STANDARD
        .decode(clean)
        .map_err(|_| "yaml: !!binary value contains invalid base64 data".to_owned())?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

struct Constructor<'a> {
    tree: &'a Tree,
    complaints: Vec<String>,
    /// The aliases that lead to where it is.
    followed: HashSet<usize>,
    visits: usize,
    through_aliases: usize,
    depth: usize,
}

type Entries = Vec<(Scalar, Node)>;

impl Constructor<'_> {
    fn node(&mut self, id: usize) -> Result<Node, String> {
        self.count()?;
        let node = &self.tree.nodes[id];
        match &node.content {
            Content::Alias(target, name) => self.follow(id, *target, name, Self::node),
            Content::Scalar { .. } => scalar(node)?.into_node(),
            Content::Sequence(items) => {
                let items: Result<_, _> = items.iter().map(|item| self.node(*item)).collect();
                Ok(Node::Array(items?))
            }
            Content::Mapping(_) => {
                let mut entries = Entries::new();
                self.fill(id, &mut entries)?;
                let named = entries
                    .into_iter()
                    .map(|(key, value)| Ok((key_text(key, &value)?, value)));
                Ok(Node::Object(named.collect::<Result<_, String>>()?))
            }
        }
    }

    /// Few lines can stand for very many nodes; go-yaml's bounds.
    fn count(&mut self) -> Result<(), String> {
        const LOW: usize = 400_000;
        const HIGH: usize = 4_000_000;
        self.visits += 1;
        self.through_aliases += usize::from(!self.followed.is_empty());
        let allowed = match self.visits {
            ..=LOW => 0.99,
            HIGH.. => 0.10,
            visits => 0.99 - 0.89 * ((visits - LOW) as f64 / (HIGH - LOW) as f64),
        };
        let share = self.through_aliases as f64 / self.visits as f64;
        if self.through_aliases > 100 && self.visits > 1000 && share > allowed {
            return Err("yaml: document contains excessive aliasing".to_owned());
        }
        Ok(())
    }

    fn follow<T>(
        &mut self,
        alias: usize,
        target: usize,
        name: &str,
        then: impl FnOnce(&mut Self, usize) -> Result<T, String>,
    ) -> Result<T, String> {
        if !self.followed.insert(alias) {
            return Err(format!("yaml: anchor '{name}' value contains itself"));
        }
        self.depth += 1;
        if self.depth > 100 {
            return Err("yaml: document contains excessive aliasing".to_owned());
        }
        let result = then(self, target);
        self.depth -= 1;
        self.followed.remove(&alias);
        result
    }

    /// Adds the entries of a mapping; where a key is there already, the new value counts.
    fn fill(&mut self, id: usize, entries: &mut Entries) -> Result<(), String> {
        let tree = self.tree;
        let Content::Mapping(pairs) = &tree.nodes[id].content else {
            return Ok(());
        };
        // A merged mapping is a default, but only for what comes after it: as go-yaml has it.
        for (key, value) in pairs {
            let key_node = &tree.nodes[*key];
            if is_merge(key_node) {
                self.merge(*value, entries)?;
                continue;
            }
            let key = self.key(*key)?;
            let value_node = self.node(*value)?;
            match entries.iter_mut().find(|(known, _)| *known == key) {
                Some((_, known)) => {
                    self.complaints.push(format!(
                        "line {}: key {} already set in map",
                        tree.nodes[*value].line,
                        go_syntax(&key)
                    ));
                    *known = value_node;
                }
                None => entries.push((key, value_node)),
            }
        }
        Ok(())
    }

    fn key(&mut self, id: usize) -> Result<Scalar, String> {
        let node = &self.tree.nodes[id];
        match &node.content {
            Content::Alias(target, name) => self.follow(id, *target, name, Self::key),
            Content::Scalar { .. } => {
                self.count()?;
                scalar(node)
            }
            Content::Sequence(_) | Content::Mapping(_) => {
                let shown = go_value(&self.node(id)?);
                Err(format!("yaml: invalid map key: {shown}"))
            }
        }
    }

    fn merge(&mut self, id: usize, entries: &mut Entries) -> Result<(), String> {
        let tree = self.tree;
        let wrong = || "yaml: map merge requires map or sequence of maps as the value".to_owned();
        match &tree.nodes[id].content {
            Content::Mapping(_) => self.fill(id, entries),
            Content::Alias(target, name)
                if matches!(tree.nodes[*target].content, Content::Mapping(_)) =>
            {
                self.follow(id, *target, name, |this, target| this.fill(target, entries))
            }
            // Earlier ones take precedence.
            Content::Sequence(items) => {
                items
                    .iter()
                    .rev()
                    .try_for_each(|item| match tree.nodes[*item].content {
                        Content::Sequence(_) | Content::Scalar { .. } => Err(wrong()),
                        _ => self.merge(*item, entries),
                    })
            }
            _ => Err(wrong()),
        }
    }
}

fn is_merge(node: &YamlNode) -> bool {
    matches!(&node.content, Content::Scalar { text, plain } if text == "<<" && (*plain || node.tag == MERGE))
}

fn scalar(node: &YamlNode) -> Result<Scalar, String> {
    match &node.content {
        Content::Scalar { text, plain } if !plain && node.tag.is_empty() => {
            Ok(Scalar::Text(text.clone()))
        }
        Content::Scalar { text, .. } => resolve(&node.tag, text),
        _ => Ok(Scalar::Null),
    }
}

/// Keys of JSON are texts, whatever they were.
fn key_text(key: Scalar, value: &Node) -> Result<String, String> {
    Ok(match key {
        Scalar::Text(text) => text,
        Scalar::Bool(value) => value.to_string(),
        Scalar::Int(int) => int.to_string(),
        Scalar::Float(float) if float.is_nan() => ".nan".to_owned(),
        Scalar::Float(float) if float.is_infinite() => {
            if float > 0.0 { ".inf" } else { "-.inf" }.to_owned()
        }
        // Written as a float32.
        Scalar::Float(float) => go_format::display(&serde_json::json!(float)),
        Scalar::Null => {
            return Err(format!(
                "unsupported map key of type: %!s(<nil>), key: <nil>, value: {}",
                go_value(value)
            ));
        }
        Scalar::Unsigned(int) => {
            return Err(format!(
                "unsupported map key of type: uint64, key: {int:#x}, value: {}",
                go_value(value)
            ));
        }
    })
}

/// Go's `%#v` of a key.
fn go_syntax(key: &Scalar) -> String {
    match key {
        Scalar::Null => "<nil>".to_owned(),
        Scalar::Bool(value) => value.to_string(),
        Scalar::Int(int) => int.to_string(),
        Scalar::Unsigned(int) => format!("{int:#x}"),
        Scalar::Float(float) => go_format::display(&serde_json::json!(float)),
        Scalar::Text(text) => go_format::quote(text),
    }
}

/// Go's `%#v` of a map or list that YAML had.
fn go_value(node: &Node) -> String {
    match node {
        Node::Null => "interface {}(nil)".to_owned(),
        Node::Bool(value) => value.to_string(),
        Node::Number(_, text) => text.clone(),
        Node::String(text) => go_format::quote(text),
        Node::Array(items) => {
            let items: Vec<String> = items.iter().map(go_value).collect();
            format!("[]interface {{}}{{{}}}", items.join(", "))
        }
        Node::Object(fields) => {
            let mut fields: Vec<String> = fields
                .iter()
                .map(|(key, value)| format!("{}:{}", go_format::quote(key), go_value(value)))
                .collect();
            fields.sort();
            format!("map[interface {{}}]interface {{}}{{{}}}", fields.join(", "))
        }
    }
}
