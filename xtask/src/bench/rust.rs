//! korm beside kube-rs, client-go and bare HTTP.

use std::path::Path;
use std::process::Command;

use super::Options;
use super::goals::Goals;
use super::objects::{Program, Programs, flag};
use super::report::{self, Case, Table};
use crate::{Result, console};

/// How much longer a round trip takes where paging is measured, in milliseconds.
const DELAY: u32 = 8;

/// Requests at once where objects are created.
const IN_FLIGHT: u32 = 16;

/// Objects saved one after the other.
const SAVES: u32 = 1000;

/// What korm asks for with each write: that the server refuses fields it does not know, and notes who wrote. That takes the
/// server a while too.
const ASKED: &str = "?fieldManager=raw&fieldValidation=Strict";

/// How often creates are measured at most: they take the longest, and many of them vary the least.
const RUNS_OF_CREATES: usize = 3;

/// Measures everything, and prints the table and what was to be reached.
pub(super) fn run(options: &Options, kubeconfig: &Path) -> Result<()> {
    let programs = Programs::build(kubeconfig)?;
    let mut goals = Goals::default();
    let mut tables = Vec::new();
    for objects in &options.objects {
        tables.push(lists(options, &programs, *objects, &mut goals)?);
    }
    if let Some(objects) = options.objects.first() {
        tables.push(paging(options, &programs, *objects, &mut goals)?);
    }
    tables.push(saves(options, &programs, &mut goals)?);
    tables.push(creates(options, &programs, &mut goals)?);
    let text = format!(
        "## korm beside others\n{}{}",
        report::together(&tables),
        goals.markdown()
    );
    console::print(format_args!("{text}"));
    Ok(())
}

fn lists(options: &Options, programs: &Programs, objects: u32, goals: &mut Goals) -> Result<Table> {
    let namespace = format!("bench-{objects}");
    let list = |program: Program, case: &str, page: u32| {
        programs.rust(program, case, &namespace, &flag("page", page))
    };
    let cases = options.wanted(vec![
        Case::new("bare GET", list(Program::Bare, "list", 0)),
        Case::new("bare GET, by 500", list(Program::Bare, "list", 500)),
        Case::new("plain structs, by 500", list(Program::Bare, "structs", 500)),
        Case::new("kube-rs list", list(Program::Kube, "list", 0)),
        Case::new("kube-rs list, by 500", list(Program::Kube, "list", 500)),
        Case::new("korm list", list(Program::Korm, "list", 500)),
        Case::new("korm list, in one piece", list(Program::Korm, "list", 0)),
        Case::new("korm pages", list(Program::Korm, "pages", 500)),
    ]);
    programs.prepare(&cases, objects)?;
    let title = format!("List of {objects} objects");
    let table = Table::measure(title, &cases, options.runs)?;
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
    let namespace = format!("bench-{objects}");
    let proxy = programs.proxy(DELAY)?;
    let by_500 = [flag("page", 500), flag("port", proxy.port)].concat();
    let list = |program: Program| programs.rust(program, "list", &namespace, &by_500);
    let cases = options.wanted(vec![
        Case::new("bare GET, by 500", list(Program::Bare)),
        Case::new("kube-rs list, by 500", list(Program::Kube)),
        Case::new("korm list, by 500", list(Program::Korm)),
    ]);
    programs.prepare(&cases, objects)?;
    let title = format!("List of {objects} objects by 500, {DELAY} ms away");
    let table = Table::measure(title, &cases, options.runs)?;
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
    let namespace = format!("bench-{SAVES}");
    let save =
        |program: Program| programs.rust(program, "save", &namespace, &flag("objects", SAVES));
    let asked = [flag("objects", SAVES), flag("query", ASKED)].concat();
    let cases = options.wanted(vec![
        Case::new("raw PATCH", save(Program::Bare)),
        Case::new(
            "raw PATCH, asked as korm asks",
            programs.rust(Program::Bare, "save", &namespace, &asked),
        ),
        Case::new("kube-rs merge patch", save(Program::Kube)),
        Case::new("korm save", save(Program::Korm)),
    ]);
    programs.prepare(&cases, SAVES)?;
    let title = format!("{SAVES} saves of one field, one after the other");
    let table = Table::measure(title, &cases, options.runs)?;
    if let (Some(raw), Some(korm)) = (table.medians("raw PATCH"), table.medians("korm save")) {
        let what = "save of one field, to the raw PATCH";
        goals.at_most(what, korm.seconds / raw.seconds, 1.05);
    }
    if let (Some(raw), Some(korm)) = (
        table.medians("raw PATCH, asked as korm asks"),
        table.medians("korm save"),
    ) {
        let what = "save of one field, to the raw PATCH that the server does the same for";
        goals.at_most(what, korm.seconds / raw.seconds, 1.05);
    }
    Ok(table)
}

fn creates(options: &Options, programs: &Programs, goals: &mut Goals) -> Result<Table> {
    let number = options.creates;
    let arguments = [flag("objects", number), flag("in-flight", IN_FLIGHT)].concat();
    // Each run has a namespace of its own: making one is quick, and deleting ten thousand objects is not.
    let case = |program: Program, name: &'static str, short: &'static str| {
        let (create, empty) = (programs.clone(), programs.clone());
        let arguments = arguments.clone();
        Case::each(name, move |round| {
            create.rust(program, "create", &creates_in(short, round), &arguments)
        })
        .after(move |round| empty.rust(Program::Bare, "empty", &creates_in(short, round), &[]))
    };
    let mut cases = options.wanted(vec![
        case(Program::Kube, "kube-rs", "kube"),
        case(Program::Korm, "korm", "korm"),
        case(Program::Bare, "bare POST", "bare"),
    ]);
    if options.wants("client-go") {
        let (go, kubeconfig, empty) = (
            programs.go()?,
            programs.kubeconfig().to_owned(),
            programs.clone(),
        );
        let create = move |round| {
            let mut command = Command::new(&go);
            command
                .arg(format!("-kubeconfig={}", kubeconfig.display()))
                .arg(format!("-namespace={}", creates_in("go", round)))
                .arg(format!("-objects={number}"))
                .arg(format!("-in-flight={IN_FLIGHT}"));
            command
        };
        let empty = move |round| empty.rust(Program::Bare, "empty", &creates_in("go", round), &[]);
        cases.push(Case::each("client-go", create).after(empty));
    }
    let title = format!("{number} creates, {IN_FLIGHT} at once");
    let table = Table::measure(title, &cases, options.runs.min(RUNS_OF_CREATES))?;
    if let (Some(kube), Some(korm)) = (table.medians("kube-rs"), table.medians("korm")) {
        let faster = kube.seconds / korm.seconds;
        goals.at_least("creates per second, to kube-rs's", faster, 1.0);
        goals.at_most("CPU of creates, to kube-rs's", korm.cpu / kube.cpu, 1.0);
    }
    if let (Some(go), Some(korm)) = (table.medians("client-go"), table.medians("korm")) {
        let faster = go.seconds / korm.seconds;
        goals.at_least("creates per second, to client-go's", faster, 1.0);
    }
    Ok(table)
}

/// The namespace of one run.
fn creates_in(program: &str, round: usize) -> String {
    format!("bench-creates-{program}-{round}")
}
