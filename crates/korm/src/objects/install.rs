//! Bringing a kind into the cluster: its CustomResourceDefinition.

use std::time::Duration;

use http::Method;
use korm_core::crd;
use korm_core::{ModelDef, ObjectKey};
use serde_json::{Value, json};

use super::Objects;
use crate::Result;
use crate::error::{Error, Subject};
use crate::transport::{Answer, Backoff, Deadline, JSON, Repeat, Request};

const PATH: &str = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions";

/// What an installation did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Installed {
    /// The CRD was created.
    Created,
    /// The CRD was there and has been changed to what the model says.
    Updated,
    /// The CRD was there and fits the model.
    Unchanged,
}

impl Objects {
    /// Creates the kind's CustomResourceDefinition, or brings one that is there up to the model, and waits until objects
    /// of the kind can be read and written.
    ///
    /// A native kind is there already: then only that is checked.
    ///
    /// # Errors
    ///
    /// [`is_bad_model`](Error::is_bad_model) if the model contradicts itself, or if changing the CRD in the cluster to it
    /// could make stored objects invalid: the error names each such difference. And those of the requests.
    #[tracing::instrument(name = "korm.install", level = "debug", skip_all, fields(verb = "install", kind = %self.def.kind))]
    pub async fn install(&self) -> Result<Installed> {
        let deadline = self.cluster.deadline();
        let def = self.definition();
        def.check().map_err(Error::from)?;
        let done = if def.native {
            Installed::Unchanged
        } else {
            self.install_crd(deadline).await?
        };
        if !self.cluster.settings.dry_run {
            self.until_served(deadline).await?;
        }
        Ok(done)
    }

    async fn install_crd(&self, deadline: Deadline) -> Result<Installed> {
        let wanted = crd::build(self.definition());
        let installer = Crd::new(self, deadline);
        let mut backoff = Backoff::of_conflict();
        loop {
            let done = match installer.read().await? {
                None => installer
                    .create(&wanted)
                    .await?
                    .then_some(Installed::Created),
                Some(there) => self.bring_up(&installer, &there, &wanted).await?,
            };
            if let Some(done) = done {
                if !self.cluster.settings.dry_run {
                    installer.until_established().await?;
                }
                return Ok(done);
            }
            // Somebody else did something at the same time: look again.
            tokio::time::sleep(backoff.next().min(deadline.left())).await;
        }
    }

    /// Changes an installed CRD as far as the model needs it. Nothing if somebody else changed it meanwhile.
    async fn bring_up(
        &self,
        installer: &Crd<'_>,
        there: &Value,
        wanted: &Value,
    ) -> Result<Option<Installed>> {
        let comparison = crd::compare(there, wanted);
        if !comparison.needs_update() {
            return Ok(Some(Installed::Unchanged));
        }
        let breaking: Vec<_> = comparison.breaking().map(ToString::to_string).collect();
        if !breaking.is_empty() {
            return Err(incompatible(self.definition(), breaking));
        }
        let merged = crd::merge(there, wanted);
        Ok(installer
            .update(there, &merged["spec"])
            .await?
            .then_some(Installed::Updated))
    }

    /// Established says that the kind is going to be served; each server begins with it at its own time.
    async fn until_served(&self, deadline: Deadline) -> Result<()> {
        let subject = self.subject("listing", None);
        let request = Request::get(self.def.collection_path(None)).param("limit", "1");
        let mut backoff = poll();
        loop {
            let answer = self
                .cluster
                .transport
                .send(&request, deadline, &subject)
                .await?;
            // Whether we may list is not the question here.
            if answer.is_success() || answer.status == http::StatusCode::FORBIDDEN {
                return Ok(());
            }
            let error = subject.refused(&answer);
            let wait = backoff.next();
            if !error.is_not_installed() || self.def.native || wait >= deadline.left() {
                return Err(self.explained(error).await);
            }
            tokio::time::sleep(wait).await;
        }
    }
}

fn poll() -> Backoff {
    Backoff::new(Duration::from_millis(10), Duration::from_millis(500))
}

fn incompatible(def: &ModelDef, faults: Vec<String>) -> Error {
    Error::bad_model(
        &def.kind,
        faults,
        Some(format!(
            "the CustomResourceDefinition {} in the cluster differs; change the model, or migrate the CRD",
            def.crd_name()
        )),
    )
}

/// The CustomResourceDefinition of a kind.
struct Crd<'a> {
    objects: &'a Objects,
    /// A description of the kind CustomResourceDefinition, for messages.
    def: ModelDef,
    key: ObjectKey,
    deadline: Deadline,
}

impl<'a> Crd<'a> {
    fn new(objects: &'a Objects, deadline: Deadline) -> Self {
        let def = ModelDef::new(
            "apiextensions.k8s.io",
            "v1",
            "CustomResourceDefinition",
            "customresourcedefinitions",
        );
        let key = ObjectKey::cluster(objects.def.crd_name());
        Self {
            objects,
            def: def.native().cluster_scoped(),
            key,
            deadline,
        }
    }

    fn subject(&self, verb: &'static str) -> Subject<'_> {
        Subject {
            def: &self.def,
            object: Some(crate::ObjectRef::new(
                &self.def.kind,
                None::<String>,
                &self.key.name,
            )),
            verb,
            address: self.objects.cluster.address(),
        }
    }

    async fn send(&self, request: Request, verb: &'static str) -> Result<Answer> {
        self.objects
            .cluster
            .transport
            .send(&request, self.deadline, &self.subject(verb))
            .await
    }

    async fn read(&self) -> Result<Option<Value>> {
        let answer = self
            .send(Request::get(format!("{PATH}/{}", self.key.name)), "reading")
            .await?;
        if answer.is_success() {
            return self.objects.decode(&answer, &self.key).map(Some);
        }
        let error = self.subject("reading").refused(&answer);
        if error.is_not_found() {
            Ok(None)
        } else {
            Err(error)
        }
    }

    /// Whether it could be created; not if somebody was faster.
    async fn create(&self, wanted: &Value) -> Result<bool> {
        let request = Request::new(Method::POST, PATH, Repeat::Guarded);
        let request = self
            .objects
            .write(request)
            .body(JSON, wanted.to_string().into_bytes());
        let answer = self.send(request, "creating").await?;
        if answer.is_success() {
            return Ok(true);
        }
        let error = self.subject("creating").refused(&answer);
        if error.is_already_exists() {
            Ok(false)
        } else {
            Err(error)
        }
    }

    /// Whether it could be changed; not if somebody else changed it meanwhile.
    async fn update(&self, there: &Value, spec: &Value) -> Result<bool> {
        let patch = json!({
            "metadata": {"resourceVersion": there["metadata"]["resourceVersion"]},
            "spec": spec,
        });
        let path = format!("{PATH}/{}", self.key.name);
        let request = Request::new(Method::PATCH, path, Repeat::Guarded);
        let request = self.objects.write(request);
        let request = request.body(
            "application/merge-patch+json",
            patch.to_string().into_bytes(),
        );
        let answer = self.send(request, "changing").await?;
        if answer.is_success() {
            return Ok(true);
        }
        let error = self.subject("changing").refused(&answer);
        if error.is_conflict() || error.is_not_found() {
            Ok(false)
        } else {
            Err(error)
        }
    }

    async fn until_established(&self) -> Result<()> {
        let mut backoff = poll();
        loop {
            let there = self.read().await?;
            let condition = |kind: &str| {
                let conditions = there.as_ref()?["status"]["conditions"].as_array()?;
                conditions
                    .iter()
                    .find(|condition| condition["type"] == kind)
            };
            if condition("Established").is_some_and(|condition| condition["status"] == "True") {
                return Ok(());
            }
            if let Some(names) =
                condition("NamesAccepted").filter(|names| names["status"] == "False")
            {
                let fault = names["message"]
                    .as_str()
                    .unwrap_or("its names are taken")
                    .to_owned();
                return Err(incompatible(self.objects.definition(), vec![fault]));
            }
            let wait = backoff.next();
            if wait >= self.deadline.left() {
                let action = format!("waiting for {} to be established", self.key.name);
                return Err(Error::deadline_exceeded(
                    action,
                    self.deadline.allowed(),
                    None,
                ));
            }
            tokio::time::sleep(wait).await;
        }
    }
}
