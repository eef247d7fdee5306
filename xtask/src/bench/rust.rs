//! korm beside kube-rs, client-go and bare HTTP.

use std::path::Path;
use std::process::Command;

use super::Options;
use super::goals::Goals;
use super::objects::{Programs, flag};
use super::report::{Case, Table};
use crate::{Result, console};

/// How much longer a round trip takes where paging is measured, in milliseconds.
const DELAY: u32 = 8;

/// Requests at once where objects are created.
const IN_FLIGHT: u32 = 16;

/// Objects saved one after the other.
const SAVES: u32 = 1000;

/// Measures everything, and prints the tables and what they were to be.
pub(super) fn run(options: &Options, kubeconfig: &Path) -> Result<()> {
    let programs = Programs::build(kubeconfig)?;
    let mut text = String::from("## korm beside others\n");
    let mut goals = Goals::default();
    for objects in &options.objects {
        text += &lists(options, &programs, *objects, &mut goals)?.markdown();
    }
    if let Some(objects) = options.objects.first() {
        text += &paging(options, &programs, *objects, &mut goals)?.markdown();
    }
    text += &saves(options, &programs, &mut goals)?.markdown();
    text += &creates(options, &programs, &mut goals)?.markdown();
    text += &goals.markdown();
    console::print(format_args!("{text}"));
    Ok(())
}

fn lists(options: &Options, programs: &Programs, objects: u32, goals: &mut Goals) -> Result<Table> {
    let namespace = programs.prepared(objects)?;
    let list = |case: &str, page: u32| programs.rust(case, &namespace, &flag("page", page));
    let cases = vec![
        Case::new("bare GET", list("get-list", 0)),
        Case::new("bare GET, by 500", list("get-list", 500)),
        Case::new("kube-rs list", list("kube-list", 0)),
        Case::new("kube-rs list, by 500", list("kube-list", 500)),
        Case::new("korm list", list("korm-list", 500)),
        Case::new("korm list, in one piece", list("korm-list", 0)),
        Case::new("korm pages", list("korm-pages", 500)),
    ];
    let title = format!("List of {objects} objects");
    let table = Table::measure(title, &mut options.wanted(cases), options.runs)?;
    let (get, kube, korm) = (
        table.medians("bare GET"),
        table.medians("kube-rs list"),
        table.medians("korm list"),
    );
    if let (Some(get), Some(kube), Some(korm)) = (get, kube, korm) {
        let of = format!("list of {objects}: ");
        let added = (korm.cpu - get.cpu) / (kube.cpu - get.cpu);
        goals.at_most(
            of.clone() + "CPU that korm adds to the GET, to what kube-rs adds",
            added,
            1.0 / 3.0,
        );
        goals.at_most(
            of.clone() + "peak memory, to kube-rs's",
            korm.peak / kube.peak,
            0.25,
        );
        goals.at_most(
            of + "end to end, to the bare GET",
            korm.wall / get.wall,
            1.2,
        );
    }
    Ok(table)
}

fn paging(
    options: &Options,
    programs: &Programs,
    objects: u32,
    goals: &mut Goals,
) -> Result<Table> {
    let namespace = programs.prepared(objects)?;
    let proxy = programs.proxy(DELAY)?;
    let by_500 = [flag("page", 500), flag("port", proxy.port)].concat();
    let list = |case: &str| programs.rust(case, &namespace, &by_500);
    let cases = vec![
        Case::new("bare GET, by 500", list("get-list")),
        Case::new("kube-rs list, by 500", list("kube-list")),
        Case::new("korm list, by 500", list("korm-list")),
    ];
    let title = format!("List of {objects} objects by 500, {DELAY} ms away");
    let table = Table::measure(title, &mut options.wanted(cases), options.runs)?;
    if let (Some(floor), Some(korm)) = (
        table.medians("bare GET, by 500"),
        table.medians("korm list, by 500"),
    ) {
        let what = format!("paging {DELAY} ms away, to the latency floor");
        goals.at_most(what, korm.seconds / floor.seconds, 1.15);
    }
    Ok(table)
}

fn saves(options: &Options, programs: &Programs, goals: &mut Goals) -> Result<Table> {
    let namespace = programs.prepared(SAVES)?;
    let save = |case: &str| programs.rust(case, &namespace, &flag("objects", SAVES));
    let cases = vec![
        Case::new("raw PATCH", save("raw-patch")),
        Case::new("kube-rs merge patch", save("kube-patch")),
        Case::new("korm save", save("korm-save")),
    ];
    let title = format!("{SAVES} saves of one field, one after the other");
    let table = Table::measure(title, &mut options.wanted(cases), options.runs)?;
    if let (Some(raw), Some(korm)) = (table.medians("raw PATCH"), table.medians("korm save")) {
        let what = "save of one field, to the raw PATCH";
        goals.at_most(what, korm.seconds / raw.seconds, 1.05);
    }
    Ok(table)
}

fn creates(options: &Options, programs: &Programs, goals: &mut Goals) -> Result<Table> {
    let number = options.creates;
    let namespace = "bench-creates";
    let arguments = [flag("objects", number), flag("in-flight", IN_FLIGHT)].concat();
    // The namespace outlives its objects, so that each run starts with an empty one at once.
    let empty = || programs.rust("empty", namespace, &[]);
    let create = |case: &str| programs.rust(case, namespace, &arguments);
    let mut go = Command::new(programs.go()?);
    go.arg(format!("-kubeconfig={}", programs.kubeconfig().display()))
        .arg(format!("-namespace={namespace}"))
        .arg(format!("-objects={number}"))
        .arg(format!("-in-flight={IN_FLIGHT}"));
    let cases = vec![
        Case::new("kube-rs", create("kube-create")).after(empty()),
        Case::new("korm", create("korm-create")).after(empty()),
        Case::new("client-go", go).after(empty()),
        Case::new("bare POST", create("raw-create")).after(empty()),
    ];
    let title = format!("{number} creates, {IN_FLIGHT} at once");
    let table = Table::measure(title, &mut options.wanted(cases), options.runs)?;
    if let (Some(kube), Some(korm)) = (table.medians("kube-rs"), table.medians("korm")) {
        let faster = kube.seconds / korm.seconds;
        goals.at_least("creates per second, to kube-rs's", faster, 1.0);
        goals.at_most("CPU of creates, to kube-rs's", korm.cpu / kube.cpu, 1.0);
    }
    Ok(table)
}
