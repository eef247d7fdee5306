//! Adding and removing one finalizer, whatever happens to the others.

use http::Method;
use korm_core::ObjectKey;
use serde_json::{Value, json};

use super::Objects;
use crate::Result;
use crate::error::Error;

use crate::transport::{Backoff, Repeat, Request};

impl Objects {
    /// Adds a finalizer if it is not there, and gives the object as it is then.
    ///
    /// # Errors
    ///
    /// Those of the requests; [`is_invalid`](crate::Error::is_invalid) if the object is being deleted: it can get no new ones.
    pub async fn add_finalizer(&self, key: &ObjectKey, name: &str) -> Result<Value> {
        self.change_finalizers(key, |finalizers| {
            if !finalizers.iter().any(|there| there == name) {
                finalizers.push(name.to_owned());
            }
        })
        .await
    }

    /// Removes a finalizer if it is there, and gives the object as it was then. If it was the last one of an object that
    /// is being deleted, the object is gone.
    ///
    /// # Errors
    ///
    /// Those of the requests.
    pub async fn remove_finalizer(&self, key: &ObjectKey, name: &str) -> Result<Value> {
        self.change_finalizers(key, |finalizers| finalizers.retain(|there| there != name))
            .await
    }

    /// The patch tests the whole list, so that no finalizer another one adds at the same time is lost.
    #[tracing::instrument(name = "korm.finalizers", level = "debug", skip_all, fields(verb = "finalizers", kind = %self.def.kind, object = %key))]
    async fn change_finalizers(
        &self,
        key: &ObjectKey,
        change: impl Fn(&mut Vec<String>),
    ) -> Result<Value> {
        let objects = self.begun();
        let deadline = objects.cluster.deadline();
        let subject = self.subject("changing the finalizers of", Some(key));
        let mut backoff = Backoff::of_conflict();
        // The object as our change of it would have been, if nobody knows whether it was carried out.
        let mut perhaps: Option<Value> = None;
        loop {
            let object = match (objects.get(key).await, perhaps.take()) {
                (Err(error), Some(changed)) if error.is_not_found() => {
                    return if has_ended(&changed) {
                        Ok(changed)
                    } else {
                        Err(Error::outcome_unknown(
                            subject.action(),
                            "an answer got lost, and the object has been deleted since".to_owned(),
                        ))
                    };
                }
                (object, _) => object?,
            };
            let before = &object["metadata"]["finalizers"];
            let mut finalizers: Vec<String> =
                serde_json::from_value(before.clone()).unwrap_or_default();
            let count = finalizers.len();
            change(&mut finalizers);
            if finalizers.len() == count {
                return Ok(object);
            }
            let patch = json!([
                {"op": "test", "path": "/metadata/uid", "value": object["metadata"]["uid"]},
                {"op": "test", "path": "/metadata/finalizers", "value": before},
                {"op": "add", "path": "/metadata/finalizers", "value": finalizers},
            ]);
            let request = Request::new(Method::PATCH, self.object_path(key)?, Repeat::Guarded);
            let request = self.write(request).body(
                "application/json-patch+json",
                patch.to_string().into_bytes(),
            );
            let answer = objects.send(&request, &subject).await?;
            if answer.is_success() {
                return self.decode(&answer, key);
            }
            let error = objects.refused(&subject, &answer).await;
            if answer.doubtful || error.is_outcome_unknown() {
                perhaps = Some(with_finalizers(object, &finalizers));
            }
            let overtaken = super::save::is_failed_test(&answer)
                || error.is_outcome_unknown()
                || (answer.doubtful && error.is_not_found());
            let wait = backoff.next();
            if !overtaken || wait >= deadline.left() {
                return Err(error);
            }
            tokio::time::sleep(wait).await;
        }
    }
}

fn with_finalizers(mut object: Value, finalizers: &[String]) -> Value {
    if let Some(metadata) = object["metadata"].as_object_mut() {
        metadata.insert("finalizers".to_owned(), json!(finalizers));
    }
    object
}

/// Whether an object is gone as soon as it is like this: it is being deleted, and nothing holds it.
fn has_ended(object: &Value) -> bool {
    let metadata = &object["metadata"];
    metadata["deletionTimestamp"].is_string()
        && metadata["finalizers"].as_array().is_none_or(Vec::is_empty)
}
