//! Requests and answers in protobuf.

use http::Method;

use crate::plan::aim::plant;
use crate::plan::kinds::{Kind, natives};
use crate::plan::pool::Pool;
use crate::plan::script::Script;
use crate::plan::step_of_mix;
use crate::random::Random;
use crate::step::{Body, Step};
use crate::wire::{PROTOBUF, can_encode};

/// The usual requests, some of them in protobuf, and with answers in it.
pub(crate) fn sequence(random: &mut Random, pool: &Pool) -> Vec<Step> {
    let natives = natives();
    let mut kinds: Vec<Kind> = vec![random.pick(&natives).clone(), random.pick(&natives).clone()];
    if random.percent(20) && !pool.families.is_empty() {
        let family = random.pick(&pool.families);
        kinds.push(random.pick(family).clone());
    }
    let mut script = Script::new();
    plant(random, &mut script, &kinds);
    for _ in 0..20 + random.below(10) {
        let kind = random.pick(&kinds);
        let mut step = step_of_mix(random, &script, kind);
        if random.percent(50) && step.accept.is_none() {
            step.accept = Some(accept(random));
        }
        if random.percent(60) {
            send_as_protobuf(&mut step, kind);
        }
        script.add(step);
    }
    script.steps()
}

fn accept(random: &mut Random) -> String {
    match random.below(10) {
        0 => format!("{PROTOBUF};as=PartialObjectMetadata;v=v1;g=meta.k8s.io"),
        1 => format!("{PROTOBUF};as=PartialObjectMetadataList;v=v1;g=meta.k8s.io,{PROTOBUF}"),
        2 => format!("{PROTOBUF};as=Table;v=v1;g=meta.k8s.io"),
        3..=5 => format!("{PROTOBUF},application/json"),
        _ => PROTOBUF.to_owned(),
    }
}

/// Changes the form of the body, if all of it has a place there.
fn send_as_protobuf(step: &mut Step, kind: &Kind) {
    if step.method == Method::PATCH {
        return;
    }
    let Some((content_type, Body::Json(body))) = &mut step.body else {
        return;
    };
    if content_type != "application/json" {
        return;
    }
    let mut named = body.clone();
    if step.method == Method::DELETE {
        named["apiVersion"] = "v1".into();
        named["kind"] = "DeleteOptions".into();
    } else if body["kind"] != kind.kind.as_str() {
        return;
    }
    if can_encode(&named) {
        *content_type = PROTOBUF.to_owned();
        *body = named;
    }
}
