//! The suite: every promise and every answer of the servers, one file per subject.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a case fails by panicking, as any test does"
)]

mod custom_resources;
mod decoding;
mod deletes;
mod garbage;
mod lists;
mod mapper;
mod merging;
mod native;
mod objects;
mod patches;
mod refusals;
mod rule_definitions;
mod rule_functions;
mod rules;
mod stored;
mod tables;
mod watches;

use std::process::ExitCode;

fn main() -> ExitCode {
    mapper::spans::listen();
    korm_tests::main(&[
        // First, because one of them waits until no other case is under way.
        ("paging", mapper::paging::CASES),
        ("objects", objects::CASES),
        ("lists", lists::CASES),
        ("watches", watches::CASES),
        ("patches", patches::CASES),
        ("merging", merging::CASES),
        ("native", native::CASES),
        ("deletes", deletes::CASES),
        ("garbage", garbage::CASES),
        ("refusals", refusals::CASES),
        ("decoding", decoding::CASES),
        ("rules", rules::CASES),
        ("rule_definitions", rule_definitions::CASES),
        ("rule_functions", rule_functions::CASES),
        ("tables", tables::CASES),
        ("custom_resources", custom_resources::CASES),
        ("stored", stored::CASES),
        ("saving", mapper::saving::CASES),
        ("deleting", mapper::deleting::CASES),
        ("querying", mapper::querying::CASES),
        ("watching", mapper::watching::CASES),
        ("updating", mapper::updating::CASES),
        ("applying", mapper::applying::CASES),
        ("many", mapper::many::CASES),
        ("waiting", mapper::waiting::CASES),
        ("errors", mapper::errors::CASES),
        ("misdescribing", mapper::misdescribing::CASES),
        ("kinds", mapper::kinds::CASES),
        ("relations", mapper::relations::CASES),
        ("owning", mapper::owning::CASES),
        ("scaling", mapper::scaling::CASES),
        ("shapes", mapper::shapes::CASES),
        ("spans", mapper::spans::CASES),
        ("validating", mapper::validating::CASES),
        ("versions", mapper::versions::CASES),
        ("sending", mapper::sending::CASES),
        ("asking", mapper::asking::CASES),
        ("belonging", mapper::belonging::CASES),
        ("outcomes", mapper::outcomes::CASES),
        ("losing", mapper::losing::CASES),
        ("trying", mapper::trying::CASES),
        ("connecting", mapper::connecting::CASES),
        ("cancelling", mapper::cancelling::CASES),
    ])
}
