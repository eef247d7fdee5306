//! Server-side apply: saying what fields should be, and owning them.

use http::Method;
use korm_core::ObjectKey;
use serde_json::{Map, Value, json};

use super::Objects;
use super::saved::{Endpoint, Saved, Stored};
use crate::Result;
use crate::error::Error;
use crate::transport::{Repeat, Request};

impl Objects {
    /// Applies an object, which may be a part of one: what it says is set and owned by the handle's field manager; what
    /// that manager applied before and is missing now is removed. Creates the object if it is not there.
    ///
    /// Status fields are applied to the status subresource in a second request, where the kind has one.
    ///
    /// See [server-side apply](https://kubernetes.io/docs/reference/using-api/server-side-apply/) (KEP-555).
    ///
    /// # Errors
    ///
    /// [`is_apply_conflict`](crate::Error::is_apply_conflict) if another manager owns one of the fields with another
    /// value and `force` is not set.
    #[tracing::instrument(name = "korm.apply", level = "debug", skip_all, fields(verb = "apply", kind = %self.def.kind, object = %ObjectKey::of(&object)))]
    pub async fn apply(&self, object: Value, force: bool) -> Result<Stored> {
        let mut main = object;
        // Other than a create, an apply has to say what it is of.
        self.name_kind(&mut main);
        let status = match main.as_object_mut() {
            Some(main) if self.def.status_subresource => main.remove("status"),
            _ => None,
        };
        let mut saved = Saved {
            endpoints: vec![Endpoint::Object],
            ..Saved::default()
        };
        let this = self.begun();
        let mut newest = this.apply_to(&main, "", force, &mut saved).await?;
        let status = status.filter(|status| !status.as_object().is_none_or(Map::is_empty));
        if let Some(status) = status
            && !(self.cluster.settings.dry_run && saved.created)
        {
            let part = json!({
                "apiVersion": main["apiVersion"],
                "kind": main["kind"],
                "metadata": {"name": main["metadata"]["name"], "namespace": main["metadata"]["namespace"]},
                "status": status,
            });
            let key = ObjectKey::of(&main);
            let part = without_nulls(part);
            newest = match this.apply_to(&part, "/status", force, &mut saved).await {
                Ok(object) => {
                    saved.endpoints.push(Endpoint::Status);
                    object
                }
                Err(error) if this.lacks_subresource(&key, &error).await? => {
                    // The CRD is not ours, and in it the status is a part of the object like any other.
                    main["status"] = status;
                    this.apply_to(&main, "", force, &mut saved).await?
                }
                Err(error) => return Err(error.after_writing(&saved.endpoints)),
            };
        }
        Ok(Stored {
            object: newest,
            saved,
        })
    }

    async fn apply_to(
        &self,
        object: &Value,
        subresource: &str,
        force: bool,
        saved: &mut Saved,
    ) -> Result<Value> {
        let key = ObjectKey::of(object);
        let subject = self.subject("applying", Some(&key));
        let path = format!("{}{subresource}", self.object_path(&key)?);
        // Applying the same again changes nothing, so it may be repeated.
        let mut request = self.write(Request::new(Method::PATCH, path, Repeat::Guarded));
        if force {
            request = request.param("force", "true");
        }
        // JSON is YAML.
        let request = request.body(
            "application/apply-patch+yaml",
            object.to_string().into_bytes(),
        );
        let answer = self.send(&request, &subject).await?;
        if !answer.is_success() {
            let error = subject.refused(&answer);
            let error = if subresource.is_empty() {
                self.explained(error).await
            } else {
                // That a kind has no such subresource is for the caller to find out.
                error
            };
            if answer.doubtful && !error.is_outcome_unknown() {
                // It may have been applied before another manager took the fields over, or the object was deleted.
                let first = error
                    .to_string()
                    .lines()
                    .next()
                    .unwrap_or_default()
                    .to_owned();
                return Err(Error::outcome_unknown(
                    subject.action(),
                    format!("an answer got lost, and now {first}"),
                ));
            }
            return Err(error);
        }
        saved.created |= answer.status == http::StatusCode::CREATED;
        self.decode(&answer, &key)
    }
}

fn without_nulls(mut object: Value) -> Value {
    if let Some(metadata) = object["metadata"].as_object_mut() {
        metadata.retain(|_, value| !value.is_null());
    }
    object
}
