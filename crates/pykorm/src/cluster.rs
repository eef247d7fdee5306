//! A handle to a connection, and what is asked of it.

use std::process;
use std::sync::Arc;
use std::time::Duration;

use korm::objects::query::Query;
use korm::{Compare, Expr, FieldPath, Goal, ObjectKey, Objects, Order, objects::Stored};
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyList};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::connection::{Opened, Settings};
use crate::convert::from_python;
use crate::errors;
use crate::events::EventStream;
use crate::faults::Faults;
use crate::model::Model;
use crate::normalize::{self, Normalizer};
use crate::operation::{Operation, Reply};
use crate::requests::RequestLog;
use crate::runtime::{Driven, tidy_up};
use crate::source::Source;
use crate::table;

/// A handle to a connection.
#[pyclass(frozen, module = "pykorm._native")]
pub(crate) struct Cluster {
    opened: Opened,
    process: u32,
    /// An embedded server has things to do while nobody waits for it.
    driven: Option<Arc<Driven>>,
}

impl Drop for Cluster {
    fn drop(&mut self) {
        tidy_up();
    }
}

/// Nothing, after a time.
#[pyfunction]
pub(crate) fn sleep(seconds: f64) -> Operation {
    Operation::new(async move {
        tokio::time::sleep(Duration::try_from_secs_f64(seconds).unwrap_or(Duration::ZERO)).await;
        Ok(reply(|py| Ok(py.None())))
    })
}

/// What a query asks for.
#[derive(Deserialize)]
struct Asked {
    r#where: Option<Expr>,
    labels: Option<String>,
    fields: Option<String>,
    limit: Option<usize>,
    /// Each with whether large values come first, and how values compare.
    order: Vec<(FieldPath, bool, Compare)>,
}

/// What to wait for.
#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum Awaited {
    Exists,
    Gone,
    Condition(String, String),
    Holds(Expr),
}

impl From<Awaited> for Goal {
    fn from(found: Awaited) -> Self {
        match found {
            Awaited::Exists => Self::Exists,
            Awaited::Gone => Self::Gone,
            Awaited::Condition(kind, status) => Self::Condition { kind, status },
            Awaited::Holds(expr) => Self::Holds(expr),
        }
    }
}

/// What Python's half made of a user's question.
fn asked<T: DeserializeOwned>(value: &Bound<'_, PyAny>) -> PyResult<T> {
    serde_json::from_value(from_python(value)?)
        .map_err(|error| errors::raise(value.py(), "query", &error.to_string()))
}

impl Cluster {
    pub(crate) fn new(opened: Opened, driven: Option<Arc<Driven>>) -> Self {
        Self {
            opened,
            process: process::id(),
            driven,
        }
    }

    pub(crate) fn handle(&self) -> PyResult<korm::Cluster> {
        errors::same_process(self.process, "a connection")?;
        Ok(self.opened.cluster.clone())
    }

    pub(crate) fn objects(&self, model: &Model) -> PyResult<Objects> {
        Ok(self.handle()?.objects(model.def.clone()))
    }

    fn query(&self, model: &Model, asked: &Bound<'_, PyDict>) -> PyResult<Query> {
        let asked: Asked = self::asked(asked.as_any())?;
        let mut query = self.objects(model)?.query();
        if let Some(expr) = asked.r#where {
            query = query.filter(expr);
        }
        if let Some(selector) = asked.labels {
            query = query.label_selector(selector);
        }
        if let Some(selector) = asked.fields {
            query = query.field_selector(selector);
        }
        if let Some(objects) = asked.limit {
            query = query.limit(objects);
        }
        for (path, descending, compare) in asked.order {
            let mut order = if descending {
                Order::descending(path)
            } else {
                Order::ascending(path)
            };
            order.compare = compare;
            query = query.order_by(order);
        }
        Ok(query)
    }
}

/// A compare-and-set of what differs between what was `read` and `now`.
fn changed(
    objects: Objects,
    read: Value,
    now: Value,
    normalizer: Normalizer,
    exactly: bool,
) -> Operation {
    Operation::new(async move {
        let stored = objects
            .change_text(read, now, &normalizer.function(), exactly)
            .await;
        let stored = normalizer.checked(stored)?;
        let def = normalizer.def;
        Ok(match stored {
            Some(stored) => {
                reply(move |py| Ok(Py::new(py, Source::of_text(stored.text, def))?.into_any()))
            }
            None => reply(|py| Ok(py.None())),
        })
    })
}

#[pymethods]
impl Cluster {
    /// The sources of a query's objects.
    fn list(&self, model: &Model, options: &Bound<'_, PyDict>) -> PyResult<Operation> {
        let query = self.query(model, options)?;
        let def = Arc::clone(&model.def);
        Ok(Operation::new(async move {
            let sources: Vec<Source> = if let Some(texts) = query.texts().await? {
                let texts = texts.into_iter();
                texts
                    .map(|text| Source::of_text(text, Arc::clone(&def)))
                    .collect()
            } else {
                query.all().await?.into_iter().map(Source::new).collect()
            };
            Ok(reply(move |py| {
                Ok(PyList::new(py, sources)?.into_any().unbind())
            }))
        }))
    }

    /// A table of a query's objects, and what in them does not fit the columns' types.
    fn table(
        &self,
        model: &Model,
        options: &Bound<'_, PyDict>,
        columns: &Bound<'_, PyList>,
        functions: Vec<Option<Py<PyAny>>>,
    ) -> PyResult<Operation> {
        let shape = table::shape(columns, functions)?;
        let mut query = self.query(model, options)?;
        if let Some(paths) = shape.paths() {
            query = query.read_only(paths);
        }
        Ok(Operation::new(async move {
            let rows = table::rows_of(query, shape).await?;
            Ok(reply(move |py| table::finished(py, rows)))
        }))
    }

    /// How many objects there are.
    fn count(&self, model: &Model, options: &Bound<'_, PyDict>) -> PyResult<Operation> {
        let query = self.query(model, options)?;
        Ok(Operation::new(async move {
            let count = query.count().await?;
            Ok(reply(move |py| {
                Ok(count.into_pyobject(py)?.into_any().unbind())
            }))
        }))
    }

    /// The requests of a query, as text.
    fn explain(&self, model: &Model, options: &Bound<'_, PyDict>) -> PyResult<Operation> {
        let query = self.query(model, options)?;
        Ok(Operation::new(async move {
            let text = query.explain()?;
            Ok(reply(move |py| {
                Ok(text.into_pyobject(py)?.into_any().unbind())
            }))
        }))
    }

    /// A source, or None.
    fn get(&self, model: &Model, namespace: Option<String>, name: String) -> PyResult<Operation> {
        let objects = self.objects(model)?;
        Ok(Operation::new(async move {
            let found = objects.find(&key(namespace, name)).await?;
            Ok(reply(move |py| {
                Ok(match found {
                    Some(object) => Py::new(py, Source::new(object))?.into_any(),
                    None => py.None(),
                })
            }))
        }))
    }

    /// The source of a new object.
    fn create(
        &self,
        model: &Model,
        body: &Bound<'_, PyDict>,
        normalize: &Bound<'_, PyAny>,
    ) -> PyResult<Operation> {
        let objects = self.objects(model)?;
        let body = from_python(body.as_any())?;
        let normalizer = Normalizer::new(model, normalize)?;
        Ok(Operation::new(async move {
            let stored = objects.create(body, &normalizer.function()).await;
            Ok(source(normalizer.checked(stored)?))
        }))
    }

    /// The source after a compare-and-set of what differs between what was read and `now`; None if nothing does.
    ///
    /// `exactly`: that somebody else came to the same values is a conflict too.
    fn save(
        &self,
        model: &Model,
        source: &Source,
        now: &Bound<'_, PyDict>,
        normalize: &Bound<'_, PyAny>,
        exactly: bool,
    ) -> PyResult<Operation> {
        let read = source.known(model)?;
        let now = from_python(now.as_any())?;
        let normalizer = Normalizer::new(model, normalize)?;
        Ok(changed(
            self.objects(model)?,
            read,
            now,
            normalizer,
            exactly,
        ))
    }

    /// The same for attributes whose values stand in the object as they are, and of these only: at which path, whether
    /// null is a value there, and the value.
    fn save_plain(
        &self,
        model: &Model,
        source: &Source,
        values: Vec<(Vec<String>, bool, Bound<'_, PyAny>)>,
        exactly: bool,
    ) -> PyResult<Operation> {
        let read = source.known(model)?;
        let (now, normalizer) = normalize::plainly(model, &read, values)?;
        Ok(changed(
            self.objects(model)?,
            read,
            now,
            normalizer,
            exactly,
        ))
    }

    /// The source after a server-side apply.
    fn apply(&self, model: &Model, body: &Bound<'_, PyDict>, force: bool) -> PyResult<Operation> {
        let objects = self.objects(model)?;
        let body = from_python(body.as_any())?;
        Ok(Operation::new(async move {
            Ok(source(objects.apply(body, force).await?))
        }))
    }

    /// Nothing, once the kind is served.
    fn install(&self, model: &Model) -> PyResult<Operation> {
        let objects = self.objects(model)?;
        Ok(Operation::new(async move {
            objects.install().await?;
            Ok(reply(|py| Ok(py.None())))
        }))
    }

    /// The source of an object that reached a goal; None if the goal is that it is gone.
    ///
    /// `goal` is `exists`, `gone`, a condition's type and status, or an expression.
    fn wait(
        &self,
        model: &Model,
        key: (Option<String>, String),
        goal: &Bound<'_, PyAny>,
        unless: &Bound<'_, PyAny>,
        seconds: f64,
    ) -> PyResult<Operation> {
        let objects = self.objects(model)?;
        let key = self::key(key.0, key.1);
        let goal = Goal::from(asked::<Awaited>(goal)?);
        let stop: Option<Expr> = asked(unless)?;
        let allowed = Duration::try_from_secs_f64(seconds)
            .map_err(|_| errors::raise(unless.py(), "usage", "a time to wait is needed"))?;
        Ok(Operation::new(async move {
            let found = objects.wait(&key, &goal, stop.as_ref(), allowed).await?;
            let found = found.filter(|_| !matches!(goal, Goal::Gone));
            Ok(reply(move |py| {
                Ok(match found {
                    Some(object) => Py::new(py, Source::new(object))?.into_any(),
                    None => py.None(),
                })
            }))
        }))
    }

    /// A handle to the same cluster that behaves differently.
    fn derived(&self, settings: &Bound<'_, PyDict>) -> PyResult<Self> {
        let settings: Settings = asked(settings.as_any())?;
        let opened = Opened {
            cluster: settings.of(self.handle()?),
            ..self.opened.clone()
        };
        Ok(Self::new(opened, self.driven.clone()))
    }

    /// A record of the requests from now on, of every handle to the connection.
    fn record(&self) -> RequestLog {
        self.opened.recorder.begin()
    }

    /// The faults of the connection, if it was made with any.
    fn faults(&self) -> Option<Faults> {
        let script = self.opened.script.clone()?;
        Some(Faults { script })
    }

    /// An event stream.
    fn watch(&self, model: &Model, options: &Bound<'_, PyDict>) -> PyResult<Operation> {
        let query = self.query(model, options)?;
        Ok(Operation::new(async move {
            let events = EventStream::new(query.watch());
            Ok(reply(move |py| Ok(Py::new(py, events)?.into_any())))
        }))
    }
}

pub(crate) fn key(namespace: Option<String>, name: String) -> ObjectKey {
    ObjectKey { namespace, name }
}

pub(crate) fn reply(
    made: impl for<'py> FnOnce(Python<'py>) -> PyResult<Py<PyAny>> + Send + 'static,
) -> Reply {
    Box::new(made)
}

fn source(stored: Stored) -> Reply {
    reply(move |py| Ok(Py::new(py, Source::new(stored.object))?.into_any()))
}
