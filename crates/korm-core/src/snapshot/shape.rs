//! What objects of one list have in common.
//!
//! Two objects of a kind mostly have the same members in the same order, and many of the same values. So the text of one
//! is kept for all of them, and of the others only what is different: of two timestamps or names the few bytes in the
//! middle.

use std::sync::Arc;

/// Longer texts are kept for themselves: an object that is kept keeps its shape's text too.
pub(crate) const LONGEST: usize = 16 << 10;

/// The text of one object, for others like it.
pub(crate) struct Shape {
    /// Which members there are and in which order; equal for objects whose texts differ in their values only.
    trace: Box<[u16]>,
    text: Box<[u8]>,
    /// Where in the text the values are, in their order.
    values: Box<[(u32, u32)]>,
    /// Which of the values are uid and resourceVersion.
    pub(super) uid: Option<usize>,
    pub(super) resource_version: Option<usize>,
}

/// How a value is not the shape's.
#[derive(Clone, Copy)]
enum Difference<'d> {
    Same,
    Whole(&'d [u8]),
    /// So many bytes of the beginning and the end are the same.
    Middle(usize, usize, &'d [u8]),
}

const SAME: u8 = 0;
const WHOLE: u8 = 1;
const MIDDLE: u8 = 2;

/// Writing down where the middle is takes this many bytes more.
const COST_OF_MIDDLE: usize = 2;

impl Shape {
    /// `None` where the text is too long to be kept for others.
    pub(crate) fn new(
        trace: &[u16],
        text: &[u8],
        values: impl IntoIterator<Item = std::ops::Range<usize>>,
        uid: Option<usize>,
        resource_version: Option<usize>,
    ) -> Option<Self> {
        if text.len() > LONGEST {
            return None;
        }
        let place = |at: usize| u32::try_from(at).ok();
        let values = values
            .into_iter()
            .map(|value| Some((place(value.start)?, place(value.end)?)));
        Some(Self {
            trace: trace.into(),
            text: text.into(),
            values: values.collect::<Option<_>>()?,
            uid,
            resource_version,
        })
    }

    fn value(&self, index: usize) -> &[u8] {
        let range = self.values.get(index);
        range.map_or(&[], |(start, end)| {
            &self.text[*start as usize..*end as usize]
        })
    }

    /// What makes an object with these values another one than the shape's, appended to `out`. Nothing is appended for
    /// the same object.
    pub(crate) fn compare<'v>(&self, values: impl Iterator<Item = &'v [u8]>, out: &mut Vec<u8>) {
        let mut length = out.len();
        for (index, value) in values.enumerate() {
            let known = self.value(index);
            if known == value {
                out.push(SAME);
                continue;
            }
            let prefix = common(known.iter().zip(value));
            let rest = known.len().min(value.len()) - prefix;
            let suffix = common(known.iter().rev().zip(value.iter().rev()).take(rest));
            // Those two are asked for as texts, so they stay in one piece.
            let whole = self.uid == Some(index) || self.resource_version == Some(index);
            if whole || prefix + suffix <= COST_OF_MIDDLE {
                out.push(WHOLE);
                push_number(out, value.len());
                out.extend_from_slice(value);
            } else {
                let middle = &value[prefix..value.len() - suffix];
                out.push(MIDDLE);
                push_number(out, prefix);
                push_number(out, suffix);
                push_number(out, middle.len());
                out.extend_from_slice(middle);
            }
            length = out.len();
        }
        out.truncate(length);
    }

    /// The text of the object with these differences.
    pub(super) fn text(&self, differences: &[u8]) -> Vec<u8> {
        let mut text = Vec::with_capacity(self.text.len() + differences.len());
        let mut copied = 0;
        let mut differences = Differences(differences);
        for (index, (start, end)) in self.values.iter().enumerate() {
            let (start, end) = (*start as usize, *end as usize);
            text.extend_from_slice(&self.text[copied..start]);
            let known = self.value(index);
            match differences.take() {
                Difference::Same => text.extend_from_slice(known),
                Difference::Whole(value) => text.extend_from_slice(value),
                Difference::Middle(prefix, suffix, middle) => {
                    text.extend_from_slice(&known[..prefix]);
                    text.extend_from_slice(middle);
                    text.extend_from_slice(&known[known.len() - suffix..]);
                }
            }
            copied = end;
        }
        text.extend_from_slice(&self.text[copied..]);
        text
    }

    /// One of the values that stay in one piece.
    pub(super) fn whole<'d>(&'d self, differences: &'d [u8], index: usize) -> &'d [u8] {
        let mut differences = Differences(differences);
        for _ in 0..index {
            differences.take();
        }
        match differences.take() {
            Difference::Whole(value) => value,
            Difference::Same | Difference::Middle(..) => self.value(index),
        }
    }
}

fn common<'v>(pairs: impl Iterator<Item = (&'v u8, &'v u8)>) -> usize {
    pairs.take_while(|(one, other)| one == other).count()
}

/// Seven bits in each byte, the lowest first; all but the last have the eighth.
fn push_number(out: &mut Vec<u8>, mut number: usize) {
    while number >= 0x80 {
        out.push(number as u8 | 0x80);
        number >>= 7;
    }
    out.push(number as u8);
}

/// What [`Shape::compare`] wrote, value by value.
struct Differences<'d>(&'d [u8]);

impl<'d> Differences<'d> {
    /// That of the next value. After the last one that differs nothing was written.
    fn take(&mut self) -> Difference<'d> {
        match self.byte() {
            WHOLE => {
                let length = self.number();
                Difference::Whole(self.bytes(length))
            }
            MIDDLE => {
                let (prefix, suffix, length) = (self.number(), self.number(), self.number());
                Difference::Middle(prefix, suffix, self.bytes(length))
            }
            _ => Difference::Same,
        }
    }

    fn byte(&mut self) -> u8 {
        let Some((first, rest)) = self.0.split_first() else {
            return 0;
        };
        self.0 = rest;
        *first
    }

    fn number(&mut self) -> usize {
        let (mut number, mut shift) = (0, 0);
        loop {
            let byte = usize::from(self.byte());
            number |= (byte & 0x7f) << shift;
            shift += 7;
            // No length has more bits than there are.
            if byte < 0x80 || shift >= usize::BITS {
                return number;
            }
        }
    }

    fn bytes(&mut self, length: usize) -> &'d [u8] {
        let (bytes, rest) = self.0.split_at(length.min(self.0.len()));
        self.0 = rest;
        bytes
    }
}

/// The shapes that objects had lately.
#[derive(Default)]
pub(crate) struct Shapes {
    known: Vec<Arc<Shape>>,
    last: usize,
}

/// Objects of one kind come in a few shapes: with status and without, being deleted, owned.
const MOST: usize = 8;

impl Shapes {
    /// The shape of objects with these members.
    pub(crate) fn find(&mut self, trace: &[u16]) -> Option<&Arc<Shape>> {
        let like = |shape: &Arc<Shape>| *shape.trace == *trace;
        if !self.known.get(self.last).is_some_and(like) {
            self.last = self.known.iter().position(like)?;
        }
        self.known.get(self.last)
    }

    /// Remembers one more, in the place of the oldest one if there are too many.
    pub(crate) fn add(&mut self, shape: Shape) -> Arc<Shape> {
        let shape = Arc::new(shape);
        if self.known.len() == MOST {
            self.known.remove(0);
        }
        self.last = self.known.len();
        self.known.push(shape.clone());
        shape
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn shape(values: &[Vec<u8>], uid: Option<usize>) -> Shape {
        let mut text = b"<".to_vec();
        let mut ranges = Vec::new();
        for value in values {
            let start = text.len();
            text.extend_from_slice(value);
            ranges.push(start..text.len());
            text.push(b';');
        }
        Shape::new(&[], &text, ranges, uid, None).unwrap()
    }

    fn text(values: &[Vec<u8>]) -> Vec<u8> {
        let mut text = b"<".to_vec();
        for value in values {
            text.extend_from_slice(value);
            text.push(b';');
        }
        text
    }

    fn values() -> impl Strategy<Value = Vec<Vec<u8>>> {
        // Few letters, so that beginnings and ends agree; some long ones, so that numbers have several bytes.
        let value = prop_oneof!["[ab]{0,6}", "a{0,300}b?a{0,300}"].prop_map(String::into_bytes);
        prop::collection::vec(value, 4)
    }

    proptest! {
        #[test]
        fn every_object_comes_back(one in values(), other in values(), uid in prop::option::of(0_usize..4)) {
            let shape = shape(&one, uid);
            let mut differences = Vec::new();
            shape.compare(other.iter().map(Vec::as_slice), &mut differences);
            prop_assert_eq!(shape.text(&differences), text(&other));
            if let Some(uid) = uid {
                prop_assert_eq!(shape.whole(&differences, uid), &other[uid]);
            }
            prop_assert_eq!(differences.is_empty(), one == other);
        }
    }

    #[test]
    fn what_is_the_same_takes_no_room() {
        let of = |name: &str| {
            [
                b"\"2026-01-02T03:04:05Z\"".to_vec(),
                name.as_bytes().to_vec(),
                b"1".to_vec(),
            ]
        };
        let shape = shape(&of("\"peach-000001\""), None);
        let mut differences = Vec::new();
        shape.compare(
            of("\"peach-000002\"").iter().map(Vec::as_slice),
            &mut differences,
        );
        assert_eq!(differences, [SAME, MIDDLE, 12, 1, 1, b'2']);
    }

    #[test]
    fn the_oldest_shape_is_forgotten() {
        let mut shapes = Shapes::default();
        for trace in 0..=MOST as u16 {
            assert!(shapes.find(&[trace]).is_none());
            shapes.add(Shape::new(&[trace], b"", [], None, None).unwrap());
            assert!(shapes.find(&[trace]).is_some());
        }
        assert!(shapes.find(&[0]).is_none());
        assert!(shapes.find(&[1]).is_some());
        assert!(Shape::new(&[], &vec![0; LONGEST + 1], [], None, None).is_none());
    }
}
