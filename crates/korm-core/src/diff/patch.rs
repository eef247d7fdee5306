//! A JSON Patch.

use serde::{Serialize, Serializer};
use serde_json::Value;

use super::go_json;

/// One operation of a JSON Patch (RFC 6902); paths are JSON pointers.
#[derive(Clone, PartialEq, Serialize)]
#[serde(tag = "op", rename_all = "lowercase")]
pub enum PatchOp {
    /// Fails the whole patch unless this value is here. With null, Kubernetes also accepts absence.
    Test {
        /// Where.
        path: String,
        /// What has to be there.
        value: Value,
    },
    /// Puts a value where there may be none; inserts into a list.
    Add {
        /// Where.
        path: String,
        /// What.
        value: Value,
    },
    /// Puts a value in place of another.
    Replace {
        /// Where.
        path: String,
        /// What.
        value: Value,
    },
    /// Takes a value away.
    Remove {
        /// Where.
        path: String,
    },
}

impl PatchOp {
    /// Where it does something.
    pub fn path(&self) -> &str {
        match self {
            Self::Test { path, .. }
            | Self::Add { path, .. }
            | Self::Replace { path, .. }
            | Self::Remove { path } => path,
        }
    }
}

/// Shows what is done where, not the values, which may be secret.
impl std::fmt::Debug for PatchOp {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let op = match self {
            Self::Test { .. } => "test",
            Self::Add { .. } => "add",
            Self::Replace { .. } => "replace",
            Self::Remove { .. } => "remove",
        };
        write!(f, "{op} {}", self.path())
    }
}

/// A JSON Patch: the tests first, then the changes.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Patch {
    tests: Vec<PatchOp>,
    edits: Vec<PatchOp>,
}

impl Patch {
    /// Whether it changes nothing; then nothing needs to be sent.
    pub fn is_empty(&self) -> bool {
        self.edits.is_empty()
    }

    /// All operations in order.
    pub fn ops(&self) -> impl Iterator<Item = &PatchOp> {
        self.tests.iter().chain(&self.edits)
    }

    /// The body of a PATCH request with `application/json-patch+json`.
    ///
    /// The server compares the value of a `test` with its own encoding of the object, for scalars as
    /// text. So this writes numbers and strings the way Go's `encoding/json` does, `<` as `\u003c`.
    pub fn to_body(&self) -> Vec<u8> {
        go_json::to_vec(self)
    }

    pub(super) fn test(&mut self, path: impl Into<String>, value: Value) {
        let test = PatchOp::Test {
            path: path.into(),
            value,
        };
        if !self.tests.contains(&test) {
            self.tests.push(test);
        }
    }

    /// Puts the uid first, where there is something to guard.
    pub(super) fn guard(&mut self, uid: Option<&str>) {
        if let Some(uid) = uid.filter(|_| !self.is_empty()) {
            let test = PatchOp::Test {
                path: "/metadata/uid".into(),
                value: uid.into(),
            };
            self.tests.insert(0, test);
        }
    }

    pub(super) fn add(&mut self, path: impl Into<String>, value: Value) {
        self.edits.push(PatchOp::Add {
            path: path.into(),
            value,
        });
    }

    pub(super) fn replace(&mut self, path: impl Into<String>, value: Value) {
        self.edits.push(PatchOp::Replace {
            path: path.into(),
            value,
        });
    }

    pub(super) fn remove(&mut self, path: impl Into<String>) {
        self.edits.push(PatchOp::Remove { path: path.into() });
    }
}

impl Serialize for Patch {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.ops())
    }
}
