//! From a question to the requests that answer it.
//!
//! [`plan`] takes an expression apart: what the server can evaluate becomes part of the requests, what
//! it cannot is the residual, which is evaluated on every object the requests bring. Requests and
//! residual together select exactly the objects the whole expression is true of. To that end only such
//! parts go to the server as mean exactly the same there:
//!
//! - **Namespaces**: `metadata.namespace` equal to one or several names makes one request for each.
//! - **Names**: `metadata.name` goes into the field selector; several names make several requests.
//! - **Labels**: equality, `in`, their complements, and presence are label selectors. Other questions
//!   about a label that are false where it is absent still ask the server for objects that have it.
//! - **Selectable fields**: those a CRD declares in `selectableFields`, and those Kubernetes knows of
//!   its own kinds. The server compares text, in which an absent value is the empty text (`0`, `false` for
//!   some fields of native kinds). So equality with that text also brings objects without the field,
//!   and the question is asked again of the residual; inequality with it stays here altogether.
//!
//! Of alternatives, what each of them demands goes to the server: `a and b or a and c` asks it for `a`.
//!
//! ```
//! use korm_core::{Expr, FieldDef, FieldPath, ModelDef, Op, plan::{Capabilities, plan}};
//! use serde_json::json;
//!
//! let def = ModelDef::new("example.com", "v1", "Peach", "peaches")
//!     .field(FieldDef::new("variety", FieldPath::spec("variety"), json!({"type": "string"})).selectable())
//!     .field(FieldDef::new("price", FieldPath::spec("price"), json!({"type": "integer"})));
//! let expr = Expr::test(FieldPath::metadata("namespace"), Op::Eq(json!("default")))
//!     .and(Expr::test(FieldPath::spec("variety"), Op::Eq(json!("Frost"))))
//!     .and(Expr::test(FieldPath::label("orchard"), Op::In(vec![json!("north"), json!("south")])))
//!     .and(Expr::test(FieldPath::spec("price"), Op::Gt(json!(2))));
//! let plan = plan(&def, &expr, &Capabilities::default()).unwrap();
//! assert_eq!(
//!     plan.explain(&def, &[("limit", "500")]),
//!     "GET /apis/example.com/v1/namespaces/default/peaches\
//!      ?labelSelector=orchard+in+%28north%2Csouth%29&fieldSelector=spec.variety%3DFrost&limit=500\n\
//!      then keep where spec.price > 2\n",
//! );
//! ```

mod labels;
mod push;
mod selectors;
mod uri;

use serde_json::Value;

use crate::{
    expr::{Expr, ExprError, Filter},
    model::ModelDef,
    path::FieldPath,
};
use push::Pushed;

/// What the server at hand can do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Capabilities {
    /// Whether it has the selectable fields the model declares. Without them only names and namespaces
    /// are selected as fields.
    pub selectable_fields: bool,
}

impl Default for Capabilities {
    /// A server of the supported versions with the model's own CRD installed.
    fn default() -> Self {
        Self {
            selectable_fields: true,
        }
    }
}

impl Capabilities {
    /// A server that knows nothing of the selectable fields the model declares.
    pub fn without_selectable_fields() -> Self {
        Self {
            selectable_fields: false,
        }
    }
}

/// One list request; all pages of it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct ListRequest {
    /// The namespace; `None` for all, and for cluster-scoped kinds.
    pub namespace: Option<String>,
    /// The label selector.
    pub label_selector: Option<String>,
    /// The field selector.
    pub field_selector: Option<String>,
}

/// The requests that answer a question, and what is left to ask of their results.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Plan {
    /// No object is in the results of two of them. Empty: nothing can be found, nothing is sent.
    pub requests: Vec<ListRequest>,
    /// What no server evaluates; `None` when the results are the answer.
    pub residual: Option<Expr>,
}

impl Plan {
    /// The residual, ready to be asked of objects; `None` when the results are the answer.
    ///
    /// # Errors
    ///
    /// When the residual has a malformed regular expression, which [`plan`] has refused already.
    pub fn filter(&self) -> Result<Option<Filter>, ExprError> {
        self.residual.as_ref().map(Filter::new).transpose()
    }

    /// The requests and the residual for people: one line for each request with its exact URL, `extra`
    /// being the parameters that paging adds, and one for the residual.
    pub fn explain(&self, def: &ModelDef, extra: &[(&str, &str)]) -> String {
        if self.requests.is_empty() {
            return "nothing is sent: no object can match\n".to_owned();
        }
        let mut text = String::new();
        for request in &self.requests {
            text.push_str("GET ");
            text.push_str(&request.uri(def, extra));
            text.push('\n');
        }
        if let Some(residual) = &self.residual {
            text.push_str("then keep where ");
            text.push_str(&residual.without_secrets(def).to_string());
            text.push('\n');
        }
        text
    }
}

/// More requests than this are not made of one question; its names or namespaces are then asked of
/// the results instead.
const MAX_REQUESTS: usize = 32;

/// Plans a question about the objects of a kind.
///
/// # Errors
///
/// When the expression has a malformed regular expression.
pub fn plan(def: &ModelDef, expr: &Expr, server: &Capabilities) -> Result<Plan, ExprError> {
    expr.check()?;
    let facts = labels::with_label_rules(&expr.simplify()).simplify();
    let parts = match facts {
        Expr::Always(false) => {
            return Ok(Plan {
                requests: Vec::new(),
                residual: None,
            });
        }
        Expr::Always(true) => Vec::new(),
        Expr::And(parts) => parts,
        other => vec![other],
    };
    let mut pushed = Pushed::default();
    let mut rest = Vec::new();
    for part in parts {
        if !pushed.take(def, &part, server) {
            rest.push(part);
        }
    }
    if pushed.is_impossible() {
        return Ok(Plan {
            requests: Vec::new(),
            residual: None,
        });
    }
    let requests = pushed.into_requests(&mut rest);
    let residual = match rest.len() {
        0 => None,
        1 => rest.pop(),
        _ => Some(Expr::And(rest)),
    };
    Ok(Plan { requests, residual })
}

/// The namespace of every object, as a question about it.
fn is_namespace(path: &FieldPath) -> bool {
    *path == FieldPath::metadata("namespace")
}

fn is_name(path: &FieldPath) -> bool {
    *path == FieldPath::metadata("name")
}

/// The operand as the text the server compares.
fn text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Bool(flag) => Some(flag.to_string()),
        Value::Number(number) if number.is_i64() || number.is_u64() => Some(number.to_string()),
        _ => None,
    }
}

#[cfg(test)]
mod tests;
