//! Sequences that are written from beginning to end, so that steps can refer to certain earlier ones.

use http::Method;
use serde_json::json;

use crate::plan::kinds::Kind;
use crate::plan::metadata::NAMES;
use crate::step::{Body, Step, Then};

/// A sequence in the making, which begins with its namespace.
#[derive(Debug)]
pub(crate) struct Script {
    steps: Vec<Step>,
}

impl Script {
    pub(crate) fn new() -> Self {
        Self {
            steps: vec![
                Step::new(Method::POST, "namespaces", "/api/v1/namespaces")
                    .json(json!({"metadata": {"name": "@{ns}"}})),
            ],
        }
    }

    /// The number that the next step gets.
    pub(crate) fn next(&self) -> usize {
        self.steps.len()
    }

    /// The steps so far.
    pub(crate) fn so_far(&self) -> &[Step] {
        &self.steps
    }

    /// Adds a step; gives its number.
    pub(crate) fn add(&mut self, mut step: Step) -> usize {
        step.id = self.steps.len();
        self.steps.push(step);
        self.steps.len() - 1
    }

    /// Adds a read that is repeated until both servers have come to rest in the same state.
    pub(crate) fn agree(&mut self, resource: &str, path: impl Into<String>) {
        let mut step = Step::new(Method::GET, resource, path);
        step.then = Then::Agree;
        self.add(step);
    }

    /// The number of the last such read, or of the first step if there is none.
    pub(crate) fn last_agreed(&self) -> usize {
        let mut latest_first = self.steps.iter().rev();
        latest_first
            .find(|step| step.then == Then::Agree)
            .map_or(0, |step| step.id)
    }

    /// The same for all objects of the sequence's that are of a kind.
    pub(crate) fn agree_on(&mut self, kind: &Kind) {
        let path = if kind.namespaced {
            kind.collection()
        } else {
            format!("{}?labelSelector=seq%3D@{{ns}}", kind.collection())
        };
        self.agree(&kind.plural, path);
    }

    /// Placeholders for the names of the objects that were made with finalizers, and under another name than the usual
    /// ones: a generated one, or a long one.
    pub(crate) fn held_by_another_name(&self, plural: &str) -> Vec<String> {
        let made = self.steps.iter().filter(|step| {
            let Some((_, Body::Json(body))) = &step.body else {
                return false;
            };
            let metadata = &body["metadata"];
            let name = metadata["name"].as_str().unwrap_or_default();
            let usual = NAMES.contains(&name.trim_start_matches("@{ns}-"));
            step.method == Method::POST
                && step.resource == plural
                && metadata["finalizers"].is_array()
                && !usual
        });
        made.map(|step| format!("@{{name:{}}}", step.id)).collect()
    }

    pub(crate) fn steps(self) -> Vec<Step> {
        self.steps
    }
}
