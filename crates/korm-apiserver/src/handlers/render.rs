//! Objects and lists in the shape asked for: as they are, as metadata only, or as a Table.

use std::borrow::Cow;
use std::sync::Arc;

use jiff::Timestamp;
use serde_json::{Map, Value, json};

use super::Context;
use super::present::present;
use super::recognize::go_package;
use crate::negotiate::{Media, Output, Shape};
use crate::reply::Reply;
use crate::resources::Resource;
use crate::schema::go_format;
use crate::status::ApiError;
use crate::store::Object;
use crate::table::{IncludeObject, Printer, table};

/// The `metadata` of a list.
#[derive(Clone, Debug, Default)]
pub(crate) struct ListMeta {
    pub(crate) resource_version: u64,
    pub(crate) continue_token: Option<String>,
    pub(crate) remaining: Option<usize>,
}

impl ListMeta {
    /// As in a list of the resource itself: those of custom objects always tell where to go on,
    /// even if nowhere.
    fn of(&self, resource: &Resource) -> Value {
        let mut value = self.to_value();
        if !resource.is_native() && self.continue_token.is_none() {
            value["continue"] = json!("");
        }
        value
    }

    fn to_value(&self) -> Value {
        let mut out = Map::new();
        out.insert(
            "resourceVersion".into(),
            json!(self.resource_version.to_string()),
        );
        if let Some(token) = &self.continue_token {
            out.insert("continue".into(), json!(token));
        }
        if let Some(remaining) = self.remaining {
            out.insert("remainingItemCount".into(), json!(remaining));
        }
        Value::Object(out)
    }
}

/// How the objects of a request are shown.
#[derive(Clone, Debug)]
pub(crate) struct View {
    pub(crate) resource: Arc<Resource>,
    /// What is shown is the Scale of an object.
    scale: bool,
    pub(crate) output: Output,
    /// What a Table's rows carry of their objects.
    pub(crate) include_object: IncludeObject,
    /// A Table without definitions of its columns: all but the first of a watch.
    pub(crate) no_headers: bool,
    /// The time that ages are counted to.
    pub(crate) now: Timestamp,
}

impl View {
    /// The view a request asks for.
    pub(crate) fn of(cx: &Context<'_>) -> Result<Self, ApiError> {
        let include_object = match IncludeObject::parse(cx.query().text("includeObject")) {
            Ok(include) => include,
            Err(fault) if cx.output.shape == Shape::Table => {
                return Err(ApiError::bad_request(fault));
            }
            Err(_) => IncludeObject::Metadata,
        };
        Ok(Self {
            resource: cx.resource.clone(),
            scale: cx.subresource_name() == "scale",
            output: cx.output.clone(),
            include_object,
            no_headers: false,
            now: cx.server.now(),
        })
    }
}

impl View {
    /// The Go type of an object, or with the suffix `List` of a list, as messages name it.
    fn go_type(&self, suffix: &str) -> String {
        let resource = &self.resource;
        if self.scale {
            let package = if resource.is_native() {
                "autoscaling"
            } else {
                "v1"
            };
            format!("*{package}.Scale")
        } else if resource.is_native() {
            format!("*{}.{}{suffix}", go_package(&resource.group), resource.kind)
        } else {
            format!("*unstructured.Unstructured{suffix}")
        }
    }

    /// An object or a list as a Table.
    fn table(&self, object: &Value) -> Value {
        let resource = &self.resource;
        let printer = match &resource.custom {
            _ if self.scale => Printer::Scale {
                native: resource.is_native(),
            },
            Some(version) => Printer::Custom(&version.columns),
            None => Printer::Native {
                group: &resource.group,
                kind: &resource.kind,
            },
        };
        let headers = !self.no_headers;
        table(printer, object, self.include_object, headers, self.now)
    }
}

/// Answers with one object, or with the Scale of one.
pub(crate) fn render_object(
    cx: &Context<'_>,
    code: u16,
    object: &Value,
) -> Result<Reply, ApiError> {
    let view = View::of(cx)?;
    let shown = shape_object(&view, object)?;
    Ok(Reply::object(code, &shown, &cx.output))
}

/// One object in the shape asked for.
pub(crate) fn shape_object<'a>(view: &View, object: &'a Value) -> Result<Cow<'a, Value>, ApiError> {
    if object["kind"] == "Status" && object["apiVersion"] == "v1" {
        return Ok(Cow::Borrowed(object));
    }
    Ok(match view.output.shape {
        Shape::Plain | Shape::Discovery => Cow::Borrowed(object),
        Shape::Table => Cow::Owned(view.table(object)),
        Shape::Metadata => Cow::Owned(partial(object, &view.output.version)),
        // Custom objects can be lists, and are then found to be none.
        Shape::MetadataList if !view.resource.is_native() && !view.scale => {
            return Err(ApiError::unknown("content is not a list"));
        }
        Shape::MetadataList => {
            return Err(not_acceptable(format!(
                "you requested PartialObjectMetadataList, but the requested object is not a list ({})",
                view.go_type("")
            )));
        }
    })
}

fn not_acceptable(message: String) -> ApiError {
    ApiError {
        code: 406,
        reason: "NotAcceptable",
        message,
        details: None,
        continue_token: None,
    }
}

/// The object's metadata alone, as PartialObjectMetadata.
fn partial(object: &Value, version: &str) -> Value {
    let metadata = object.get("metadata").cloned().unwrap_or_else(|| json!({}));
    json!({"kind": "PartialObjectMetadata", "apiVersion": format!("meta.k8s.io/{version}"),
        "metadata": metadata})
}

/// Answers with a list.
pub(crate) fn render_list(
    cx: &Context<'_>,
    objects: &[Arc<Object>],
    meta: &ListMeta,
) -> Result<Reply, ApiError> {
    let view = View::of(cx)?;
    let shown: Vec<Cow<'_, Value>> = objects.iter().map(|o| present(&cx.resource, o)).collect();
    match cx.output.shape {
        Shape::Table => {
            let items: Vec<&Value> = shown.iter().map(AsRef::as_ref).collect();
            let list = json!({"metadata": meta.to_value(), "items": items});
            let mut table = view.table(&list);
            // Kinds without printers of their own leave out rows that were never made.
            let plain =
                view.resource.is_native() && table["columnDefinitions"][1]["name"] == "Created At";
            if items.is_empty() && plain {
                table["rows"] = Value::Null;
            }
            Ok(Reply::object(200, &table, &cx.output))
        }
        Shape::Metadata => Err(not_acceptable(format!(
            "you requested PartialObjectMetadata, but the requested object is a list ({})",
            view.go_type("List")
        ))),
        Shape::MetadataList => {
            let items: Vec<Value> = shown
                .iter()
                .map(|o| partial(o, &cx.output.version))
                .collect();
            // Go writes a list that was never made as null.
            let items = if items.is_empty() {
                Value::Null
            } else {
                Value::Array(items)
            };
            let list = json!({"kind": "PartialObjectMetadataList",
                "apiVersion": format!("meta.k8s.io/{}", cx.output.version),
                "metadata": meta.to_value(), "items": items});
            Ok(Reply::object(200, &list, &cx.output))
        }
        Shape::Plain | Shape::Discovery => {
            if cx.output.media == Media::Json && !cx.output.pretty {
                let text = list_json(&cx.resource, &shown, meta);
                return Ok(Reply::bytes(200, cx.output.media.content_type(), text));
            }
            let list = list_value(&cx.resource, &shown, meta);
            Ok(Reply::object(200, &list, &cx.output))
        }
    }
}

/// A list as one value. Items of native lists do not repeat their kind.
pub(crate) fn list_value(
    resource: &Resource,
    objects: &[Cow<'_, Value>],
    meta: &ListMeta,
) -> Value {
    let items: Vec<Value> = objects
        .iter()
        .map(|object| {
            let mut item = object.as_ref().clone();
            if resource.is_native()
                && let Some(fields) = item.as_object_mut()
            {
                fields.remove("kind");
                fields.remove("apiVersion");
            }
            item
        })
        .collect();
    json!({"kind": resource.list_kind, "apiVersion": resource.api_version(),
        "metadata": meta.of(resource), "items": items})
}

/// A list as text, without making a value of it first. Native lists begin with their metadata;
/// the keys of custom ones are sorted, so that theirs comes last.
fn list_json(resource: &Resource, objects: &[Cow<'_, Value>], meta: &ListMeta) -> String {
    let text = |value: &str| go_format::json(&Value::from(value));
    let kind = text(&resource.list_kind);
    let api_version = text(&resource.api_version());
    let metadata = go_format::json(&meta.of(resource));
    let items: Vec<String> = objects
        .iter()
        .map(|object| item_json(resource, object))
        .collect();
    let items = items.join(",");
    if resource.is_native() {
        format!(
            "{{\"kind\":{kind},\"apiVersion\":{api_version},\"metadata\":{metadata},\"items\":[{items}]}}\n"
        )
    } else {
        format!(
            "{{\"apiVersion\":{api_version},\"items\":[{items}],\"kind\":{kind},\"metadata\":{metadata}}}\n"
        )
    }
}

fn item_json(resource: &Resource, object: &Value) -> String {
    match object.as_object() {
        Some(fields) if resource.is_native() => {
            let shown: Vec<String> = fields
                .iter()
                .filter(|(key, _)| !matches!(key.as_str(), "kind" | "apiVersion"))
                .map(|(key, value)| {
                    format!(
                        "{}:{}",
                        go_format::json(&Value::from(key.as_str())),
                        go_format::json(value)
                    )
                })
                .collect();
            format!("{{{}}}", shown.join(","))
        }
        _ => go_format::json(object),
    }
}
