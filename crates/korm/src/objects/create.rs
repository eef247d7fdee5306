//! Creating, such that a lost answer neither makes a second object nor a conflict with oneself.

use http::Method;
use korm_core::ObjectKey;
use rand::Rng;
use serde_json::Value;
use tokio::time::Instant;

use super::Objects;
use super::saved::Written;
use crate::Result;
use crate::error::Error;
use crate::transport::{Answer, JSON, Repeat, Request};

/// How many made-up names are tried, as the server does.
const MOST_NAMES: usize = 8;

impl Objects {
    /// Creates an object and gives it as stored.
    ///
    /// With `generateName` instead of a name, the name is made up here in the way the server does, because a create
    /// with a name cannot happen twice: so it may be repeated when its answer gets lost.
    ///
    /// When an answer got lost and the object turns out to exist, it is taken for ours if it was created since the first
    /// attempt, by our field manager, and holds everything that was sent. When it does not exist, it is created again: that
    /// somebody has deleted it within these moments, which nobody could tell, is the one way to a second object.
    pub(super) async fn create_main(&self, mut object: Value) -> Result<Written> {
        let prefix = made_up(&object);
        let mut names_left = MOST_NAMES;
        loop {
            if let Some(prefix) = &prefix {
                object["metadata"]["name"] = random_name(prefix).into();
            }
            names_left -= 1;
            match self.create_named(&object).await {
                Err(error) if error.is_already_exists() && prefix.is_some() && names_left > 0 => {}
                result => return result,
            }
        }
    }

    async fn create_named(&self, object: &Value) -> Result<Written> {
        let key = ObjectKey::of(object);
        let subject = self.subject("creating", Some(&key));
        let body = serde_json::to_vec(object).map_err(|error| {
            Error::usage(
                format!("{} has no form in JSON: {error}", subject.action()),
                None,
            )
        })?;
        let request = Request::new(Method::POST, self.home_path(&key)?, Repeat::Guarded);
        let request = self.write(request).body(JSON, body);
        let started = Instant::now();
        let error = match self.send(&request, &subject).await {
            Ok(answer) if answer.is_success() => {
                let body = answer.body;
                return Ok(Written::Text { key, body });
            }
            Ok(answer) => {
                let error = self.refused(&subject, &answer).await;
                if !answer.doubtful || !(error.is_already_exists() || error.is_outcome_unknown()) {
                    return Err(error);
                }
                error
            }
            // No answer ever came: perhaps the object itself says what became of it.
            Err(error) if error.is_outcome_unknown() => error,
            Err(error) => return Err(error),
        };
        match self.whose_work(&key, object, started).await {
            Whose::Ours(ours) => Ok(Written::Value(ours)),
            // It was there before we began, so nothing of ours can have happened.
            Whose::Others => Err(Error::already_exists(self.object_ref(&key))),
            Whose::Unclear if error.is_outcome_unknown() => Err(error),
            Whose::Unclear => Err(Error::outcome_unknown(
                subject.action(),
                "an answer got lost, and an object of that name is there, which somebody has changed or deleted since"
                    .to_owned(),
            )),
        }
    }

    /// Whether the stored object is what one of our attempts since `started` created.
    async fn whose_work(&self, key: &ObjectKey, sent: &Value, started: Instant) -> Whose {
        let subject = self.subject("reading", Some(key));
        let Ok(path) = self.object_path(key) else {
            return Whose::Unclear;
        };
        let answer = match self.send(&Request::get(path), &subject).await {
            Ok(answer) if answer.is_success() => answer,
            _ => return Whose::Unclear,
        };
        let Ok(whole) = serde_json::from_slice::<Value>(&answer.body) else {
            return Whose::Unclear;
        };
        let by_us = whole["metadata"]["managedFields"]
            .as_array()
            .is_none_or(|entries| {
                entries
                    .iter()
                    .any(|entry| entry["manager"] == *self.cluster.settings.field_manager)
            });
        if !created_since(&whole, &answer, started) {
            return Whose::Others;
        }
        match self.decode(&answer, key) {
            Ok(object) if by_us && contains(&whole, sent) => Whose::Ours(object),
            // Ours, and changed by others since; or another's, in place of ours or not.
            _ => Whose::Unclear,
        }
    }
}

/// Who created an object.
enum Whose {
    Ours(Value),
    Others,
    Unclear,
}

/// Whether the object in the answer may have been created since then.
fn created_since(object: &Value, answer: &Answer, started: Instant) -> bool {
    let created = object["metadata"]["creationTimestamp"].as_str();
    let created = created.and_then(|text| text.parse::<jiff::Timestamp>().ok());
    let now = answer.date().unwrap_or_else(jiff::Timestamp::now);
    // Both stamps of the server are in whole seconds.
    let window = started.elapsed() + std::time::Duration::from_secs(2);
    match (created, now.checked_sub(window)) {
        (Some(created), Ok(since)) => created >= since,
        _ => false,
    }
}

/// Whether everything of `part` is in `whole`; the server may have added to objects.
fn contains(whole: &Value, part: &Value) -> bool {
    match (whole, part) {
        (Value::Object(whole), Value::Object(part)) => {
            part.iter().all(|(key, value)| match whole.get(key) {
                Some(stored) => contains(stored, value),
                None => is_empty(value),
            })
        }
        (Value::Array(whole), Value::Array(part)) => {
            whole.len() == part.len()
                && whole
                    .iter()
                    .zip(part)
                    .all(|(whole, part)| contains(whole, part))
        }
        (whole, part) => whole == part,
    }
}

/// What a server may leave out.
fn is_empty(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::Object(map) => map.is_empty(),
        Value::Array(list) => list.is_empty(),
        _ => false,
    }
}

/// The prefix, if the object has one in place of a name.
fn made_up(object: &Value) -> Option<String> {
    let metadata = object.get("metadata")?;
    if metadata["name"]
        .as_str()
        .is_some_and(|name| !name.is_empty())
    {
        return None;
    }
    metadata["generateName"]
        .as_str()
        .filter(|prefix| !prefix.is_empty())
        .map(str::to_owned)
}

/// As apiserver's `names.SimpleNameGenerator`: at most 63 characters, the last five of them random, without vowels.
fn random_name(prefix: &str) -> String {
    const LETTERS: &[u8] = b"bcdfghjklmnpqrstvwxz2456789";
    const RANDOM: usize = 5;
    const MOST: usize = 63 - RANDOM;
    let mut name: String = prefix.chars().take(MOST).collect();
    for _ in 0..RANDOM {
        let at = crate::chance::draw(|rng| rng.random_range(0..LETTERS.len()));
        name.push(char::from(LETTERS[at]));
    }
    name
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn made_up_names_look_like_the_servers() {
        let name = random_name("peach-");
        assert!(name.starts_with("peach-") && name.len() == 11, "{name}");
        assert_eq!(random_name(&"x".repeat(200)).len(), 63);
        assert_eq!(
            made_up(&json!({"metadata": {"generateName": "a-"}})),
            Some("a-".to_owned())
        );
        assert_eq!(
            made_up(&json!({"metadata": {"generateName": "a-", "name": "b"}})),
            None
        );
        assert_eq!(made_up(&json!({"metadata": {}})), None);
    }

    #[test]
    fn defaults_of_the_server_do_not_make_it_another_object() {
        let whole =
            json!({"spec": {"a": 1, "b": 2, "list": [{"x": 1, "y": 2}]}, "metadata": {"uid": "u"}});
        assert!(contains(
            &whole,
            &json!({"spec": {"a": 1, "list": [{"x": 1}]}, "status": {}})
        ));
        assert!(!contains(&whole, &json!({"spec": {"a": 2}})));
        assert!(!contains(&whole, &json!({"spec": {"list": []}})));
    }
}
