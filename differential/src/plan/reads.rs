//! Reading: get, list, watch, tables.

use http::Method;

use crate::plan::kinds::{Content, Kind};
use crate::plan::metadata::NAMES;
use crate::random::Random;
use crate::step::{Step, Then};

pub(crate) fn get(random: &mut Random, kind: &Kind) -> Step {
    let mut path = object(random, kind);
    if random.percent(10) {
        path.push_str(random.text(&[
            "?resourceVersion=0",
            "?resourceVersion=abc",
            "?unknown=1",
            "?pretty=true",
        ]));
    }
    let mut step = Step::new(Method::GET, &kind.plural, path);
    if random.percent(12) {
        step.accept = Some(accept(random, false));
    }
    step
}

/// The path of one object.
pub(crate) fn object(random: &mut Random, kind: &Kind) -> String {
    let name = if random.percent(98) {
        *random.pick(&NAMES)
    } else {
        "Bad_Name"
    };
    format!("{}/{}", kind.collection(), kind.name(name))
}

pub(crate) fn list(random: &mut Random, kind: &Kind, earlier: usize) -> Step {
    let mut query = scope(random, kind);
    if random.percent(35) {
        query.push(format!("limit={}", random.below(4)));
        if random.percent(40) {
            query.push(format!("continue=@{{continue:{earlier}}}"));
        }
    }
    query.extend(versions(random, earlier));
    if random.percent(5) {
        query.push(
            (*random.pick(&[
                "unknown=1",
                "limit=-1",
                "limit=x",
                "timeoutSeconds=x",
                "continue=none",
            ]))
            .to_owned(),
        );
    }
    let mut step = Step::new(Method::GET, &kind.plural, path(random, kind, &query));
    if random.percent(8) {
        step.accept = Some(accept(random, true));
    }
    step
}

/// Selectors; what is not in the sequence's namespace is always selected by the sequence's label.
fn scope(random: &mut Random, kind: &Kind) -> Vec<String> {
    let mut query = Vec::new();
    let mut labels = Vec::new();
    if !kind.namespaced {
        labels.push("seq%3D@{ns}".to_owned());
    }
    if random.percent(30) {
        let selectors = [
            "colour%3Dred",
            "colour%3D%3Dred",
            "colour!%3Dred",
            "colour",
            "!colour",
            "colour%20in%20(red,%20blue)",
            "colour%20notin%20(red)",
            "korm.test/size%3E5",
            "korm.test/size%3C5",
            "colour%3D",
            "colour%20in%20()",
            "a%20like%20b",
            "colour%3Dred,colour!%3Dred",
            "x%3D",
            "-bad-%3Dx",
            "colour%20in%20(red",
        ];
        labels.push((*random.pick(&selectors)).to_owned());
    }
    if !labels.is_empty() {
        query.push(format!("labelSelector={}", labels.join(",")));
    }
    if random.percent(18) {
        let mut selectors = vec![
            format!("metadata.name%3D{}", kind.name("a")),
            format!("metadata.name!%3D{}", kind.name("a")),
            format!("metadata.name%3D%3D{}", kind.name("b")),
            "metadata.namespace%3D@{ns}".to_owned(),
            "spec.none%3Dx".to_owned(),
            "nonsense".to_owned(),
        ];
        for field in &kind.selectable {
            selectors.push(format!("{field}%3Dabc"));
            selectors.push(format!("{field}!%3Dabc"));
            selectors.push(format!("{field}%3D"));
        }
        query.push(format!("fieldSelector={}", random.pick(&selectors)));
    }
    query
}

/// resourceVersion and resourceVersionMatch, sensible and not.
fn versions(random: &mut Random, earlier: usize) -> Vec<String> {
    if random.percent(65) {
        return Vec::new();
    }
    let mut query = Vec::new();
    match random.below(8) {
        0 | 1 => query.push("resourceVersion=0".to_owned()),
        2..=5 => query.push(format!("resourceVersion=@{{rv:{earlier}}}")),
        6 => query.push("resourceVersion=none".to_owned()),
        _ => {}
    }
    if random.percent(60) {
        query.push(format!(
            "resourceVersionMatch={}",
            random.pick(&["Exact", "NotOlderThan", "NotOlderThan", "Exact", "Other"])
        ));
    }
    query
}

fn path(random: &mut Random, kind: &Kind, query: &[String]) -> String {
    let everywhere = kind.namespaced && random.percent(6);
    let mut query = query.to_vec();
    let base = if everywhere {
        // Across namespaces only with the sequence's label.
        query.retain(|part| !part.starts_with("labelSelector"));
        query.push("labelSelector=seq%3D@{ns}".to_owned());
        kind.everywhere()
    } else {
        kind.collection()
    };
    if query.is_empty() {
        base
    } else {
        format!("{base}?{}", query.join("&"))
    }
}

pub(crate) fn watch(random: &mut Random, kind: &Kind, earlier: usize) -> Step {
    let mut query = vec![(*random.pick(&["watch=true", "watch=1"])).to_owned()];
    query.extend(scope(random, kind));
    match random.below(12) {
        0..=5 => query.push(format!("resourceVersion=@{{rv:{earlier}}}")),
        6 => query.push("resourceVersion=0".to_owned()),
        7 => query.push(
            (*random.pick(&[
                made_up(kind),
                "resourceVersion=none",
                "resourceVersionMatch=NotOlderThan",
            ]))
            .to_owned(),
        ),
        8..=10 => initial_events(random, earlier, &mut query),
        _ => {
            if random.percent(30) {
                query.push(
                    (*random.pick(&["allowWatchBookmarks=true", "allowWatchBookmarks=x"]))
                        .to_owned(),
                );
            }
        }
    }
    let mut step = Step::new(Method::GET, &kind.plural, path(random, kind, &query));
    if random.percent(8) {
        step.accept = Some(accept(random, false));
    }
    step.then = Then::Watch;
    step
}

/// The objects that are there, and a bookmark where they end; now and then with an option that does not go with it.
fn initial_events(random: &mut Random, earlier: usize, query: &mut Vec<String>) {
    if random.percent(30) {
        query.push(
            random
                .text(&[
                    "sendInitialEvents=true",
                    "sendInitialEvents=false",
                    "sendInitialEvents=true&resourceVersionMatch=NotOlderThan",
                    "sendInitialEvents=false&resourceVersionMatch=NotOlderThan",
                    "sendInitialEvents=true&resourceVersionMatch=Exact",
                    "sendInitialEvents=true&allowWatchBookmarks=true",
                    "sendInitialEvents=x&resourceVersionMatch=NotOlderThan",
                ])
                .to_owned(),
        );
    } else {
        query.push(
            "sendInitialEvents=true&allowWatchBookmarks=true&resourceVersionMatch=NotOlderThan"
                .to_owned(),
        );
    }
    match random.below(10) {
        0..=3 => query.push(format!("resourceVersion=@{{rv:{earlier}}}")),
        4 => query.push("resourceVersion=0".to_owned()),
        5 => query.push("resourceVersion=".to_owned()),
        _ => {}
    }
}

/// A version that was before all objects. For a native kind it depends on the age of the reference server whether it
/// still has the events since then; of a custom kind there are none so old.
fn made_up(kind: &Kind) -> &'static str {
    match kind.content {
        Content::Native(_) => "resourceVersion=0",
        Content::Custom(_) => "resourceVersion=1",
    }
}

pub(crate) fn table(random: &mut Random, kind: &Kind) -> Step {
    let path = if random.percent(50) {
        object(random, kind)
    } else {
        let query = scope(random, kind);
        path(random, kind, &query)
    };
    let include = if random.percent(30) {
        random.text(&["None", "Object", "Metadata", "Other"])
    } else {
        ""
    };
    let glue = if path.contains('?') { '&' } else { '?' };
    let path = if include.is_empty() {
        path
    } else {
        format!("{path}{glue}includeObject={include}")
    };
    let mut step = Step::new(Method::GET, &kind.plural, path);
    step.accept = Some("application/json;as=Table;v=v1;g=meta.k8s.io,application/json".to_owned());
    step
}

/// Forms other than plain JSON, and forms that there are not.
pub(crate) fn accept(random: &mut Random, is_list: bool) -> String {
    let kind = if is_list {
        "PartialObjectMetadataList"
    } else {
        "PartialObjectMetadata"
    };
    match random.below(8) {
        0 => "text/html".to_owned(),
        1 => "application/json;as=Nothing;v=v1;g=meta.k8s.io".to_owned(),
        2 => "application/yaml;q=0.5,application/json".to_owned(),
        3 => "*/*".to_owned(),
        4 => "application/json;as=Table;v=v1;g=meta.k8s.io".to_owned(),
        _ => format!("application/json;as={kind};v=v1;g=meta.k8s.io"),
    }
}
