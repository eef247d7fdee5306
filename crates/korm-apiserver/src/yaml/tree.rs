//! From text to the nodes of a document, with the faults that go-yaml finds on the way.

use std::borrow::Cow;
use std::collections::HashMap;

use super::gaps;
use libyaml_safer::{Error, ErrorKind, EventData, Mark, Parser, ScalarStyle};

/// Deeper documents would take more stack than a thread has. (go-yaml stops at 10,000.)
const MAX_DEPTH: usize = 500;

/// A document.
#[derive(Debug, Default)]
pub(super) struct Tree {
    pub(super) nodes: Vec<YamlNode>,
    /// The topmost node; an empty text has none.
    pub(super) root: Option<usize>,
}

/// One node of it.
#[derive(Debug)]
pub(super) struct YamlNode {
    /// Counted from 1.
    pub(super) line: u64,
    pub(super) tag: String,
    pub(super) content: Content,
}

#[derive(Debug)]
pub(super) enum Content {
    Scalar {
        text: String,
        /// Written without quotes.
        plain: bool,
    },
    Sequence(Vec<usize>),
    /// Keys and values.
    Mapping(Vec<(usize, usize)>),
    /// A node that was named before, with its name.
    Alias(usize, String),
}

/// The first document of a text.
pub(super) fn parse(text: &[u8]) -> Result<Tree, String> {
    match gaps::fault(text) {
        Some(fault) => Err(fault),
        None => first_document(text),
    }
}

pub(super) fn first_document(text: &[u8]) -> Result<Tree, String> {
    // The parser takes it that a block of text ends with a line's end.
    let has_blocks = text.iter().any(|byte| matches!(byte, b'|' | b'>'));
    let unended = text.is_empty() || has_blocks && !text.ends_with(b"\n");
    let ended: Cow<'_, [u8]> = if unended {
        [text, b"\n"].concat().into()
    } else {
        text.into()
    };
    let mut input = &*ended;
    let mut parser = Parser::new();
    parser.set_input_string(&mut input);
    let mut builder = Builder {
        parser,
        tree: Tree::default(),
        anchors: HashMap::new(),
        added_at: unended.then_some(text.len()),
    };
    builder.document()?;
    Ok(builder.tree)
}

struct Builder<'r, 'b> {
    parser: Parser<&'b mut &'r [u8]>,
    tree: Tree,
    anchors: HashMap<String, usize>,
    /// Where an end of line was added that the text does not have.
    added_at: Option<usize>,
}

/// A collection that has not ended yet, with the nodes in it so far.
struct Open {
    id: usize,
    children: Vec<usize>,
}

/// Where an event begins, and what it is.
type Next = (Mark, EventData);

impl Builder<'_, '_> {
    fn next(&mut self) -> Result<Next, String> {
        let added = self.added_at.map(|at| at as u64);
        let event = self.parser.parse();
        let mut event = event.map_err(|error| message(&error, added))?;
        if let EventData::Scalar {
            value,
            style: ScalarStyle::Literal | ScalarStyle::Folded,
            ..
        } = &mut event.data
            && added.is_some_and(|at| event.end_mark.index > at)
            && value.ends_with('\n')
        {
            value.pop();
        }
        Ok((event.start_mark, event.data))
    }

    fn document(&mut self) -> Result<(), String> {
        self.next()?; // The beginning of the stream.
        let EventData::DocumentStart { .. } = self.next()?.1 else {
            return Ok(());
        };
        // Documents are deep where attackers write them: no call per level.
        let mut open: Vec<Open> = Vec::new();
        loop {
            let (mark, event) = self.next()?;
            let done = match event {
                EventData::SequenceEnd | EventData::MappingEnd => self.close(open.pop()),
                event => {
                    let (id, is_collection) = self.node(mark, event)?;
                    if is_collection {
                        open.push(Open {
                            id,
                            children: Vec::new(),
                        });
                        if open.len() > MAX_DEPTH {
                            return Err(format!("exceeded max depth of {MAX_DEPTH}"));
                        }
                        continue;
                    }
                    Some(id)
                }
            };
            match (done, open.last_mut()) {
                (Some(id), Some(above)) => above.children.push(id),
                (done, _) => {
                    self.tree.root = done;
                    break;
                }
            }
        }
        self.next()?; // The end of the document.
        Ok(())
    }

    /// Gives a collection that has ended what is in it.
    fn close(&mut self, open: Option<Open>) -> Option<usize> {
        let Open { id, children } = open?;
        self.tree.nodes[id].content = match self.tree.nodes[id].content {
            Content::Mapping(_) => Content::Mapping(
                children
                    .chunks_exact(2)
                    .map(|pair| (pair[0], pair[1]))
                    .collect(),
            ),
            _ => Content::Sequence(children),
        };
        Some(id)
    }

    /// Adds a node; what is in a collection comes later.
    fn node(&mut self, mark: Mark, event: EventData) -> Result<(usize, bool), String> {
        let (content, tag, anchor) = match event {
            EventData::Alias { anchor } => {
                let known = self.anchors.get(&anchor).copied();
                let target =
                    known.ok_or_else(|| format!("unknown anchor '{anchor}' referenced"))?;
                (Content::Alias(target, anchor), None, None)
            }
            EventData::Scalar {
                anchor,
                tag,
                value,
                plain_implicit,
                ..
            } => {
                let plain = plain_implicit;
                (Content::Scalar { text: value, plain }, tag, anchor)
            }
            EventData::SequenceStart { anchor, tag, .. } => {
                (Content::Sequence(Vec::new()), tag, anchor)
            }
            EventData::MappingStart { anchor, tag, .. } => {
                (Content::Mapping(Vec::new()), tag, anchor)
            }
            // The parser gives nothing else where a node is due.
            other => return Err(format!("attempted to parse unknown event: {other:?}")),
        };
        let is_collection = matches!(content, Content::Sequence(_) | Content::Mapping(_));
        let id = self.tree.nodes.len();
        self.tree.nodes.push(YamlNode {
            line: mark.line + 1,
            tag: tag.unwrap_or_default(),
            content,
        });
        // Known before what is in it, so that it can be told when it contains itself.
        if let Some(anchor) = anchor {
            self.anchors.insert(anchor, id);
        }
        Ok((id, is_collection))
    }
}

/// go-yaml's words for a fault: it does not tell the first line, and counts the lines of the scanner and of the parser
/// differently.
fn message(error: &Error, added: Option<u64>) -> String {
    let line = |mark: Option<Mark>| match mark {
        // The added end of a line begins none.
        Some(mark) if added.is_some_and(|at| mark.index > at) => mark.line.saturating_sub(1),
        Some(mark) => mark.line,
        None => 0,
    };
    let shown = match line(error.problem_mark()) {
        0 => line(error.context_mark()),
        line if error.kind() == ErrorKind::Scanner => line + 1,
        line => line,
    };
    let place = match shown {
        0 => String::new(),
        line => format!("line {line}: "),
    };
    format!("{place}{}", error.problem())
}
