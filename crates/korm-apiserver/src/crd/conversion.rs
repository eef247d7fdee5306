//! Checking how objects of a CRD are converted between its versions.

use serde_json::Value;

use super::parts::Parts;
use crate::schema::field_error::{FieldError, FieldPath};
use crate::schema::names as dns;

/// Versions of ConversionReview that Kubernetes itself speaks.
const REVIEWS: [&str; 2] = ["v1", "v1beta1"];
const FORM: &str = "; desired format: https://host[/path]";

/// Errors of `spec.conversion`. `reviews`: a version of ConversionReview must be among those asked for that Kubernetes
/// speaks.
pub(super) fn check(
    parts: &Parts<'_>,
    reviews: bool,
    path: &FieldPath<'_>,
    errors: &mut Vec<FieldError>,
) {
    let Some(conversion) = parts.spec.get("conversion").filter(|c| c.is_object()) else {
        return;
    };
    let path = path.child("conversion");
    let strategy = conversion["strategy"].as_str().unwrap_or_default();
    let strategy_path = path.child("strategy");
    if strategy != "None" && parts.spec["preserveUnknownFields"] == true {
        let detail = "must be None if spec.preserveUnknownFields is true";
        errors.push(FieldError::invalid(&strategy_path, strategy, detail));
    }
    super::validate::one_of(&strategy_path, strategy, &["None", "Webhook"], errors);
    let webhook = &conversion["webhook"];
    let client = webhook
        .get("clientConfig")
        .filter(|config| config.is_object());
    let client_path = path.child("webhookClientConfig");
    let versions = strings(&webhook["conversionReviewVersions"]);
    let versions_path = path.child("conversionReviewVersions");
    if strategy != "Webhook" {
        let detail = "should not be set when strategy is not set to Webhook";
        if client.is_some() {
            errors.push(FieldError::forbidden(&client_path, detail));
        }
        if !versions.is_empty() {
            errors.push(FieldError::forbidden(&versions_path, detail));
        }
        return;
    }
    let before = errors.len();
    match client {
        Some(config) => check_client(config, &client_path, errors),
        None => errors.push(FieldError::required(
            &client_path,
            "required when strategy is set to Webhook",
        )),
    }
    check_reviews(&versions, reviews, &versions_path, errors);
    if errors.len() == before {
        // A webhook that could be called: Kubernetes would.
        let detail = "this server does not call conversion webhooks";
        errors.push(FieldError::invalid(&strategy_path, strategy, detail));
    }
}

/// Whether a definition asks for versions of ConversionReview, and for none that Kubernetes speaks: what has come in
/// may stay so.
pub(super) fn has_strange_reviews(definition: &Value) -> bool {
    let versions =
        strings(&definition["spec"]["conversion"]["webhook"]["conversionReviewVersions"]);
    !versions.is_empty() && !versions.iter().any(|version| REVIEWS.contains(version))
}

fn strings(list: &Value) -> Vec<&str> {
    list.as_array()
        .into_iter()
        .flatten()
        .map(|item| item.as_str().unwrap_or_default())
        .collect()
}

fn check_client(config: &Value, path: &FieldPath<'_>, errors: &mut Vec<FieldError>) {
    let url = config["url"].as_str();
    let service = Some(&config["service"]).filter(|service| service.is_object());
    match (url, service) {
        (Some(url), None) => check_url(url, &path.child("url"), errors),
        (None, Some(service)) => check_service(service, &path.child("service"), errors),
        _ => errors.push(FieldError::required(
            path,
            "exactly one of url or service is required",
        )),
    }
}

/// A URL that is taken apart as far as the rules speak of its parts.
#[derive(Default)]
struct Parsed<'a> {
    scheme: String,
    user: Option<&'a str>,
    host: &'a str,
    query: &'a str,
    fragment: &'a str,
}

/// Takes a URL apart as Go's `url.Parse` does; the error is what that says.
fn parse(url: &str) -> Result<Parsed<'_>, String> {
    let failed = |url: &str, why: &str| {
        let url = crate::schema::go_format::quote(url);
        Err(format!("parse {url}: {why}"))
    };
    let (rest, fragment) = url.split_once('#').unwrap_or((url, ""));
    if rest.bytes().any(|byte| byte < b' ' || byte == 0x7f) {
        return failed(rest, "net/url: invalid control character in URL");
    }
    let mut parsed = Parsed {
        fragment,
        ..Parsed::default()
    };
    let is_scheme = |text: &str| {
        text.starts_with(|c: char| c.is_ascii_alphabetic())
            && text
                .chars()
                .all(|c| c.is_ascii_alphanumeric() || "+-.".contains(c))
    };
    let rest = match rest.split_once(':') {
        Some(("", _)) => return failed(rest, "missing protocol scheme"),
        Some((scheme, after)) if is_scheme(scheme) => {
            parsed.scheme = scheme.to_ascii_lowercase();
            after
        }
        _ => rest,
    };
    let (rest, query) = rest.split_once('?').unwrap_or((rest, ""));
    parsed.query = query;
    let Some(authority) = rest.strip_prefix("//") else {
        let first = rest.split('/').next().unwrap_or_default();
        if parsed.scheme.is_empty() && first.contains(':') {
            return failed(url, "first path segment in URL cannot contain colon");
        }
        return Ok(parsed);
    };
    let authority = authority.split('/').next().unwrap_or_default();
    let (user, host) = match authority.rsplit_once('@') {
        Some((user, host)) => (Some(user), host),
        None => (None, authority),
    };
    let port = match host.rfind(']') {
        Some(end) => &host[end + 1..],
        None => host.find(':').map_or("", |colon| &host[colon..]),
    };
    let digits = port.strip_prefix(':').unwrap_or(port);
    if !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        let port = crate::schema::go_format::quote(port);
        return failed(url, &format!("invalid port {port} after host"));
    }
    if let Some(wrong) = host.chars().find(|c| " ^`{|}\\".contains(*c)) {
        let wrong = crate::schema::go_format::quote(&wrong.to_string());
        return failed(url, &format!("invalid character {wrong} in host name"));
    }
    parsed.user = user;
    parsed.host = host;
    Ok(parsed)
}

fn check_url(url: &str, path: &FieldPath<'_>, errors: &mut Vec<FieldError>) {
    let parsed = match parse(url) {
        Ok(parsed) => parsed,
        Err(why) => {
            let detail = format!("url must be a valid URL: {why}{FORM}");
            errors.push(FieldError::required(path, detail));
            return;
        }
    };
    let mut wrong = |value: &str, detail: String| {
        errors.push(FieldError::invalid(path, value, detail));
    };
    if parsed.scheme != "https" {
        let detail = format!("'https' is the only allowed URL scheme{FORM}");
        wrong(&parsed.scheme, detail);
    }
    if parsed.host.is_empty() {
        wrong("", format!("host must be specified{FORM}"));
    }
    if let Some(user) = parsed.user {
        let detail = "user information is not permitted in the URL";
        wrong(user, detail.to_owned());
    }
    if !parsed.fragment.is_empty() {
        let detail = "fragments are not permitted in the URL";
        wrong(parsed.fragment, detail.to_owned());
    }
    if !parsed.query.is_empty() {
        let detail = "query parameters are not permitted in the URL";
        wrong(parsed.query, detail.to_owned());
    }
}

fn check_service(service: &Value, path: &FieldPath<'_>, errors: &mut Vec<FieldError>) {
    let text = |name: &str| service[name].as_str().unwrap_or_default();
    // Kubernetes gives its check the two in the wrong order, so each is told under the other's name.
    if text("namespace").is_empty() {
        errors.push(FieldError::required(&path.child("name"), ""));
    }
    if text("name").is_empty() {
        errors.push(FieldError::required(&path.child("namespace"), ""));
    }
    let port = service["port"].as_i64().unwrap_or(443);
    if !(1..=65535).contains(&port) {
        let detail = "port is not valid: must be between 1 and 65535, inclusive";
        errors.push(FieldError::invalid(&path.child("port"), port, detail));
    }
    check_path(text("path"), &path.child("path"), errors);
}

/// The path below a service: names with slashes between them.
fn check_path(given: &str, path: &FieldPath<'_>, errors: &mut Vec<FieldError>) {
    if matches!(given, "" | "/") {
        return;
    }
    let mut wrong = |detail: String| errors.push(FieldError::invalid(path, given, detail));
    if given == "//" {
        wrong("segment[0] may not be empty".to_owned());
        return;
    }
    if !given.starts_with('/') {
        wrong("must start with a '/'".to_owned());
    }
    // The first byte is taken for the slash, whatever it is.
    let steps = given.get(1..).unwrap_or_default();
    let steps = steps.strip_suffix('/').unwrap_or(steps);
    for (i, step) in steps.split('/').enumerate() {
        if step.is_empty() {
            wrong(format!("segment[{i}] may not be empty"));
            continue;
        }
        for fault in dns::dns1123_subdomain(step) {
            wrong(format!("segment[{i}]: {fault}"));
        }
    }
}

fn check_reviews(
    versions: &[&str],
    known: bool,
    path: &FieldPath<'_>,
    errors: &mut Vec<FieldError>,
) {
    if versions.is_empty() {
        errors.push(FieldError::required(path, ""));
        return;
    }
    for (i, version) in versions.iter().enumerate() {
        let path = path.index(i);
        if versions[..i].contains(version) {
            errors.push(FieldError::invalid(&path, *version, "duplicate version"));
            continue;
        }
        for fault in dns::dns1035_label(version) {
            errors.push(FieldError::invalid(&path, *version, fault));
        }
    }
    if known && !versions.iter().any(|version| REVIEWS.contains(version)) {
        let detail = format!("must include at least one of {}", REVIEWS.join(", "));
        errors.push(FieldError::invalid(path, versions.to_vec(), detail));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    /// What is wrong with a conversion, as kube-apiserver 1.37.2 told it.
    fn faults(conversion: Value) -> Vec<String> {
        let definition = json!({"spec": {"conversion": conversion}});
        let mut errors = Vec::new();
        let spec = FieldPath::new("spec");
        check(&Parts::of(&definition), true, &spec, &mut errors);
        let tell = |error: &FieldError| {
            let field = error.field.trim_start_matches("spec.conversion.");
            format!("{field}: {}", error.body())
        };
        errors.iter().map(tell).collect()
    }

    #[test]
    fn a_webhook_without_its_configuration() {
        let missing = [
            "webhookClientConfig: Required value: required when strategy is set to Webhook",
            "conversionReviewVersions: Required value",
        ];
        assert_eq!(faults(json!({"strategy": "Webhook"})), missing);
        assert_eq!(
            faults(json!({"strategy": "Webhook", "webhook": {}})),
            missing
        );
        let versions = json!({"conversionReviewVersions": ["v3", "v3"], "clientConfig": {}});
        assert_eq!(
            faults(json!({"strategy": "Webhook", "webhook": versions})),
            [
                "webhookClientConfig: Required value: exactly one of url or service is required",
                "conversionReviewVersions[1]: Invalid value: \"v3\": duplicate version",
                "conversionReviewVersions: Invalid value: [\"v3\",\"v3\"]: must include at least one of v1, v1beta1",
            ]
        );
    }

    #[test]
    fn places_of_webhooks() {
        let at = |config: Value| {
            let webhook = json!({"conversionReviewVersions": ["v1"], "clientConfig": config});
            faults(json!({"strategy": "Webhook", "webhook": webhook}))
        };
        assert_eq!(
            at(json!({"url": "http://x"})),
            [
                "webhookClientConfig.url: Invalid value: \"http\": 'https' is the only allowed URL scheme; desired format: https://host[/path]"
            ]
        );
        assert_eq!(
            at(json!({"service": {"name": "a", "namespace": "b", "path": "x"}})),
            [
                "webhookClientConfig.service.path: Invalid value: \"x\": must start with a '/'",
                "webhookClientConfig.service.path: Invalid value: \"x\": segment[0] may not be empty",
            ]
        );
        assert_eq!(
            at(json!({"url": "https://x/y"})),
            ["strategy: Invalid value: \"Webhook\": this server does not call conversion webhooks"]
        );
    }
}
