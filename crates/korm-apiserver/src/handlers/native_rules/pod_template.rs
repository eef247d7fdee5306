//! The rules of the pods that a template makes, as far as they are about what every pod has: names,
//! images, ports, environments.

use serde_json::Value;

use super::common::{
    PROTOCOLS, check_dns_label, check_one_of, check_port_number, items, number, port_name_faults,
    text,
};
use crate::meta::names;
use crate::schema::{FieldError, FieldPath};

/// `ValidatePodTemplateSpec`
pub(super) fn check(errors: &mut Vec<FieldError>, path: &FieldPath<'_>, template: &Value) {
    let meta = &template["metadata"];
    let labels = meta["labels"].as_object();
    // Upstream names them without the metadata that they are in.
    errors.extend(names::label_faults(&path.child("labels"), labels));
    let annotations = path.child("annotations");
    for (key, _) in meta["annotations"].as_object().into_iter().flatten() {
        for why in names::label_key(&key.to_lowercase()) {
            errors.push(FieldError::invalid(&annotations, key.as_str(), why));
        }
    }
    check_spec(errors, &path.child("spec"), &template["spec"]);
}

fn check_spec(errors: &mut Vec<FieldError>, path: &FieldPath<'_>, spec: &Value) {
    let containers = path.child("containers");
    if items(spec, "containers").is_empty() {
        errors.push(FieldError::required(&containers, ""));
    }
    check_containers(errors, &containers, items(spec, "containers"));
    check_one_of(
        errors,
        &path.child("restartPolicy"),
        text(spec, "restartPolicy"),
        &["Always", "OnFailure", "Never"],
    );
    check_one_of(
        errors,
        &path.child("dnsPolicy"),
        text(spec, "dnsPolicy"),
        &["ClusterFirstWithHostNet", "ClusterFirst", "Default", "None"],
    );
}

fn check_containers(errors: &mut Vec<FieldError>, path: &FieldPath<'_>, containers: &[Value]) {
    for (index, container) in containers.iter().enumerate() {
        let path = path.index(index);
        let name = text(container, "name");
        let of_name = path.child("name");
        if name.is_empty() {
            errors.push(FieldError::required(&of_name, ""));
        } else {
            check_dns_label(errors, &of_name, name);
        }
        if text(container, "image").is_empty() {
            errors.push(FieldError::required(&path.child("image"), ""));
        }
        check_one_of(
            errors,
            &path.child("terminationMessagePolicy"),
            text(container, "terminationMessagePolicy"),
            &["File", "FallbackToLogsOnError"],
        );
        check_ports(errors, &path.child("ports"), items(container, "ports"));
        check_env(errors, &path.child("env"), items(container, "env"));
        check_one_of(
            errors,
            &path.child("imagePullPolicy"),
            text(container, "imagePullPolicy"),
            &["Always", "IfNotPresent", "Never"],
        );
        if containers[..index]
            .iter()
            .any(|other| text(other, "name") == name)
        {
            errors.push(FieldError::duplicate(&of_name, name));
        }
    }
}

fn check_ports(errors: &mut Vec<FieldError>, path: &FieldPath<'_>, ports: &[Value]) {
    for (index, port) in ports.iter().enumerate() {
        let path = path.index(index);
        let name = text(port, "name");
        let of_name = path.child("name");
        let faults = port_name_faults(name);
        if !name.is_empty() && !faults.is_empty() {
            for why in faults {
                errors.push(FieldError::invalid(&of_name, name, why));
            }
        } else if !name.is_empty() && ports[..index].iter().any(|p| text(p, "name") == name) {
            errors.push(FieldError::duplicate(&of_name, name));
        }
        let of_number = path.child("containerPort");
        match number(port, "containerPort") {
            0 => errors.push(FieldError::required(&of_number, "")),
            number => check_port_number(errors, &of_number, number),
        }
        let on_host = number(port, "hostPort");
        if on_host != 0 {
            check_port_number(errors, &path.child("hostPort"), on_host);
        }
        check_one_of(
            errors,
            &path.child("protocol"),
            text(port, "protocol"),
            PROTOCOLS,
        );
    }
}

fn check_env(errors: &mut Vec<FieldError>, path: &FieldPath<'_>, variables: &[Value]) {
    for (index, variable) in variables.iter().enumerate() {
        let path = path.index(index);
        let name = text(variable, "name");
        let of_name = path.child("name");
        if name.is_empty() {
            errors.push(FieldError::required(&of_name, ""));
        } else if !name
            .bytes()
            .all(|byte| (b' '..=b'~').contains(&byte) && byte != b'=')
        {
            let why = "a valid environment variable name must consist only of printable ASCII characters other than '='";
            errors.push(FieldError::invalid(&of_name, name, why));
        }
    }
}
