//! What the programs were told against what the server did.

use std::collections::BTreeSet;

use serde_json::Value;

use super::actor::{Intent, Refused, Told};
use super::model::{NAMESPACE, Peach};
use super::truth::{Effect, Truth};
use crate::{Cluster, ErrorKind, Outcome};

/// What is wrong with the outcomes of the writes, and with what they did.
pub(super) fn writes(told: &[Told], truth: &Truth) -> Vec<String> {
    let effects = truth.effects();
    let mut wrong = Vec::new();
    for write in told {
        let mine: Vec<&Effect> = effects
            .iter()
            .filter(|effect| effect.write == write.write && is_of(effect, write))
            .collect();
        let mut complain = |what: String| wrong.push(format!("{write}: {what}"));
        let done = match &write.intent {
            // Sent again after somebody deleted what the first attempt made, it is made again; and what was applied and
            // then overwritten by force is applied again.
            Intent::Create { .. } | Intent::Apply(_) => mine.len().min(1),
            _ => mine.len(),
        };
        let all = match &write.intent {
            Intent::Set(set) => endpoints(set),
            _ => 1,
        };
        match &write.answer {
            // That an object is gone is what a deletion wants, whoever did it.
            Ok(()) if matches!(write.intent, Intent::Delete) && done <= 1 => {}
            Ok(()) if done == all => {}
            Err(refused) if refused.outcome == Outcome::Rejected && done == refused.written => {}
            Err(refused) if refused.outcome == Outcome::Unknown => {
                if !(refused.written..=all).contains(&done) {
                    complain(format!("{done} changes of at most {all}"));
                }
                if !write.faulty {
                    complain("nothing went wrong, and yet nobody knows".to_owned());
                }
            }
            _ => complain(format!("{done} changes instead of {all}")),
        }
        for effect in &mine {
            if let Some(what) = not_meant(write, effect) {
                complain(what);
            }
        }
        if let Err(refused) = &write.answer
            && let Some(what) = unfounded(write, refused, &effects)
        {
            complain(what);
        }
    }
    wrong
}

fn is_of(effect: &Effect, write: &Told) -> bool {
    match &write.intent {
        Intent::Create {
            name,
            made_up: true,
        } => effect.name.starts_with(name),
        _ => effect.name == write.object,
    }
}

fn endpoints(set: &[(String, String)]) -> usize {
    let status = |(pointer, _): &&(String, String)| pointer.starts_with("/status");
    let statuses = set.iter().filter(status).count();
    usize::from(statuses > 0) + usize::from(statuses < set.len())
}

/// How a change differs from what its program meant.
fn not_meant(write: &Told, effect: &Effect) -> Option<String> {
    let (before, after) = (effect.before.as_ref(), effect.after.as_ref());
    let at = |object: Option<&Value>, pointer: &str| {
        object.and_then(|object| object.pointer(pointer)).cloned()
    };
    let mut meant: BTreeSet<String> = BTreeSet::new();
    match &write.intent {
        Intent::Create { .. } => {
            return (before.is_some()
                || at(after, "/spec/variety") != Some(write.write.as_str().into()))
            .then(|| "another object was created".to_owned());
        }
        Intent::Delete | Intent::Release => {
            return after.is_some().then(|| "it was changed".to_owned());
        }
        Intent::Increment => {
            let price = |object| at(object, "/spec/price").and_then(|price| price.as_i64());
            if price(before).map(|price| price + 1) != price(after) {
                return Some("an increment was lost".to_owned());
            }
            meant.insert("/spec/price".to_owned());
        }
        Intent::Set(set) => {
            for (pointer, value) in set {
                let now = at(after, pointer);
                // Of several endpoints, one change has its part.
                if now != at(before, pointer) && now != Some(value.as_str().into()) {
                    return Some(format!("{pointer} became {now:?}"));
                }
                meant.insert(pointer.clone());
            }
        }
        Intent::Apply(value) => {
            if at(after, "/metadata/annotations/memo") != Some(value.as_str().into()) {
                return Some("something else was applied".to_owned());
            }
            meant.insert("/metadata/annotations/memo".to_owned());
        }
    }
    let mut changed = BTreeSet::new();
    for part in [
        "/spec",
        "/status",
        "/metadata/annotations",
        "/metadata/labels",
    ] {
        differences(part, at(before, part), at(after, part), &mut changed);
    }
    let lost: Vec<_> = changed.difference(&meant).cloned().collect();
    (!lost.is_empty()).then(|| format!("{} changed too", lost.join(", ")))
}

/// The members of two objects that differ.
fn differences(at: &str, before: Option<Value>, after: Option<Value>, into: &mut BTreeSet<String>) {
    let members = |value: &Option<Value>| -> Vec<(String, Value)> {
        let object = value.as_ref().and_then(Value::as_object);
        let members = object.into_iter().flatten();
        members
            .map(|(key, value)| (format!("{at}/{key}"), value.clone()))
            .collect()
    };
    let (before, after) = (members(&before), members(&after));
    for (key, value) in before.iter().chain(&after) {
        let has = |members: &[(String, Value)]| {
            members
                .iter()
                .any(|(other, there)| other == key && there == value)
        };
        if !(has(&before) && has(&after)) {
            into.insert(key.clone());
        }
    }
}

/// A refusal that nobody else gave any reason for.
fn unfounded(write: &Told, refused: &Refused, effects: &[Effect]) -> Option<String> {
    let others = |since: usize| {
        effects
            .iter()
            .skip(since)
            .filter(|effect| effect.name == write.object && effect.write != write.write)
    };
    let founded = match (refused.kind, &write.intent) {
        (ErrorKind::Conflict, Intent::Set(set)) => others(write.known_at).any(|effect| {
            let at = |object: &Option<Value>, pointer: &str| {
                object
                    .as_ref()
                    .and_then(|object| object.pointer(pointer).cloned())
            };
            set.iter()
                .any(|(pointer, _)| at(&effect.before, pointer) != at(&effect.after, pointer))
        }),
        (ErrorKind::Conflict, Intent::Increment) => false,
        (ErrorKind::Conflict, _) => others(write.known_at).next().is_some(),
        (ErrorKind::ApplyConflict, Intent::Apply(_)) => others(0).any(|effect| {
            effect
                .after
                .as_ref()
                .is_some_and(|after| after.pointer("/metadata/annotations/memo").is_some())
        }),
        (ErrorKind::AlreadyExists, Intent::Create { .. }) => {
            others(0).any(|effect| effect.before.is_none())
        }
        (ErrorKind::NotFound, Intent::Increment | Intent::Apply(_)) => true,
        // What was there to be applied to has been deleted, and a part cannot be created.
        (ErrorKind::Invalid, Intent::Apply(_)) => {
            others(write.known_at).any(|effect| effect.after.is_none())
        }
        (ErrorKind::NotFound, _) => others(write.known_at).any(|effect| effect.after.is_none()),
        // The server was busy for longer than the call could wait, or could not be asked.
        (
            ErrorKind::Throttled
            | ErrorKind::OutcomeUnknown
            | ErrorKind::DeadlineExceeded
            | ErrorKind::Unreachable
            | ErrorKind::Rejected
            | ErrorKind::Undecodable,
            _,
        ) => write.faulty,
        _ => false,
    };
    (!founded).then(|| "there is no reason for that".to_owned())
}

/// Whether the server has what its changes say, by another way of asking.
pub(super) async fn stored(cluster: &Cluster, truth: &Truth) -> Vec<String> {
    let found = cluster
        .query::<Peach>()
        .in_namespace(NAMESPACE)
        .all()
        .await
        .unwrap();
    let versions = |name: &str, version: Option<&str>| format!("{name}@{}", version.unwrap_or(""));
    let listed: Vec<_> = found
        .iter()
        .map(|peach| versions(&peach.meta.name, peach.meta.resource_version.as_deref()))
        .collect();
    let expected: Vec<_> = truth
        .objects()
        .iter()
        .map(|(name, object)| versions(name, object["metadata"]["resourceVersion"].as_str()))
        .collect();
    if listed == expected {
        Vec::new()
    } else {
        vec![format!(
            "the server has {listed:?}, its changes say {expected:?}"
        )]
    }
}
