//! Faults on purpose, for the tests of programs.

use std::time::Duration;

use http::{Method, StatusCode};
use korm::faults::{Fault, Faults as Script, When};
use pyo3::prelude::*;
use pyo3::types::PyDict;
use serde::Deserialize;
use serde_json::Value;

use crate::convert::from_python;
use crate::errors;

/// Which requests a fault is about, and how many of them.
#[derive(Deserialize)]
struct Rule {
    /// `read`, `write` or `watch`; any unless given.
    requests: Option<String>,
    method: Option<String>,
    path: Option<String>,
    query: Option<String>,
    after: u32,
    /// Every one, if there is none.
    times: Option<u32>,
    /// Of a thousand, and the seed.
    chance: Option<(u32, u64)>,
}

/// What goes wrong.
#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum Described {
    Unreachable,
    LoseAnswer,
    Hang,
    Delay(f64),
    /// The code, the seconds of Retry-After, and whether the server carries the request out first.
    Answer(u16, Option<u32>, bool),
    End(usize),
    Cut(usize),
    Reset(usize),
    Stall(usize),
    Gone(usize),
    Insert(usize, Value),
}

/// The faults of a cluster.
#[pyclass(frozen, module = "pykorm._native")]
pub(crate) struct Faults {
    pub(crate) script: Script,
}

#[pymethods]
impl Faults {
    /// Adds a rule: the requests it is about, and what goes wrong with them.
    fn add(&self, rule: &Bound<'_, PyDict>, fault: &Bound<'_, PyAny>) -> PyResult<()> {
        let py = rule.py();
        let wrong = |error: serde_json::Error| errors::raise(py, "usage", &error.to_string());
        let rule: Rule = serde_json::from_value(from_python(rule.as_any())?).map_err(wrong)?;
        let fault: Described = serde_json::from_value(from_python(fault)?).map_err(wrong)?;
        let fault = fault
            .into_fault()
            .map_err(|message| errors::raise(py, "usage", &message))?;
        let when = rule
            .when()
            .map_err(|message| errors::raise(py, "usage", &message))?;
        let mut trigger = self.script.on(when).after(rule.after);
        trigger = match rule.times {
            Some(requests) => trigger.times(requests),
            None => trigger.always(),
        };
        if let Some((per_mille, seed)) = rule.chance {
            trigger = trigger.by_chance(per_mille, seed);
        }
        trigger.inject(fault);
        Ok(())
    }

    /// No faults any more.
    fn calm(&self) {
        self.script.calm();
    }

    /// How many rules still wait for requests.
    fn waiting(&self) -> usize {
        self.script.waiting()
    }

    /// What went wrong so far: method, path and query, and the fault in words.
    fn injected(&self) -> Vec<(String, String, String)> {
        let injected = self.script.injected();
        injected
            .into_iter()
            .map(|one| {
                let whole = one.to_string();
                let words = whole.split_once(": ").map_or("", |(_, words)| words);
                (
                    one.method.to_string(),
                    one.uri.to_string(),
                    words.to_owned(),
                )
            })
            .collect()
    }
}

impl Rule {
    fn when(&self) -> Result<When, String> {
        let mut when = match self.requests.as_deref() {
            None => When::any(),
            Some("read") => When::reads(),
            Some("write") => When::writes(),
            Some("watch") => When::watches(),
            Some(other) => {
                return Err(format!(
                    "requests={other:?}: the requests are \"read\", \"write\" or \"watch\""
                ));
            }
        };
        if let Some(method) = &self.method {
            let wanted = Method::from_bytes(method.to_uppercase().as_bytes())
                .map_err(|_| format!("method={method:?} is no HTTP method"))?;
            when = when.and(move |method, _| *method == wanted);
        }
        if let Some(part) = &self.path {
            when = when.path_contains(part);
        }
        if let Some(part) = &self.query {
            when = when.query_contains(part);
        }
        Ok(when)
    }
}

impl Described {
    fn into_fault(self) -> Result<Fault, String> {
        Ok(match self {
            Self::Unreachable => Fault::unreachable(),
            Self::LoseAnswer => Fault::lose_answer(),
            Self::Hang => Fault::hang(),
            Self::Delay(seconds) => Fault::delay(
                Duration::try_from_secs_f64(seconds)
                    .map_err(|_| format!("{seconds} seconds are no delay"))?,
            ),
            Self::Answer(code, retry_after, applied) => {
                let code = StatusCode::from_u16(code)
                    .map_err(|_| format!("{code} is no HTTP status code"))?;
                let mut answer = Fault::answer(code);
                if let Some(seconds) = retry_after {
                    answer = answer.retry_after(seconds);
                }
                if applied {
                    answer = answer.after_applying();
                }
                answer.into()
            }
            Self::End(lines) => Fault::end_stream(lines),
            Self::Cut(lines) => Fault::cut_stream(lines),
            Self::Reset(lines) => Fault::reset_stream(lines),
            Self::Stall(lines) => Fault::stall_stream(lines),
            Self::Gone(lines) => Fault::gone_in_stream(lines),
            Self::Insert(lines, event) => Fault::insert_event(lines, &event),
        })
    }
}
