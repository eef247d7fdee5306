//! The shortest sequence that still shows a divergence.

use std::time::{Duration, Instant};

use serde_json::Value;

use crate::compare::Divergence;
use crate::judge::Judge;
use crate::step::{Body, Step};

/// Attempts, each of which sends the remaining steps to both servers.
const ATTEMPTS: usize = 160;
/// How long it may take: sequences that wait for controllers are slow.
const PATIENCE: Duration = Duration::from_secs(45);

/// Takes out steps, then parts of bodies, as long as the same divergence stays.
pub(crate) async fn shrink(
    judge: &Judge,
    steps: &[Step],
    divergence: &Divergence,
) -> (Vec<Step>, Divergence) {
    let mut shrinking = Shrinking {
        judge,
        steps: steps.to_vec(),
        divergence: divergence.clone(),
        attempts: 0,
        begin: Instant::now(),
    };
    shrinking.cut_tail().await;
    shrinking.take_out_steps().await;
    shrinking.take_out_members().await;
    (shrinking.steps, shrinking.divergence)
}

struct Shrinking<'a> {
    judge: &'a Judge,
    steps: Vec<Step>,
    divergence: Divergence,
    attempts: usize,
    begin: Instant,
}

impl Shrinking<'_> {
    fn is_over(&self, attempts: usize) -> bool {
        self.attempts >= attempts || self.begin.elapsed() > PATIENCE
    }

    /// Keeps the candidate if it shows the same.
    async fn keep_if_same(&mut self, candidate: Vec<Step>) -> bool {
        self.attempts += 1;
        match self.judge.compare(&candidate).await.divergence {
            Some(found) if found.signature == self.divergence.signature => {
                self.steps = candidate;
                self.divergence = found;
                true
            }
            _ => false,
        }
    }

    async fn cut_tail(&mut self) {
        let Some(last) = self
            .steps
            .iter()
            .position(|step| step.id == self.divergence.step)
        else {
            return;
        };
        let head = self.steps[..=last].to_vec();
        self.keep_if_same(head).await;
    }

    async fn take_out_steps(&mut self) {
        let mut size = (self.steps.len() / 2).max(1);
        loop {
            let mut at = 0;
            while at < self.steps.len() && !self.is_over(ATTEMPTS) {
                let mut candidate = self.steps.clone();
                let end = (at + size).min(candidate.len());
                if candidate[at..end]
                    .iter()
                    .any(|step| step.id == self.divergence.step)
                    && size > 1
                {
                    at += size;
                    continue;
                }
                candidate.drain(at..end);
                if !self.keep_if_same(candidate).await {
                    at += size;
                }
            }
            if size == 1 {
                return;
            }
            size /= 2;
        }
    }

    async fn take_out_members(&mut self) {
        for index in 0..self.steps.len() {
            let Some((_, Body::Json(body))) = &self.steps[index].body else {
                continue;
            };
            let mut pointers = Vec::new();
            list_members(body, "", &mut pointers);
            for pointer in pointers {
                if self.is_over(ATTEMPTS * 2) {
                    return;
                }
                let mut candidate = self.steps.clone();
                let Some((_, Body::Json(body))) = &mut candidate[index].body else {
                    continue;
                };
                if remove(body, &pointer) {
                    self.keep_if_same(candidate).await;
                }
            }
        }
    }
}

/// The pointers of all members and items, outer ones first.
fn list_members(value: &Value, at: &str, pointers: &mut Vec<String>) {
    let children: Vec<(String, &Value)> = match value {
        Value::Object(members) => members
            .iter()
            .map(|(key, member)| {
                (
                    format!("{at}/{}", key.replace('~', "~0").replace('/', "~1")),
                    member,
                )
            })
            .collect(),
        // From the end, so that taking one out moves none that is still to come.
        Value::Array(items) => items
            .iter()
            .enumerate()
            .rev()
            .map(|(index, item)| (format!("{at}/{index}"), item))
            .collect(),
        _ => return,
    };
    pointers.extend(children.iter().map(|(pointer, _)| pointer.clone()));
    for (pointer, child) in children {
        list_members(child, &pointer, pointers);
    }
}

fn remove(value: &mut Value, pointer: &str) -> bool {
    let Some((parent, key)) = pointer.rsplit_once('/') else {
        return false;
    };
    match value.pointer_mut(parent) {
        Some(Value::Object(members)) => members
            .remove(&key.replace("~1", "/").replace("~0", "~"))
            .is_some(),
        Some(Value::Array(items)) => {
            let index = key
                .parse()
                .ok()
                .filter(|index: &usize| *index < items.len());
            index.map(|index| items.remove(index)).is_some()
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn every_member_can_be_taken_out() {
        let whole = json!({"a": {"b/c": [1, 2]}});
        let mut pointers = Vec::new();
        list_members(&whole, "", &mut pointers);
        assert_eq!(pointers, ["/a", "/a/b~1c", "/a/b~1c/1", "/a/b~1c/0"]);
        for pointer in pointers {
            let mut value = whole.clone();
            assert!(remove(&mut value, &pointer), "{pointer}");
            assert_ne!(value, whole);
        }
    }
}
