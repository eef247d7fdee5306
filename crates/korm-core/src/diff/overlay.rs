//! A new value that keeps what the model does not know of the old one.

use serde_json::{Map, Value};

use crate::expr::equal;

/// `now`, with those members of `raw` that are not in `base` because the model does not know them.
pub(super) fn overlay(raw: Option<&Value>, base: Option<&Value>, now: &Value) -> Value {
    match (raw, base, now) {
        // Nothing changed here: exactly what was there.
        (Some(raw), Some(base), now) if equal(base, now) => raw.clone(),
        (Some(Value::Object(raw)), Some(Value::Object(base)), Value::Object(now)) => {
            let mut merged: Map<String, Value> = raw
                .iter()
                .filter(|(k, _)| !base.contains_key(*k))
                .map(own)
                .collect();
            for (key, value) in now {
                let value = overlay(raw.get(key), base.get(key), value);
                merged.insert(key.clone(), value);
            }
            merged.into()
        }
        (Some(Value::Array(raw)), Some(Value::Array(base)), Value::Array(now))
            if raw.len() == base.len() =>
        {
            let pairs = pair(base, now);
            let elements = now.iter().zip(pairs).map(|(now, from)| match from {
                Some(from) => overlay(raw.get(from), base.get(from), now),
                None => now.clone(),
            });
            elements.collect::<Vec<_>>().into()
        }
        _ => now.clone(),
    }
}

fn own((key, value): (&String, &Value)) -> (String, Value) {
    (key.clone(), value.clone())
}

/// Beyond this many comparisons lists are paired by position only.
const MAX_COMPARISONS: usize = 1_000_000;

/// For each new element the old one it came from, in order, so that as many as possible are equal and,
/// of the others, as many as possible have a predecessor that bears no other name.
fn pair(base: &[Value], now: &[Value]) -> Vec<Option<usize>> {
    let alike = |(a, b): &(&Value, &Value)| equal(a, b);
    let prefix = base.iter().zip(now).take_while(alike).count();
    let (base_rest, now_rest) = (&base[prefix..], &now[prefix..]);
    let suffix = base_rest
        .iter()
        .rev()
        .zip(now_rest.iter().rev())
        .take_while(alike)
        .count();
    let base_middle = &base_rest[..base_rest.len() - suffix];
    let now_middle = &now_rest[..now_rest.len() - suffix];

    let middle = if base_middle.len().saturating_mul(now_middle.len()) > MAX_COMPARISONS {
        (0..now_middle.len())
            .map(|j| (j < base_middle.len()).then_some(j))
            .collect()
    } else {
        best_pairs(base_middle, now_middle)
    };
    let mut pairs: Vec<Option<usize>> = (0..prefix).map(Some).collect();
    pairs.extend(middle.into_iter().map(|from| from.map(|i| prefix + i)));
    pairs.extend((base.len() - suffix..base.len()).map(Some));
    pairs
}

/// The pairing with the highest score, by dynamic programming from the end.
fn best_pairs(base: &[Value], now: &[Value]) -> Vec<Option<usize>> {
    let width = now.len() + 1;
    let mut scores = vec![0_usize; (base.len() + 1) * width];
    let score = |i: usize, j: usize| match (&base[i], &now[j]) {
        (a, b) if equal(a, b) => 4,
        (a, b) if named_differently(a, b) => 0,
        _ => 1,
    };
    for i in (0..base.len()).rev() {
        for j in (0..now.len()).rev() {
            let paired = match score(i, j) {
                0 => 0,
                points => points + scores[(i + 1) * width + j + 1],
            };
            let skipped = scores[(i + 1) * width + j].max(scores[i * width + j + 1]);
            scores[i * width + j] = paired.max(skipped);
        }
    }
    let mut pairs = vec![None; now.len()];
    let (mut i, mut j) = (0, 0);
    while i < base.len() && j < now.len() {
        let here = scores[i * width + j];
        let points = score(i, j);
        if points > 0 && here == points + scores[(i + 1) * width + j + 1] {
            pairs[j] = Some(i);
            (i, j) = (i + 1, j + 1);
        } else if here == scores[(i + 1) * width + j] {
            i += 1;
        } else {
            j += 1;
        }
    }
    pairs
}

/// Whether two elements say themselves that they are not the same thing.
fn named_differently(a: &Value, b: &Value) -> bool {
    ["name", "key", "id", "uid", "type"]
        .into_iter()
        .any(|key| match (a.get(key), b.get(key)) {
            (Some(a), Some(b)) => !equal(a, b),
            _ => false,
        })
}
