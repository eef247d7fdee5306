//! One mapped attribute of a model.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::def::Rule;
use crate::{
    expr::{Compare, Expr, Op, Predicate},
    path::FieldPath,
};

/// One attribute bound to one path of the object.
///
/// ```
/// use korm_core::{FieldDef, FieldPath};
/// use serde_json::json;
///
/// let price = FieldDef::new("price", FieldPath::spec("price"), json!({"type": "integer"}))
///     .default_value(json!(1))
///     .selectable();
/// assert!(!price.required);
/// ```
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct FieldDef {
    /// The name of the attribute in the program.
    pub name: String,
    /// Where it lives in the object.
    pub path: FieldPath,
    /// Its structural OpenAPI v3 schema, as a `CustomResourceDefinition` writes it.
    pub schema: Value,
    /// Whether an object without it is invalid.
    pub required: bool,
    /// What the server fills in where it is absent.
    pub default: Option<Value>,
    /// Never written by the program; only read.
    pub read_only: bool,
    /// Whether the server can select by it (`selectableFields` of the CRD, or known of a native kind).
    pub selectable: bool,
    /// Whether the server accepts an explicit `null`, and nothing is written as one.
    pub nullable: bool,
    /// Never shown in an error, a log or `Debug` text.
    #[serde(default)]
    pub secret: bool,
    /// Written through the scale subresource; the field is where the model's [`Scale`](super::Scale) says
    /// the wanted number of replicas is.
    #[serde(default)]
    pub scale: bool,
    /// The column `kubectl get` prints for it.
    pub column: Option<Column>,
    /// CEL rules over the value.
    #[serde(default)]
    pub rules: Vec<Rule>,
    /// What it means, for `kubectl explain`.
    pub description: Option<String>,
}

impl FieldDef {
    /// A field that is neither required nor anything else special.
    pub fn new(name: impl Into<String>, path: FieldPath, schema: Value) -> Self {
        Self {
            name: name.into(),
            path,
            schema,
            required: false,
            default: None,
            read_only: false,
            selectable: false,
            nullable: false,
            secret: false,
            scale: false,
            column: None,
            rules: Vec::new(),
            description: None,
        }
    }

    /// An object without this field is invalid.
    #[must_use]
    pub fn required(mut self) -> Self {
        self.required = true;
        self
    }

    /// What the server fills in where the field is absent; the field is then not required.
    #[must_use]
    pub fn default_value(mut self, value: Value) -> Self {
        self.default = Some(value);
        self.required = false;
        self
    }

    /// Read from the server, never written.
    #[must_use]
    pub fn read_only(mut self) -> Self {
        self.read_only = true;
        self
    }

    /// The server can select by it.
    #[must_use]
    pub fn selectable(mut self) -> Self {
        self.selectable = true;
        self
    }

    /// The server accepts an explicit `null`, and nothing is written as one instead of being absent.
    #[must_use]
    pub fn nullable(mut self) -> Self {
        self.nullable = true;
        self
    }

    /// Its value is never shown in an error, a log or `Debug` text.
    #[must_use]
    pub fn secret(mut self) -> Self {
        self.secret = true;
        self
    }

    /// Written through the scale subresource.
    #[must_use]
    pub fn through_scale(mut self) -> Self {
        self.scale = true;
        self
    }

    /// Adds one keyword to the schema, such as `minimum`, replacing what it said before.
    #[must_use]
    pub fn constrain(mut self, keyword: &str, value: Value) -> Self {
        if let Value::Object(schema) = &mut self.schema {
            schema.insert(keyword.to_owned(), value);
        }
        self
    }

    /// One more CEL rule over the value; `self` is the value of the field.
    #[must_use]
    pub fn rule(mut self, rule: Rule) -> Self {
        self.rules.push(rule);
        self
    }

    /// `kubectl get` prints it as this column.
    #[must_use]
    pub fn column(mut self, column: Column) -> Self {
        self.column = Some(column);
        self
    }

    /// What the field means.
    #[must_use]
    pub fn description(mut self, text: impl Into<String>) -> Self {
        self.description = Some(text.into());
        self
    }

    /// A question about this field, with its way of comparing and its default.
    pub fn ask(&self, op: Op) -> Expr {
        let (path, default) = (self.path.clone(), self.default.clone());
        Expr::Test(Predicate {
            path,
            compare: self.compare(),
            default,
            op,
        })
    }

    /// How values of this field compare: a string of format `date-time` as the instant it names,
    /// everything else as JSON.
    pub fn compare(&self) -> Compare {
        match self.schema.get("format").and_then(Value::as_str) {
            Some("date-time") => Compare::Instant,
            _ => Compare::Json,
        }
    }
}

/// A column of `kubectl get`, as `additionalPrinterColumns` of a CRD describes it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Column {
    /// The heading.
    pub name: String,
    /// What stands in it.
    pub description: Option<String>,
    /// Columns of priority 0 are always printed, others with `-o wide`.
    pub priority: i32,
    /// The OpenAPI type (`string`, `integer`, `number`, `boolean`, `date`); worked out from the
    /// field's schema where it is `None`.
    pub type_: Option<String>,
    /// The OpenAPI format.
    pub format: Option<String>,
    /// The path printed, where it is not the path of the field it stands on: a JSON path such as
    /// `.spec.replicas`.
    pub json_path: Option<String>,
}

impl Column {
    /// A column with this heading.
    pub fn new(name: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            ..Self::default()
        }
    }

    /// What stands in the column.
    #[must_use]
    pub fn description(mut self, text: impl Into<String>) -> Self {
        self.description = Some(text.into());
        self
    }

    /// The priority; above 0 the column is printed only with `-o wide`.
    #[must_use]
    pub fn priority(mut self, priority: i32) -> Self {
        self.priority = priority;
        self
    }

    /// The OpenAPI type of the column.
    #[must_use]
    pub fn type_(mut self, type_: impl Into<String>) -> Self {
        self.type_ = Some(type_.into());
        self
    }

    /// The OpenAPI format of the column.
    #[must_use]
    pub fn format(mut self, format: impl Into<String>) -> Self {
        self.format = Some(format.into());
        self
    }

    /// The JSON path printed.
    #[must_use]
    pub fn json_path(mut self, path: impl Into<String>) -> Self {
        self.json_path = Some(path.into());
        self
    }
}
